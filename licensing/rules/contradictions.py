"""Facts that contradict one another: the goods are held and asked about before any licence answer.

Decree 792 Art 22; GACC-2025-123. Only where the goods are listed, unclear or of a controlled family.
"""

from collections.abc import Iterator

from licensing.rules.case import Case
from licensing.rules.classification import Standing, classify_as_declared, digits, operates
from licensing.rules.facts import Goods
from licensing.rules.findings import Cite, Finding, Outcome, Precedence, Reason, gettext_noop
from licensing.rules.legal_bases import CUSTOMS_QUERY, LAW
from licensing.rules.lines import Line

MANY_PARCELS = 4


def goods(case: Case, line: Line) -> Iterator[Finding]:
    """Declared against assessed: customs codes, and properties that change the classification."""
    mismatch = _codes_differ(line.goods)
    if not mismatch and not _has_assay(line.goods):
        return
    declared = classify_as_declared(line.goods, case.law)
    declared_free = declared.standing in (Standing.NOT_LISTED, Standing.NEAR_THRESHOLD)
    declared_in = declared.standing is Standing.LISTED and declared.item and operates(declared.item, case.law)
    flags: tuple[str, ...] = ("hs_mismatch", "customs_query") if mismatch else ("customs_query",)
    if declared_free and line.may_be_controlled:
        sentence = gettext_noop("What is declared would free the goods; what was found brings them under control.")
        flags += ("suspected_false_declaration",)
    elif mismatch or bool(declared_in) is not line.controlled:
        sentence = gettext_noop("What is declared contradicts what was found: customs asks before any licence answer.")
    else:
        return
    values = {"declared": line.goods.hs_declared, "assessed": line.goods.hs_assessed}
    yield _query(case, line, "declared_goods", sentence, values, flags)


def destination(case: Case, line: Line) -> Iterator[Finding]:
    """Declared destination against final destination and end user's country."""
    declared = case.facts.declared_destination
    others = {case.facts.final_destination, *(party.country for party in case.end_users)} - {"", declared}
    if declared and others:
        sentence = gettext_noop("Declared for {declared}, but the goods are meant for {others}.")
        values = {"declared": declared, "others": ", ".join(sorted(others))}
        flags = ("destination_mismatch", "customs_query")
        yield _query(case, line, "declared_destination", sentence, values, flags)


def structuring(case: Case) -> Iterator[Finding]:
    """One consignment in many parcels: parcels and samples count like any export: no entry has a quantity floor."""
    parcels = case.facts.known.get("parcels")
    if isinstance(parcels, int) and parcels >= MANY_PARCELS:
        sentence = gettext_noop("The consignment is split into {parcels} parcels.")
        yield Finding(Reason("structuring", "person", sentence, {"parcels": str(parcels)}), flags=("structuring",))


def _query(case: Case, line: Line, rule: str, sentence: str, values: dict[str, str], flags: tuple[str, ...]) -> Finding:
    basis = CUSTOMS_QUERY if case.law.in_force(CUSTOMS_QUERY) else LAW
    reason = Reason(rule, "person", sentence, values, (Cite(basis), Cite(case.regulations, "22")))
    of_concern = line.may_be_controlled or bool(line.families) or line.goods.family in case.law.items_by_family
    if not of_concern or case.facts.transaction == "reexport":
        return Finding(reason, flags=flags)
    return Finding(reason, Outcome.REFER, basis, Precedence.CONTRADICTION, flags=flags)


def _codes_differ(goods: Goods) -> bool:
    """A shorter code that the longer one begins with is less exact, not different."""
    declared, assessed = digits(goods.hs_declared), digits(goods.hs_assessed)
    if not declared or not assessed:
        return False
    return not (declared.startswith(assessed) or assessed.startswith(declared))


def _has_assay(goods: Goods) -> bool:
    return any(key.endswith("_assay") for key in goods.parameters)
