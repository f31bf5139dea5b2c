"""What the control list itself says of a line: licence needed, not needed, or not to be told."""

from collections.abc import Iterator

from licensing.rules.case import Case
from licensing.rules.classification import Standing
from licensing.rules.findings import Cite, Finding, Outcome, Precedence, Reason, gettext_noop
from licensing.rules.law import ControlItem
from licensing.rules.legal_bases import LAW, UNIFIED_LIST
from licensing.rules.lines import Control, Line
from licensing.rules.suspensions import ends_soon

ORDINARY_LICENCE_FAMILIES = frozenset(
    {"rare_earth_mh", "rare_earth_magnet", "tungsten", "antimony", "molybdenum", "indium", "bismuth"}
)
"""Families whose goods the ordinary export-licence catalogue also holds (customs document code 4)."""


def entry(case: Case, line: Line) -> Iterator[Finding]:
    """Listed goods need a licence while their entry is in force (ECL Art 12; Decree 792 Art 14)."""
    found = line.classification
    yield Finding(found.reason, flags=found.flags)
    item = found.item
    if line.control is Control.UNCLEAR:
        yield _unclear(case, line)
    elif item is None:
        yield _not_listed(case)
    elif found.standing is Standing.NEAR_THRESHOLD:
        yield _near_threshold(case, item)
    elif line.controlled:
        yield _controlled(case, item)
    else:
        yield _not_operating(case, item)


def ordinary_licence(line: Line) -> Iterator[Finding]:
    """Goods free of the dual-use licence may still need the ordinary export licence (customs document code 4)."""
    families = line.families | {line.goods.family or ""}
    if families & ORDINARY_LICENCE_FAMILIES:
        sentence = gettext_noop("Goods of this family may need an ordinary export licence: check that catalogue.")
        yield Finding(Reason("ordinary_licence", "person", sentence), flags=("ordinary_export_licence_check",))


def _list_in_force(case: Case) -> tuple[str, ...]:
    return (UNIFIED_LIST,) if case.law.in_force(UNIFIED_LIST) else ()


def _named(item: ControlItem) -> dict[str, str]:
    return {"code": item.code or item.key, "name": item.name_en, "announcement": item.announcement}


def _controlled(case: Case, item: ControlItem) -> Finding:
    sentence = gettext_noop("{code} is controlled since {start} by {announcement}: a licence is needed.")
    return Finding(
        Reason(
            "entry",
            "applies",
            sentence,
            _named(item) | {"start": item.in_force.start.isoformat()},
            (Cite(item.announcement), Cite(LAW, "12")),
        ),
        Outcome.LICENCE_REQUIRED,
        item.announcement,
        Precedence.ENTRY,
        others=_list_in_force(case),
    )


def _not_operating(case: Case, item: ControlItem) -> Finding:
    """Before its first day, after its last, or while suspended, an entry asks for nothing."""
    values = _named(item) | {"start": item.in_force.start.isoformat()}
    others: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    suspension = item.suspended(case.on)
    if suspension:
        sentence = gettext_noop("The control of {code} by {announcement} is suspended until {last_day}.")
        last_day = suspension.period.last_day
        values["last_day"] = last_day.isoformat() if last_day else "-"
        others = (suspension.announcement,) if suspension.announcement else ()
        flags = ends_soon(suspension, case.on)
    elif case.on < item.in_force.start:
        sentence = gettext_noop("{code} is controlled by {announcement} only from {start}.")
    else:
        sentence = gettext_noop("The control of {code} by {announcement} has ended.")
    if case.on < item.in_force.start and case.law.known(item.announcement):
        flags += ("future_measure_known",)
    return Finding(
        Reason("entry", "not", sentence, values, (Cite(item.announcement),)),
        Outcome.NO_LICENCE_REQUIRED,
        item.announcement,
        Precedence.ENTRY,
        others=others,
        flags=flags,
    )


def _near_threshold(case: Case, item: ControlItem) -> Finding:
    """Goods that miss a threshold are free, but the declaration must give the parameters (CN-2025-18 para 4)."""
    sentence = gettext_noop("The goods stay outside {code}; the customs declaration must still give the properties.")
    flags = ("near_threshold_declaration",) if case.on in item.in_force and not item.suspended(case.on) else ()
    return Finding(
        Reason("near_threshold", "applies", sentence, _named(item), (Cite(item.announcement),)),
        Outcome.NO_LICENCE_REQUIRED,
        item.announcement,
        Precedence.ENTRY,
        flags=flags,
    )


def _not_listed(case: Case) -> Finding:
    basis = next(iter(_list_in_force(case)), LAW)
    sentence = gettext_noop("The goods are not on the control list of {announcement}.")
    return Finding(
        Reason("entry", "not", sentence, {"announcement": basis}, (Cite(basis),)),
        Outcome.NO_LICENCE_REQUIRED,
        basis,
        Precedence.ENTRY,
    )


def _unclear(case: Case, line: Line) -> Finding:
    """What cannot be classified goes to a person, who may ask the authority for advice (Decree 792 Art 14)."""
    basis = line.announcement or next(iter(_list_in_force(case)), LAW)
    sentence = gettext_noop("A person must classify the goods before anything else can be said.")
    return Finding(
        Reason("unclear_goods", "person", sentence, {}, (Cite(basis),)),
        Outcome.REFER,
        basis,
        Precedence.UNCLEAR_GOODS,
        others=_list_in_force(case),
        flags=("classification_unclear",),
    )
