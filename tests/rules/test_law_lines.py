"""The time line of one rule: which days are named, and where they are drawn."""

from datetime import date

import pytest

from licensing.rules.law_lines import LABEL_WIDTH, Holding, LawLine, LawMark, LawSpan, Turn, draw, turns
from licensing.rules.periods import Period

TODAY = date(2026, 11, 22)


def in_force(start: date, end: date | None = None) -> LawSpan:
    return LawSpan(Period(start, end), Holding.IN_FORCE)


def suspended(start: date, end: date | None = None) -> LawSpan:
    return LawSpan(Period(start, end), Holding.SUSPENDED)


ANTIMONY_TO_THE_US = LawLine(
    announced=date(2024, 12, 3),
    spans=(in_force(date(2024, 12, 3)), suspended(date(2025, 11, 9), date(2026, 11, 28))),
    today=TODAY,
)


def named(line: LawLine) -> list[tuple[str, str]]:
    return [(day.isoformat(), turn.value) for day, turn, _ in turns(line)]


def test_a_suspension_inside_a_stretch_in_force_is_named_with_its_end() -> None:
    assert named(ANTIMONY_TO_THE_US) == [
        ("2024-12-03", "announced"),
        ("2024-12-03", "in_force"),
        ("2025-11-09", "suspended"),
        ("2026-11-22", "today"),
        ("2026-11-28", "resumed"),
    ]


def test_stretches_that_follow_each_other_tell_the_same_story() -> None:
    cut = LawLine(
        announced=date(2024, 12, 3),
        spans=(
            in_force(date(2024, 12, 3), date(2025, 11, 9)),
            suspended(date(2025, 11, 9), date(2026, 11, 28)),
            in_force(date(2026, 11, 28)),
        ),
        today=TODAY,
    )
    assert named(cut) == named(ANTIMONY_TO_THE_US)


def test_an_end_names_the_last_day_as_a_notice_prints_it() -> None:
    line = LawLine(None, (in_force(date(2025, 11, 8), date(2025, 11, 10)),), TODAY)
    assert ("2025-11-09", "ended") in named(line)


def test_a_suspension_that_outlives_the_rule_resumes_nothing() -> None:
    line = LawLine(
        None,
        (in_force(date(2025, 1, 1), date(2025, 7, 1)), suspended(date(2025, 3, 1), date(2025, 9, 1))),
        TODAY,
    )
    assert "resumed" not in [turn for _, turn in named(line)]


def test_a_suspension_prolonged_without_a_day_between_is_named_once() -> None:
    line = LawLine(
        None,
        (
            in_force(date(2025, 1, 1)),
            suspended(date(2025, 3, 1), date(2025, 6, 1)),
            suspended(date(2025, 6, 1), date(2025, 9, 1)),
        ),
        TODAY,
    )
    assert [entry for entry in named(line) if entry[1] in {"suspended", "resumed"}] == [
        ("2025-03-01", "suspended"),
        ("2025-09-01", "resumed"),
    ]


def test_the_suspension_is_drawn_over_the_stretch_that_it_interrupts() -> None:
    blocks = draw(ANTIMONY_TO_THE_US).blocks
    assert [block.kind for block in blocks] == [Holding.IN_FORCE, Holding.SUSPENDED]
    assert blocks[0].x < blocks[1].x
    assert blocks[1].x + blocks[1].width < blocks[0].x + blocks[0].width
    assert blocks[0].open_ended
    assert not blocks[1].open_ended


def test_days_keep_their_order_and_stay_inside_the_picture() -> None:
    drawing = draw(ANTIMONY_TO_THE_US, width=800)
    places = [label.x for label in drawing.labels]
    assert places == sorted(places)
    for x in [*places, *[tick.x for tick in drawing.ticks], drawing.today_x]:
        assert 0 <= x <= 800
    for label in drawing.labels:
        assert LABEL_WIDTH / 2 <= label.text_x <= 800 - LABEL_WIDTH / 2
        assert 0 < label.y < label.foot < drawing.bar_y


def test_no_two_labels_of_a_row_touch() -> None:
    crowded = LawLine(
        announced=date(2025, 10, 9),
        spans=(in_force(date(2025, 10, 10), date(2025, 10, 20)), suspended(date(2025, 10, 12), date(2025, 10, 15))),
        today=TODAY,
        marks=(LawMark(date(2025, 10, 11), "CN-2025-61"), LawMark(date(2025, 10, 11), "CN-2025-62")),
    )
    labels = draw(crowded).labels
    assert [label.text for label in labels if label.turn is Turn.MARK] == ["CN-2025-61", "CN-2025-62"]
    for at, label in enumerate(labels):
        for other in labels[at + 1 :]:
            assert label.y != other.y or abs(label.text_x - other.text_x) >= LABEL_WIDTH


def test_a_rule_that_starts_today_and_has_no_end_can_be_drawn() -> None:
    drawing = draw(LawLine(None, (in_force(TODAY),), TODAY))
    assert drawing.blocks[0].width > 0
    assert drawing.today_x == drawing.blocks[0].x


def test_a_line_without_any_stretch_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one stretch"):
        draw(LawLine(TODAY, (), TODAY))
