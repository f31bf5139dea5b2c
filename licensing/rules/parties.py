"""What a listing of a party or of its owner does to a case.

Control list (Decree 792 Arts 28-29), watch list (Art 26), unreliable entity list (MOFCOM Order 4 of 2020 Art 10),
Chinese firms wholly owned by control-listed foreign parties (Art 20).
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from licensing.rules.case import OWNERSHIP_FLOOR, Case, ListedParty
from licensing.rules.findings import Cite, Finding, Outcome, Precedence, Reason, gettext_noop
from licensing.rules.law import Listing
from licensing.rules.legal_bases import UNRELIABLE_ENTITIES
from licensing.rules.lines import Line
from licensing.rules.suspensions import ends_soon

CONTROL_LIST = "control_list"
WATCH_LIST = "watch_list"
UNRELIABLE_ENTITY = "unreliable_entity"

HIT_FLAGS = {CONTROL_LIST: "control_list_hit", WATCH_LIST: "watch_list_hit", UNRELIABLE_ENTITY: "uel_hit"}
ORDINARY_KINDS = ("general", "registration_voucher")
"""The kinds that a watch-list hit and Art 20 take away."""


def receivers(case: Case, line: Line) -> Iterator[Finding]:
    """Every listing of consignee, importer and end user, by its state on the day."""
    for found in case.listed_receivers:
        if found.state == "in_force":
            yield from _in_force(case, line, found)
        else:
            yield from _not_in_force(case, found)


def others(case: Case) -> Iterator[Finding]:
    """A listed party in another role, such as a broker: no rule bars it outright, a person decides."""
    for found in case.listed_others:
        if found.state == "in_force":
            sentence = gettext_noop("{party} is listed by {announcement} and takes part as {role}.")
            yield _refer(found, sentence, {"role": found.party.role}, (HIT_FLAGS.get(found.listing.list, ""),))


def owners(case: Case) -> Iterator[Finding]:
    """A listed owner of 50 % or more lifts the case to a person; the control list states no share of its own."""
    shares: dict[tuple[str, str], Decimal] = {}
    for found in case.listed_owners:
        listed = found.listing.list in (CONTROL_LIST, WATCH_LIST)
        if found.state != "in_force" or found.owner is None or not listed:
            continue
        values = {"owner": found.owner.name, "party": found.party.name, "announcement": found.listing.announcement}
        percent = found.owner.percent
        if percent is None:
            sentence = gettext_noop("{owner}, listed by {announcement}, owns an unknown share of {party}.")
            yield _owner(case, Reason("owner", "person", sentence, values, _cites(found)), found)
        elif percent >= OWNERSHIP_FLOOR:
            sentence = gettext_noop("{owner}, listed by {announcement}, owns {percent} % of {party}.")
            reason = Reason(
                "owner", "applies", sentence, values | {"percent": f"{percent.normalize():f}"}, _cites(found)
            )
            yield _owner(case, reason, found, ("ownership_hit", "enhanced_review"))
        else:
            sentence = gettext_noop("{owner}, listed by {announcement}, owns {percent} % of {party}: less than half.")
            values |= {"percent": f"{percent.normalize():f}"}
            yield Finding(Reason("owner", "not", sentence, values, _cites(found)))
            shares[found.party.name, found.owner.name] = percent
    yield from _joint_owners(case, shares)


def wholly_owned_exporter(case: Case) -> Iterator[Finding]:
    """A Chinese firm wholly owned by a control-listed foreign party may only apply for single licences (Art 20(3))."""
    for party in case.parties:
        for owner in party.owned_by if party.role == "exporter" else ():
            if owner.percent in (None, Decimal(100)) and _control_listed(case, owner.listings):
                sentence = gettext_noop("{owner} is on the control list and wholly owns {party}: single licences only.")
                if owner.percent is None:
                    sentence = gettext_noop(
                        "{owner} is on the control list; whether it wholly owns {party} is not known."
                    )
                yield Finding(
                    Reason(
                        "wholly_owned_exporter",
                        "person" if owner.percent is None else "applies",
                        sentence,
                        {"owner": owner.name, "party": party.name},
                        (Cite(case.regulations, "20"),),
                    ),
                    closes=ORDINARY_KINDS,
                )


def on_watch_list(case: Case) -> bool:
    return any(f.state == "in_force" and f.listing.list == WATCH_LIST for f in case.listed_receivers)


def _in_force(case: Case, line: Line, found: ListedParty) -> Iterator[Finding]:
    match found.listing.list:
        case "control_list":
            yield _control_listed_receiver(case, line, found)
        case "watch_list":
            yield _watch_listed_receiver(case, line, found)
        case "unreliable_entity":
            yield _unreliable_receiver(case, found)
        case _:
            yield _refer(found, gettext_noop("{party} is listed by {announcement}."), {}, ())


def _control_listed_receiver(case: Case, line: Line, found: ListedParty) -> Finding:
    """No dual-use exports to a control-listed importer or end user (Arts 28-29); unlisted goods are for a person."""
    announcement = found.listing.announcement
    if case.facts.transaction == "reexport" and not reaches_abroad(case, found.listing):
        sentence = gettext_noop(
            "{party} is on the control list by {announcement}, which does not bind foreign persons."
        )
        return _refer(found, sentence, {}, ("control_list_hit",))
    if not line.controlled:
        sentence = gettext_noop(
            "{party} is on the control list by {announcement}; the goods are not known to be listed."
        )
        return _refer(found, sentence, {}, ("control_list_hit",))
    flags: tuple[str, ...] = ("control_list_hit", "special_circumstance_route")
    if case.facts.transaction == "reexport":
        flags += ("extraterritorial",)
    sentence = gettext_noop(
        "{party} is on the control list by {announcement}: only a special-circumstance application is open."
    )
    return Finding(
        Reason("control_list", "applies", sentence, _values(found), (*_cites(found), Cite(case.regulations, "28-29"))),
        Outcome.PROHIBITED,
        announcement,
        Precedence.PARTY_LISTING,
        others=(case.regulations,),
        flags=flags,
    )


def _watch_listed_receiver(case: Case, line: Line, found: ListedParty) -> Finding:
    """Single licence only, risk report and pledge, no time limit, stricter review (Art 26)."""
    flags = ("watch_list_hit", "enhanced_review", "no_time_limit")
    if not line.controlled or case.facts.transaction != "export":
        sentence = gettext_noop("{party} is on the watch list by {announcement}.")
        return _refer(found, sentence, {}, flags)
    sentence = gettext_noop("{party} is on the watch list by {announcement}: single licence only, with a risk report.")
    return Finding(
        Reason("watch_list", "applies", sentence, _values(found), (*_cites(found), Cite(case.regulations, "26"))),
        Outcome.LICENCE_REQUIRED,
        found.listing.announcement,
        Precedence.PARTY_LISTING,
        others=(case.regulations,),
        flags=flags,
        closes=ORDINARY_KINDS,
    )


def _unreliable_receiver(case: Case, found: ListedParty) -> Finding:
    """Barred from China-related trade whatever the goods; no licence can help (MOFCOM Order 4 of 2020 Art 10)."""
    if case.facts.transaction == "reexport":
        sentence = gettext_noop("{party} is on the unreliable entity list by {announcement}.")
        return _refer(found, sentence, {}, ("uel_hit",))
    sentence = gettext_noop("{party} is on the unreliable entity list by {announcement}: no trade, whatever the goods.")
    return Finding(
        Reason(
            "unreliable_entity", "applies", sentence, _values(found), (*_cites(found), Cite(UNRELIABLE_ENTITIES, "10"))
        ),
        Outcome.PROHIBITED,
        found.listing.announcement,
        Precedence.UNRELIABLE_ENTITY,
        others=(UNRELIABLE_ENTITIES,),
        flags=("uel_hit", "outside_licence_system"),
    )


def _not_in_force(case: Case, found: ListedParty) -> Iterator[Finding]:
    """A suspended listing makes an ordinary application possible again; it frees no goods."""
    listing = found.listing
    announcement = (listing.announcement,)
    if found.state == "suspended":
        suspension = listing.suspended(case.on)
        sentence = gettext_noop(
            "The listing of {party} by {announcement} is suspended: an ordinary application is open."
        )
        soon = ends_soon(suspension, case.on) if suspension else ()
        flags: tuple[str, ...] = ("suspended_listing", *soon)
    elif found.state == "former":
        sentence = gettext_noop("The measures of {announcement} against {party} have ended.")
        flags = ("formerly_listed",)
    elif case.law.known(listing.announcement):
        sentence = gettext_noop("{announcement} lists {party} from {start}.")
        flags = ("future_measure_known",)
    else:
        return
    values = _values(found) | {"start": listing.in_force.start.isoformat()}
    yield Finding(Reason("listing", "not", sentence, values, _cites(found)), others=announcement, flags=flags)


def _joint_owners(case: Case, shares: dict[tuple[str, str], Decimal]) -> Iterator[Finding]:
    """Several listed owners that together hold half: no text counts them together, so a person must say."""
    for party in sorted({party for party, _ in shares}):
        total = sum((share for (owned, _), share in shares.items() if owned == party), Decimal(0))
        if total >= OWNERSHIP_FLOOR:
            sentence = gettext_noop("Listed owners together hold {percent} % of {party}.")
            yield Finding(
                Reason("owner", "person", sentence, {"party": party, "percent": f"{total.normalize():f}"}),
                Outcome.REFER,
                case.regulations,
                Precedence.OWNER,
                flags=("enhanced_review",),
            )


def _owner(case: Case, reason: Reason, found: ListedParty, flags: tuple[str, ...] = ()) -> Finding:
    return Finding(
        reason,
        Outcome.REFER,
        case.regulations,
        Precedence.OWNER,
        others=(found.listing.announcement,),
        flags=flags or ("enhanced_review",),
    )


def _refer(found: ListedParty, sentence: str, extra: dict[str, str], flags: tuple[str, ...]) -> Finding:
    return Finding(
        Reason("listing", "person", sentence, _values(found) | extra, _cites(found)),
        Outcome.REFER,
        found.listing.announcement,
        Precedence.PARTY_LISTING,
        flags=tuple(flag for flag in flags if flag),
    )


def reaches_abroad(case: Case, listing: Listing) -> bool:
    """Whether a measure of the listing's own notice binds foreign persons on the day (practice since CN-2026-11)."""
    return any(
        measure.kind == "extraterritorial"
        and measure.announcement == listing.announcement
        and case.on in measure.in_force
        and not measure.suspended(case.on)
        and measure.turns_on_listing
        for measure in case.law.book.measures
    )


def _control_listed(case: Case, listings: Iterable[Listing]) -> bool:
    return any(listing.list == CONTROL_LIST and listing.state(case.on) == "in_force" for listing in listings)


def _values(found: ListedParty) -> dict[str, str]:
    return {"party": found.party.name, "announcement": found.listing.announcement}


def _cites(found: ListedParty) -> tuple[Cite, ...]:
    return (Cite(found.listing.announcement),)
