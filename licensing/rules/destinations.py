"""Measures on a destination or an end use, for exports of listed goods.

Each is tried for where the goods end up (final destination, end user's country) and for every stop on the way; the
destination ``EU`` stands for its member states; Hong Kong, Macao and Taiwan are destinations of their own.
"""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from licensing.rules.case import Case, destinations_of
from licensing.rules.conditions import Answer, evaluate
from licensing.rules.findings import Cite, Finding, Outcome, Precedence, Reason, Verdict, gettext_noop
from licensing.rules.law import Measure
from licensing.rules.lines import Line
from licensing.rules.suspensions import ends_soon

ANY = "*"


def measures(case: Case, line: Line) -> Iterator[Finding]:
    """Every destination measure of the day whose scope holds the goods."""
    if not line.may_be_controlled:
        return
    covered: set[str] = set()
    for measure in _in_scope(case, line, case.end_destinations | {ANY}):
        if case.on in measure.in_force and not measure.suspended(case.on):
            covered.add(measure.destination)
        yield from _at_the_end(case, measure)
    for measure in _in_scope(case, line, case.stop_destinations):
        if case.on in measure.in_force and not measure.suspended(case.on):
            yield _on_the_way(case, measure)
    yield from transshipment(case, covered)


def _in_scope(case: Case, line: Line, places: frozenset[str]) -> Iterator[Measure]:
    """Measures on these destinations that speak of the goods: of ``all`` listed goods or of one of their families."""
    by_destination = case.law.export_measures
    for place in sorted(places):
        for measure in by_destination.get(place, ()):
            if measure.scope == "all" or measure.scope in line.families:
                yield measure


def transshipment(case: Case, covered: AbstractSet[str]) -> Iterator[Finding]:
    """Goods that go through a third country to an end elsewhere that a measure covers (CN-2024-46 para 3).

    ``covered`` are the destinations of the measures in force. A re-export passes through the country it starts from.
    """
    ends = {country for country in case.end_countries if not covered.isdisjoint((ANY, *destinations_of(country)))}
    stops = case.passed - ends
    if case.facts.transaction == "reexport":
        stops |= {case.facts.ship_from or "-"}
    if ends and stops:
        sentence = gettext_noop("The goods pass through {stops} on their way to {ends}, which a measure covers.")
        values = {"stops": ", ".join(sorted(stops)), "ends": ", ".join(sorted(ends))}
        yield Finding(Reason("transshipment", "applies", sentence, values), flags=("third_country_transshipment",))


def described(measure: Measure) -> dict[str, str]:
    """The values that every sentence on a measure fills in."""
    return {
        "announcement": measure.announcement,
        "paragraph": measure.paragraph,
        "destination": measure.destination,
        "text": measure.text,
    }


def cites(measure: Measure) -> tuple[Cite, ...]:
    return (Cite(measure.announcement, measure.paragraph),)


def answer(case: Case, measure: Measure) -> Answer:
    """Whether the measure's condition holds for the case; a measure without one always does."""
    if measure.condition is None:
        return True
    return evaluate(measure.condition, parameters={}, fact=case.answer)


def not_operating(case: Case, measure: Measure) -> Finding | None:
    """A measure that is suspended or not yet in force applies to nothing, but is shown; None when it operates."""
    if suspension := measure.suspended(case.on):
        last_day = suspension.period.last_day
        sentence = gettext_noop("{announcement} paragraph {paragraph} is suspended until {last_day}.")
        values = described(measure) | {"last_day": last_day.isoformat() if last_day else "-"}
        known_ahead = case.on < measure.in_force.start and case.law.known(measure.announcement)
        flags = ends_soon(suspension, case.on) + (("future_measure_known",) if known_ahead else ())
        others = (suspension.announcement,) if suspension.announcement else ()
        return Finding(Reason("measure", "not", sentence, values, cites(measure)), others=others, flags=flags)
    if case.on < measure.in_force.start:
        sentence = gettext_noop("{announcement} paragraph {paragraph} starts on {start}.")
        values = described(measure) | {"start": measure.in_force.start.isoformat()}
        flags = ("future_measure_known",) if case.law.known(measure.announcement) else ()
        return Finding(Reason("measure", "not", sentence, values, cites(measure)), flags=flags)
    return None


def _at_the_end(case: Case, measure: Measure) -> Iterator[Finding]:
    if idle := not_operating(case, measure):
        if idle.flags or idle.others:
            yield idle
        return
    holds = answer(case, measure)
    match measure.kind:
        case "military_end_use_ban":
            yield military_ban(case, measure, holds)
        case "presumption_of_denial":
            yield presumption(measure, holds)
        case "enhanced_review":
            yield enhanced_review(measure, holds)
        case _:
            yield ban(measure, holds)


def military_ban(case: Case, measure: Measure, holds: Answer) -> Finding:
    """Military users and uses in the country are banned outright; otherwise a person must rule a military user out."""
    if holds:
        sentence = gettext_noop("Military end use in {destination} is banned by {announcement} paragraph {paragraph}.")
        return _finding(measure, "applies", sentence, Outcome.PROHIBITED, ("military_end_use",))
    if holds is False and case.facts.end_use == "military":
        return _finding(measure, "not", gettext_noop("{announcement} paragraph {paragraph}: its test is not met."))
    sentence = gettext_noop("{announcement} paragraph {paragraph}: rule out a military user in {destination}.")
    return Finding(
        Reason("measure", "person", sentence, described(measure), cites(measure)),
        others=(measure.announcement,),
        flags=(f"check_{measure.destination.lower()}_military",),
    )


def presumption(measure: Measure, holds: Answer) -> Finding:
    """Licences are in principle not granted."""
    if holds:
        sentence = gettext_noop(
            "Licences for these goods to {destination} are in principle refused: {announcement} paragraph {paragraph}."
        )
        return _finding(measure, "applies", sentence, Outcome.PRESUMPTION_OF_DENIAL)
    return _open_or_not(measure, holds)


def enhanced_review(measure: Measure, holds: Answer) -> Finding:
    """A licence stays possible; end user and end use are looked at more strictly."""
    if holds is False:
        return _finding(measure, "not", gettext_noop("{announcement} paragraph {paragraph}: its test is not met."))
    sentence = gettext_noop("{announcement} paragraph {paragraph} asks for a stricter review of end user and end use.")
    return _finding(measure, "applies", sentence, Outcome.LICENCE_REQUIRED, ("enhanced_review",))


def ban(measure: Measure, holds: Answer) -> Finding:
    """A ban of another kind than military."""
    if holds:
        return _finding(
            measure, "applies", gettext_noop("{announcement} paragraph {paragraph}: {text}"), Outcome.PROHIBITED
        )
    return _open_or_not(measure, holds)


def _open_or_not(measure: Measure, holds: Answer) -> Finding:
    if holds is False:
        return _finding(measure, "not", gettext_noop("{announcement} paragraph {paragraph}: its test is not met."))
    sentence = gettext_noop("{announcement} paragraph {paragraph}: only a person can tell whether it applies: {text}")
    return _finding(measure, "person", sentence, Outcome.REFER)


def _on_the_way(case: Case, measure: Measure) -> Finding:
    """A stop in a covered country: the goods must be shown not to stay there (Decree 792 Art 48).

    A military ban asks for that only when the end use is, or may be, military; a stricter review never does.
    """
    values = described(measure)
    grave = measure.kind in ("presumption_of_denial", "ban")
    if measure.kind == "military_end_use_ban" and case.facts.end_use in ("military", "unknown"):
        grave = True
    if grave:
        sentence = gettext_noop(
            "The goods pass through {destination}: show that they do not stay, or {announcement} applies."
        )
        return _finding(measure, "person", sentence, Outcome.REFER, precedence=Precedence.STOP_ON_THE_WAY)
    sentence = gettext_noop(
        "The goods only pass through {destination}; {announcement} paragraph {paragraph} is kept in mind."
    )
    return Finding(Reason("measure", "person", sentence, values, cites(measure)))


def _finding(
    measure: Measure,
    verdict: Verdict,
    sentence: str,
    outcome: Outcome | None = None,
    flags: tuple[str, ...] = (),
    precedence: Precedence = Precedence.DESTINATION,
) -> Finding:
    reason = Reason("measure", verdict, sentence, described(measure), cites(measure))
    return Finding(reason, outcome, measure.announcement if outcome else "", precedence, flags=flags)
