"""Special routes: moves into bonded areas (Decree 792 Art 48) and the registration voucher (Art 19)."""

from collections.abc import Iterator

from licensing.rules.case import Case
from licensing.rules.findings import Cite, Finding, Outcome, Precedence, Reason, gettext_noop
from licensing.rules.legal_bases import REGULATIONS
from licensing.rules.lines import Line
from licensing.rules.parties import on_watch_list

VOUCHER_CASES = (
    "temporary_import_for_exhibition",
    "return_after_exhibition",
    "return_after_repair",
    "return_after_test",
)
"""Facts of the case that open Art 19."""


def bonded_move(case: Case, line: Line) -> Iterator[Finding]:
    """A move between, or into, bonded areas inside China is free; the licence is due when the goods leave (Art 48)."""
    flags = ("licence_on_exit",) if line.may_be_controlled else ()
    sentence = gettext_noop("A move into a bonded area inside China needs no licence; leaving it for abroad does.")
    yield Finding(
        Reason("bonded_move", "applies", sentence, {}, (Cite(case.regulations, "48"),)),
        Outcome.NO_LICENCE_REQUIRED,
        case.regulations,
        Precedence.SPECIAL_ROUTE,
        others=(line.announcement,) if line.announcement else (),
        flags=flags,
    )


def voucher(case: Case, line: Line, *, barred: bool) -> Iterator[Finding]:
    """Returns after repair, test or exhibition, unchanged, go by registration instead of a licence (Art 19).

    ``barred``: Art 20 keeps the exporter from vouchers. Not open to watch-listed receivers (Art 26) nor before the
    regulations are in force.
    """
    known = case.facts.known
    if not line.controlled or not any(known.get(key) for key in VOUCHER_CASES):
        return
    cites = (Cite(REGULATIONS, "19"),)
    if not case.law.in_force(REGULATIONS) or barred or on_watch_list(case):
        yield Finding(Reason("voucher", "not", gettext_noop("The registration voucher is not open here."), {}, cites))
    elif known.get("unchanged"):
        sentence = gettext_noop("The goods return unchanged: a registration voucher takes the place of a licence.")
        yield Finding(
            Reason("voucher", "applies", sentence, {}, cites),
            Outcome.LICENCE_REQUIRED,
            REGULATIONS,
            Precedence.SPECIAL_ROUTE,
            flags=("voucher_route",),
            kinds=("registration_voucher",),
        )
    else:
        sentence = gettext_noop(
            "A registration voucher is open only if the goods return unchanged, which is not shown."
        )
        yield Finding(Reason("voucher", "person" if known.get("unchanged") is None else "not", sentence, {}, cites))
