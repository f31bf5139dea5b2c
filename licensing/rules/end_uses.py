"""End uses and end users of concern: catch-all, red flags, and an end user that nobody names.

Export Control Law Art 12(3); Decree 792 Arts 14, 22, 25.
"""

from collections.abc import Iterator

from licensing.rules.case import Case
from licensing.rules.conditions import Answer, evaluate
from licensing.rules.findings import Cite, Finding, Outcome, Precedence, Reason, gettext_noop
from licensing.rules.legal_bases import LAW
from licensing.rules.lines import Line

OF_CONCERN = ("wmd", "terrorism")


def catch_all(case: Case, line: Line) -> Iterator[Finding]:
    """Unlisted goods need a licence when the exporter knows, or is told, of a use of concern (ECL Art 12(3))."""
    if line.controlled:
        return
    for measure in case.measures(case.end_destinations | {"*"}):
        if measure.kind != "catch_all" or case.on not in measure.in_force or measure.suspended(case.on):
            continue
        holds = True if measure.condition is None else evaluate(measure.condition, parameters={}, fact=case.answer)
        values = {"announcement": measure.announcement, "paragraph": measure.paragraph}
        cites = (Cite(measure.announcement, measure.paragraph),)
        if holds:
            sentence = gettext_noop(
                "The goods are not listed, but a use of concern is stated or known: {announcement} Art {paragraph}."
            )
            reason = Reason("catch_all", "applies", sentence, values, cites)
            outcome = Outcome.REFER if case.facts.transaction == "reexport" else Outcome.LICENCE_REQUIRED
            flags = ("catch_all", *_knowledge(case), *_red_flag(case))
        elif _suspected(case, holds):
            sentence = gettext_noop("Neither end user nor end use is stated: a person must rule out a use of concern.")
            reason = Reason("catch_all", "person", sentence, values, cites)
            outcome = Outcome.REFER
            flags = ("catch_all", "red_flag_end_user")
        else:
            sentence = gettext_noop(
                "No use of concern is stated or known: {announcement} Art {paragraph} does not apply."
            )
            yield Finding(Reason("catch_all", "not", sentence, values, cites))
            continue
        yield Finding(reason, outcome, measure.announcement, Precedence.END_USE_OF_CONCERN, flags=flags)


def red_flags(case: Case, line: Line) -> Iterator[Finding]:
    """Listed goods with a use of concern: a person looks before any licence; the exporter must stop and report."""
    if not line.controlled or not (case.facts.end_use in OF_CONCERN or case.knows):
        return
    sentence = gettext_noop("A use of concern is stated or known: stop, report, and wait for a person's decision.")
    yield Finding(
        Reason("end_use_of_concern", "person", sentence, {}, (Cite(LAW, "12"), Cite(case.regulations, "25"))),
        Outcome.REFER,
        LAW,
        Precedence.END_USE_OF_CONCERN,
        flags=("red_flag_end_user", *_knowledge(case)),
    )


def unknown_end_user(case: Case, line: Line) -> Iterator[Finding]:
    """A listed item is never free, nor ordinary, while end user or final destination is unknown (ECL Arts 15-16)."""
    if not case.end_user_unknown:
        return
    cites = (Cite(LAW, "15-16"),)
    if line.controlled:
        sentence = gettext_noop("End user or final destination is not stated: it must be known before a licence.")
        yield Finding(
            Reason("unknown_end_user", "person", sentence, {}, cites),
            Outcome.REFER,
            line.announcement,
            Precedence.UNKNOWN_END_USER,
            flags=("unknown_end_user",),
        )
    else:
        sentence = gettext_noop("End user or final destination is not stated.")
        yield Finding(Reason("unknown_end_user", "person", sentence, {}, cites), flags=("unknown_end_user",))


def _suspected(case: Case, holds: Answer) -> bool:
    return holds is None and case.end_user_unnamed and case.facts.end_use == "unknown"


def _knowledge(case: Case) -> tuple[str, ...]:
    return ("stop_and_report",) if case.knows else ()


def _red_flag(case: Case) -> tuple[str, ...]:
    return ("red_flag_end_user",) if case.end_user_unnamed or case.facts.end_use in OF_CONCERN else ()
