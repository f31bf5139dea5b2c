"""The life of a rule as dated events."""

from datetime import date

import pytest

from licensing.regimes.reader import CN, read
from licensing.rules.law import Announcement, Measure, Suspension
from licensing.rules.law_lines import Holding, LawSpan, Turn
from licensing.rules.law_lives import LifeEvent, life, line
from licensing.rules.periods import Period

BOOK = read(CN).law_book()
NOTICES = {"N": Announcement("N", "announcement", "Notice", "", date(2025, 1, 1), Period(date(2025, 1, 1)))}


def measure(in_force: Period, *suspensions: Suspension) -> Measure:
    return Measure("M", "N", "", "US", "all", "ban", "", None, in_force, suspensions)


def told(rule: Measure, notices: dict[str, Announcement] = NOTICES) -> list[tuple[str, str, str | None]]:
    return [(str(event.on), event.turn.value, event.announcement) for event in life(rule, notices)]


def test_a_measure_suspended_and_to_resume() -> None:
    antimony = next(m for m in BOOK.measures if m.key == "DM-004")
    assert life(antimony, BOOK.announcements) == (
        LifeEvent(date(2024, 12, 3), Turn.ANNOUNCED, "CN-2024-46"),
        LifeEvent(date(2024, 12, 3), Turn.IN_FORCE, "CN-2024-46"),
        LifeEvent(date(2025, 11, 9), Turn.SUSPENDED, "CN-2025-72"),
        LifeEvent(date(2026, 11, 28), Turn.RESUMED, None),
    )


@pytest.mark.parametrize("key", ["DM-010", "1C909.a"])
def test_a_rule_suspended_before_its_first_day_never_takes_effect_on_it(key: str) -> None:
    rule = next(rule for rule in (*BOOK.measures, *BOOK.items) if rule.key == key)
    assert [(event.on, event.turn) for event in life(rule, BOOK.announcements)] == [
        (date(2025, 10, 9), Turn.ANNOUNCED),
        (date(2025, 11, 7), Turn.SUSPENDED),
        (date(2026, 11, 11), Turn.RESUMED),
    ]


def test_a_prolonged_suspension_resumes_once() -> None:
    rule = measure(
        Period(date(2025, 2, 1)),
        Suspension(Period(date(2025, 5, 1), date(2025, 6, 1)), "A"),
        Suspension(Period(date(2025, 6, 1), date(2025, 7, 1)), "B"),
    )
    assert told(rule) == [
        ("2025-01-01", "announced", "N"),
        ("2025-02-01", "in_force", "N"),
        ("2025-05-01", "suspended", "A"),
        ("2025-06-01", "suspended", "B"),
        ("2025-07-01", "resumed", None),
    ]


def test_a_rule_that_ends_while_suspended_does_not_resume() -> None:
    rule = measure(
        Period(date(2025, 2, 1), date(2025, 6, 1)), Suspension(Period(date(2025, 5, 1), date(2025, 9, 1)), "A")
    )
    assert told(rule)[2:] == [("2025-05-01", "suspended", "A"), ("2025-05-31", "ended", None)]


def test_an_unknown_or_undated_notice_announces_nothing() -> None:
    assert told(measure(Period(date(2025, 2, 1))), {}) == [("2025-02-01", "in_force", "N")]


def test_the_line_has_a_stretch_for_each_period() -> None:
    antimony = next(m for m in BOOK.measures if m.key == "DM-004")
    drawn = line(antimony, BOOK.announcements, today=date(2026, 11, 22))
    assert drawn.announced == date(2024, 12, 3)
    assert drawn.spans == (
        LawSpan(Period(date(2024, 12, 3)), Holding.IN_FORCE),
        LawSpan(Period(date(2025, 11, 9), date(2026, 11, 28)), Holding.SUSPENDED),
    )
