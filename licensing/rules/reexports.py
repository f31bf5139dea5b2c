"""Re-exports from a third country: only measures with reach abroad count (Decree 792 Art 49; ECL Arts 44-45)."""

from collections.abc import Iterator

from licensing.rules.case import Case
from licensing.rules.conditions import facts_of
from licensing.rules.destinations import (
    ANY,
    answer,
    ban,
    cites,
    described,
    enhanced_review,
    military_ban,
    not_operating,
    presumption,
    transshipment,
)
from licensing.rules.findings import Cite, Finding, Outcome, Precedence, Reason, gettext_noop
from licensing.rules.law import Measure
from licensing.rules.legal_bases import OVERSEAS_RARE_EARTH_ENTRIES
from licensing.rules.lines import Line

OVERSEAS_SCOPE = "rare_earth_overseas"
CHINA = "CN"


def reexport(case: Case, line: Line) -> Iterator[Finding]:
    """What the law of the day says of goods that leave a third country, whoever sends them."""
    yield _baseline(case)
    if not line.may_be_controlled:
        return
    if line.goods.origin == CHINA:
        yield from _china_origin(case, line)
        return
    if line.goods.parameters.get("input_origin") == CHINA or not line.goods.origin:
        yield from _origin_unclear(case, line)
        return
    sentence = gettext_noop("The goods are of {origin} origin and no Chinese input is stated.")
    yield Finding(Reason("origin", "not", sentence, {"origin": line.goods.origin}))


def overseas_scope(line: Line) -> bool:
    """Annex 1 of CN-2025-61: medium and heavy rare earths of CN-2025-18 and the magnets made of them."""
    return any(
        item.family == "rare_earth_magnet"
        or (item.family == "rare_earth_mh" and item.announcement == OVERSEAS_RARE_EARTH_ENTRIES)
        for item in line.classification.candidates
    )


def _baseline(case: Case) -> Finding:
    sentence = gettext_noop(
        "Sending goods on from a third country needs no Chinese licence unless a measure reaches abroad."
    )
    return Finding(
        Reason("reexport", "not", sentence, {}, (Cite(case.regulations, "49"),)),
        Outcome.NO_LICENCE_REQUIRED,
        case.regulations,
    )


def _reaching(case: Case, line: Line, *, made_abroad: bool) -> Iterator[Measure]:
    """Measures of the goods' destination and scope that act abroad, and that the public can know of on the day.

    Of CN-2025-61, paragraphs 1(1) and 1(2) speak of goods made abroad and carry a test; 1(3) speaks of Chinese goods.
    """
    for measure in case.measures(case.end_destinations | {ANY}):
        if not case.law.known(measure.announcement):
            continue
        if measure.scope == OVERSEAS_SCOPE:
            other_goods = measure.kind == "extraterritorial" and (measure.condition is not None) is not made_abroad
            if overseas_scope(line) and not other_goods:
                yield measure
        elif measure.kind == "extraterritorial" and not measure.turns_on_listing and _holds(measure, line):
            yield measure


def _holds(measure: Measure, line: Line) -> bool:
    """Whether the measure's scope holds the goods."""
    return measure.scope == "all" or measure.scope in line.families


def _china_origin(case: Case, line: Line) -> Iterator[Finding]:
    covered: set[str] = set()
    for measure in _reaching(case, line, made_abroad=False):
        if idle := not_operating(case, measure):
            yield _idle(measure, idle)
            continue
        covered.add(measure.destination)
        if measure.scope == OVERSEAS_SCOPE:
            yield from _overseas(case, measure)
        elif facts_of(measure.condition):
            yield from _breach(case, line, measure)
        else:
            yield _abroad(measure, Outcome.LICENCE_REQUIRED)
    yield from transshipment(case, covered)


def _idle(measure: Measure, idle: Finding) -> Finding:
    """A measure abroad that is suspended or still to come decides that no licence is needed, and which would be."""
    return Finding(
        idle.reason,
        Outcome.NO_LICENCE_REQUIRED,
        measure.announcement,
        Precedence.DESTINATION,
        others=idle.others,
        flags=idle.flags,
    )


def _overseas(case: Case, measure: Measure) -> Iterator[Finding]:
    """CN-2025-61: licence for Chinese goods sent on (1(3)), denial for military and listed users (2, 3), review (4)."""
    if measure.kind == "extraterritorial":
        yield _abroad(measure, Outcome.LICENCE_REQUIRED)
        return
    holds = answer(case, measure)
    if measure.kind == "presumption_of_denial":
        yield _extraterritorial(presumption(measure, holds))
    elif measure.kind == "enhanced_review":
        if holds:
            yield _extraterritorial(enhanced_review(measure, holds))
        else:
            sentence = gettext_noop("{announcement} paragraph {paragraph}: a person must look at the end use: {text}")
            yield Finding(Reason("measure", "person", sentence, described(measure), cites(measure)))
    else:
        yield _extraterritorial(ban(measure, holds))


def _breach(case: Case, line: Line, measure: Measure) -> Iterator[Finding]:
    """Passing Chinese goods on is as unlawful as the export that the same announcement forbids (CN-2024-46 para 3)."""
    paragraphs = {
        paragraph for fact in facts_of(measure.condition) if fact.name == "breach_of" for paragraph in fact.value
    }
    for sibling in case.measures(case.end_destinations | {ANY}):
        same = sibling.announcement == measure.announcement and sibling.paragraph in paragraphs
        if not same or not _holds(sibling, line):
            continue
        if idle := not_operating(case, sibling):
            yield idle
            continue
        holds = answer(case, sibling)
        match sibling.kind:
            case "military_end_use_ban":
                finding = military_ban(case, sibling, holds)
            case "presumption_of_denial":
                finding = presumption(sibling, holds)
            case "ban":
                finding = ban(sibling, holds)
            case _:
                continue
        yield _extraterritorial(finding) if finding.outcome else finding
    sentence = gettext_noop("{announcement} paragraph {paragraph} reaches abroad: a person must rule out a breach.")
    yield _abroad(measure, Outcome.REFER, sentence)


def _origin_unclear(case: Case, line: Line) -> Iterator[Finding]:
    """Made abroad from Chinese input: no share is stated outside CN-2025-61, so a person decides the origin."""
    reaching: list[Measure] = []
    basis = case.regulations
    for measure in _reaching(case, line, made_abroad=True):
        if idle := not_operating(case, measure):
            yield _idle(measure, idle)
            basis = measure.announcement
        else:
            reaching.append(measure)
    sentence = gettext_noop(
        "Made abroad, perhaps of Chinese input: a person must decide whether the goods count as Chinese."
    )
    flags = ("origin_unclear", "extraterritorial") if reaching else ("origin_unclear",)
    decider = reaching[0].announcement if reaching else basis
    yield Finding(
        Reason("origin", "person", sentence, {}, (Cite(decider), Cite(case.regulations, "49"))),
        Outcome.REFER,
        decider,
        Precedence.DESTINATION,
        others=tuple(m.announcement for m in reaching[1:]),
        flags=flags,
    )
    yield from transshipment(case, {measure.destination for measure in reaching})


def _abroad(measure: Measure, outcome: Outcome, sentence: str = "") -> Finding:
    text = sentence or gettext_noop("{announcement} paragraph {paragraph} reaches abroad: a licence is needed.")
    return Finding(
        Reason(
            "reexport", "person" if outcome is Outcome.REFER else "applies", text, described(measure), cites(measure)
        ),
        outcome,
        measure.announcement,
        Precedence.DESTINATION,
        flags=("extraterritorial",),
    )


def _extraterritorial(finding: Finding) -> Finding:
    return Finding(
        finding.reason,
        finding.outcome,
        finding.decider,
        finding.precedence,
        finding.others,
        (*finding.flags, "extraterritorial") if finding.outcome else finding.flags,
    )
