"""The heart of Sluice: what the law of a day says of a case.

`determine` tries every rule on every line of goods and adds up what they find. No rule can make another's outcome
milder, so adding a measure or a listing never frees anything; the gravest finding decides, ties are broken by a fixed
`Precedence`. The answer depends on the facts, the law book and the day alone, and on no order among lines or parties.
Sources: `legal_bases`, and the docstring of each rule.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import date

from licensing.rules import contradictions, destinations, end_uses, entries, parties, reexports, routes
from licensing.rules.answers import Clock, Determination, LineDetermination, from_json, to_json
from licensing.rules.case import Case
from licensing.rules.conditions import parameters_of
from licensing.rules.facts import Facts, Goods, Owner, PartyFacts, without_listings
from licensing.rules.findings import Cite, Finding, Outcome, Precedence, Reason, deciding, gettext_noop
from licensing.rules.law import LawBook
from licensing.rules.lines import Control, Line

__all__ = [
    "Cite",
    "Determination",
    "Facts",
    "Goods",
    "LineDetermination",
    "Outcome",
    "Owner",
    "PartyFacts",
    "Reason",
    "determine",
    "from_json",
    "to_json",
    "without_listings",
]

USUAL_KINDS = ("single", "general")
KIND_ORDER = ("single", "general", "registration_voucher")
DOCUMENT_ORDER = (
    "contract",
    "technical_description",
    "test_report",
    "end_user_certificate",
    "end_use_certificate",
    "identity_of_signatories",
    "introduction_of_importer_and_end_user",
    "risk_assessment_report",
    "written_pledge",
)
"""Kinds of documents that an application may need, in the order in which they are asked for."""

INTRODUCTION_FAMILIES = frozenset({"gallium", "germanium", "graphite"})
"""Families whose notices (CN-2023-23, CN-2023-39) ask for an introduction of importer and end user."""

CHECK_FLAGS = "check_"


def determine(facts: Facts, law: LawBook, *, on: date) -> Determination:
    """Answer a case under the law of the day ``on`` (a day of the authority's zone).

    A case without goods is answered as one line of which nothing is known. Raises `NoLawInForce` when no law of the
    regime was in force that day.
    """
    law_of_day = law.on(on)
    case = Case.of(facts, law_of_day)
    in_order = sorted(facts.goods, key=lambda line: (line.line, line.item_code or "", line.description))
    answers = [_line(case, Line.of(goods, law_of_day)) for goods in in_order or (Goods(),)]
    return _whole(answers, law.version, on)


def _findings(case: Case, line: Line) -> Iterator[Finding]:
    """Every rule: classification first, then parties, destinations, end uses, contradictions and special routes."""
    match case.facts.transaction:
        case "domestic_to_bonded":
            yield Finding(line.classification.reason, flags=line.classification.flags)
            yield from routes.bonded_move(case, line)
            yield from parties.receivers(case, line)
            yield from parties.others(case)
            yield from parties.owners(case)
            yield from contradictions.goods(case, line)
        case "reexport":
            yield Finding(line.classification.reason, flags=line.classification.flags)
            if line.control is Control.UNCLEAR:
                yield from entries.entry(case, line)
            yield from reexports.reexport(case, line)
            yield from parties.receivers(case, line)
            yield from parties.others(case)
            yield from parties.owners(case)
            yield from end_uses.catch_all(case, line)
            yield from end_uses.red_flags(case, line)
            yield from end_uses.unknown_end_user(case, line)
            yield from contradictions.goods(case, line)
            yield from contradictions.destination(case, line)
        case _:
            barred = tuple(parties.wholly_owned_exporter(case))
            yield from entries.entry(case, line)
            yield from parties.receivers(case, line)
            yield from parties.others(case)
            yield from parties.owners(case)
            yield from barred
            yield from destinations.measures(case, line)
            yield from end_uses.catch_all(case, line)
            yield from end_uses.red_flags(case, line)
            yield from end_uses.unknown_end_user(case, line)
            yield from contradictions.goods(case, line)
            yield from contradictions.destination(case, line)
            yield from routes.voucher(case, line, barred=bool(barred))
    yield from contradictions.structuring(case)


def _line(case: Case, line: Line) -> tuple[LineDetermination, Finding]:
    """The answer for one line, with the finding that decided it."""
    findings = list(_findings(case, line))
    if line.control is Control.UNCLEAR:
        findings = [_only_if_listed(finding) for finding in findings]
    decider = deciding(findings)
    outcome = decider.outcome or Outcome.REFER
    if outcome is Outcome.NO_LICENCE_REQUIRED and case.facts.transaction == "export":
        findings += entries.ordinary_licence(line)
    flags: set[str] = set()
    others: set[str] = set()
    for finding in findings:
        flags.update(finding.flags)
        others.update(finding.others)
        others.add(finding.decider)
    others -= {"", decider.decider}
    if outcome.rank > Outcome.LICENCE_REQUIRED.rank:
        flags = {flag for flag in flags if not flag.startswith(CHECK_FLAGS)}
    kinds: tuple[str, ...] = ()
    if outcome is Outcome.LICENCE_REQUIRED:
        closed = {kind for finding in findings for kind in finding.closes}
        kinds = tuple(kind for kind in decider.kinds or USUAL_KINDS if kind not in closed)
    item = line.classification.item
    answer = LineDetermination(
        line=line.goods.line,
        outcome=outcome,
        deciding_measure=decider.decider,
        item_key=item.key if item else "",
        item_code=item.code if item else "",
        item_name=item.name_en if item else "",
        classification=line.classification.standing.value,
        other_measures=tuple(sorted(others)),
        licence_kinds=kinds,
        flags=tuple(sorted(flags)),
        documents=_documents(line, outcome, flags),
        reasons=tuple(finding.reason for finding in findings),
    )
    return answer, decider


def _only_if_listed(finding: Finding) -> Finding:
    """What a measure on listed goods bans or denies, it only refers while nobody knows whether the goods are listed."""
    grave = finding.outcome in (Outcome.PROHIBITED, Outcome.PRESUMPTION_OF_DENIAL)
    if not grave or finding.precedence is not Precedence.DESTINATION:
        return finding
    return replace(finding, outcome=Outcome.REFER, precedence=Precedence.ONLY_IF_LISTED)


def _documents(line: Line, outcome: Outcome, flags: set[str]) -> tuple[str, ...]:
    """The documents of an application (Decree 792 Arts 16, 24, 26; item notices). None where none can be filed."""
    closed = outcome is Outcome.PROHIBITED and "special_circumstance_route" not in flags
    if outcome is Outcome.NO_LICENCE_REQUIRED or closed:
        return ()
    wanted = {
        "contract",
        "technical_description",
        "end_user_certificate",
        "end_use_certificate",
        "identity_of_signatories",
    }
    if any(item.condition and parameters_of(item.condition) for item in line.classification.candidates):
        wanted.add("test_report")
    if line.families & INTRODUCTION_FAMILIES:
        wanted.add("introduction_of_importer_and_end_user")
    if "watch_list_hit" in flags:
        wanted |= {"risk_assessment_report", "written_pledge"}
    return _ordered(wanted, DOCUMENT_ORDER)


def _whole(answers: Iterable[tuple[LineDetermination, Finding]], law_version: str, on: date) -> Determination:
    """The case is as grave as its gravest line; flags, measures and documents are united, licence kinds shared."""
    answers = tuple(answers)
    lines = tuple(line for line, _ in answers)
    if len(lines) == 1:
        return _alone(*answers[0], law_version, on)
    decider = deciding(finding for _, finding in answers)
    outcome = decider.outcome or Outcome.REFER
    flags = {flag for line in lines for flag in line.flags}
    if outcome.rank > Outcome.LICENCE_REQUIRED.rank:
        flags = {flag for flag in flags if not flag.startswith(CHECK_FLAGS)}
    others = {other for line in lines for other in (line.deciding_measure, *line.other_measures)}
    return Determination(
        outcome=outcome,
        deciding_measure=decider.decider,
        other_measures=tuple(sorted(others - {decider.decider})),
        licence_kinds=_kinds(lines) if outcome is Outcome.LICENCE_REQUIRED else (),
        flags=tuple(sorted(flags)),
        documents=_ordered({document for line in lines for document in line.documents}, DOCUMENT_ORDER),
        clock=_clock(outcome, decider, flags),
        reasons=tuple(_line_reason(line) for line in lines),
        lines=lines,
        law_version=law_version,
        on=on,
    )


def _alone(line: LineDetermination, decider: Finding, law_version: str, on: date) -> Determination:
    """A case of one line is answered as that line is."""
    return Determination(
        outcome=line.outcome,
        deciding_measure=line.deciding_measure,
        other_measures=line.other_measures,
        licence_kinds=line.licence_kinds,
        flags=line.flags,
        documents=line.documents,
        clock=_clock(line.outcome, decider, line.flags),
        reasons=line.reasons,
        lines=(line,),
        law_version=law_version,
        on=on,
    )


def _kinds(lines: tuple[LineDetermination, ...]) -> tuple[str, ...]:
    """The kinds open to every line that needs a licence; where they share none, each needs its own single licence."""
    kinds = [set(line.licence_kinds) for line in lines if line.outcome is Outcome.LICENCE_REQUIRED]
    return _ordered(set.intersection(*kinds), KIND_ORDER) or ("single",)


def _clock(outcome: Outcome, decider: Finding, flags: Collection[str]) -> Clock:
    """45 working days for an application (Art 17), no limit with a watch-list hit (Art 26), else none."""
    if outcome in (Outcome.PROHIBITED, Outcome.NO_LICENCE_REQUIRED) or "registration_voucher" in decider.kinds:
        return "none"
    return "no_limit" if "no_time_limit" in flags else "45_working_days"


def _line_reason(line: LineDetermination) -> Reason:
    sentence = gettext_noop("Line {line} ({code}) comes to {outcome} by {announcement}.")
    values = {
        "line": str(line.line),
        "code": line.item_code or line.item_key or "-",
        "outcome": line.outcome.value,
        "announcement": line.deciding_measure,
    }
    return Reason("line", "applies", sentence, values, (Cite(line.deciding_measure),), line.reasons)


def _ordered(wanted: set[str], order: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(entry for entry in order if entry in wanted)
