"""The time line of one rule as numbers: when it was announced, held, was suspended and held again.

`draw` turns days into places on a drawing of a given width. It knows nothing of words or markup; templates
write the words (``parts/law_line.html``).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import chain

from licensing.rules.periods import Period


class Holding(StrEnum):
    """What a stretch of a rule's life is."""

    IN_FORCE = "in_force"
    SUSPENDED = "suspended"


class Turn(StrEnum):
    """What happens on a day that the line names."""

    ANNOUNCED = "announced"
    IN_FORCE = "in_force"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    ENDED = "ended"
    TODAY = "today"
    MARK = "mark"


@dataclass(frozen=True, slots=True)
class LawSpan:
    """One stretch of a rule's life. A suspension may lie inside a stretch in force; it wins where they meet."""

    period: Period
    kind: Holding


@dataclass(frozen=True, slots=True)
class LawMark:
    """A further day worth naming, in words that need no translation (the reference of an announcement)."""

    on: date
    text: str


@dataclass(frozen=True, slots=True)
class LawLine:
    """The life of one rule as seen on ``today``."""

    announced: date | None
    spans: tuple[LawSpan, ...]
    today: date
    marks: tuple[LawMark, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """A drawn stretch. ``open_ended``: it goes on past the right edge."""

    x: float
    width: float
    kind: Holding
    open_ended: bool


@dataclass(frozen=True, slots=True)
class Label:
    """A named day: ``x`` of the day, ``text_x`` of its centred words, ``y`` of their first line."""

    x: float
    text_x: float
    y: float
    on: date
    turn: Turn
    text: str = ""

    @property
    def foot(self) -> float:
        """Where the words end and the line down to the day begins."""
        return self.y + 18


@dataclass(frozen=True, slots=True)
class Tick:
    """The first day of a year on the axis."""

    x: float
    year: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """All numbers of the picture, in its own units (CSS pixels at full size)."""

    width: float
    height: float
    bar_y: float
    bar_height: float
    today_x: float
    blocks: tuple[Block, ...]
    labels: tuple[Label, ...]
    ticks: tuple[Tick, ...]

    @property
    def bar_foot(self) -> float:
        """The lower edge of the bar."""
        return self.bar_y + self.bar_height


BAR_HEIGHT = 16.0
LABEL_WIDTH = 96.0
LABEL_HEIGHT = 34.0
AXIS_HEIGHT = 24.0
YEAR_WIDTH = 36.0


def turns(line: LawLine) -> list[tuple[date, Turn, str]]:
    """The named days in order. ``ENDED`` names the last day on which the rule held, as a notice prints it."""
    suspended = [span.period for span in line.spans if span.kind is Holding.SUSPENDED]
    holding = [span.period for span in line.spans if span.kind is Holding.IN_FORCE]
    found: set[tuple[date, Turn, str]] = {(line.today, Turn.TODAY, "")}
    if line.announced is not None:
        found.add((line.announced, Turn.ANNOUNCED, ""))
    found.update((mark.on, Turn.MARK, mark.text) for mark in line.marks)
    found.update((period.start, Turn.SUSPENDED, "") for period in suspended if not _held_before(period, suspended))
    for period in holding:
        if _held_before(period, suspended):
            found.add((period.start, Turn.RESUMED, ""))
        elif not _held_before(period, holding) and not _in_any(period.start, suspended):
            found.add((period.start, Turn.IN_FORCE, ""))
        if period.last_day and period.end and not _in_any(period.end, chain(holding, suspended)):
            found.add((period.last_day, Turn.ENDED, ""))
    for period in suspended:
        if period.end and not _in_any(period.end, suspended) and _in_any(period.end, holding):
            found.add((period.end, Turn.RESUMED, ""))
    return sorted(found, key=lambda turn: (turn[0], list(Turn).index(turn[1]), turn[2]))


def draw(line: LawLine, *, width: float = 960.0) -> Drawing:
    """The picture of ``line``. Raises `ValueError` when the line has no stretch at all."""
    if not line.spans:
        raise ValueError("A law line needs at least one stretch in force or suspended.")
    named = turns(line)
    first, last = _frame(line, [day for day, _, _ in named])
    scale = width / (last - first).days

    def place(day: date) -> float:
        return round((day - first).days * scale, 1)

    rows = _rows([place(day) for day, _, _ in named], width)
    bar_y = (max(rows.values()) + 1) * LABEL_HEIGHT + 8
    labels = tuple(
        Label(
            x=place(day),
            text_x=_centre(place(day), width),
            y=bar_y - 8 - (rows[index] + 1) * LABEL_HEIGHT + 14,
            on=day,
            turn=turn,
            text=text,
        )
        for index, (day, turn, text) in enumerate(named)
    )
    ordered = sorted(line.spans, key=lambda span: (span.kind is Holding.SUSPENDED, span.period.start))
    blocks = tuple(
        Block(
            x=place(span.period.start),
            width=round(place(span.period.end or last) - place(span.period.start), 1),
            kind=span.kind,
            open_ended=span.period.end is None,
        )
        for span in ordered
    )
    years = [(place(date(year, 1, 1)), year) for year in range(first.year + 1, last.year + 1)]
    return Drawing(
        width=width,
        height=bar_y + BAR_HEIGHT + AXIS_HEIGHT,
        bar_y=bar_y,
        bar_height=BAR_HEIGHT,
        today_x=place(line.today),
        blocks=blocks,
        labels=labels,
        ticks=tuple(Tick(x, year) for x, year in years if x + YEAR_WIDTH <= width),
    )


def _held_before(period: Period, others: Iterable[Period]) -> bool:
    """Whether one of ``others`` ends on the eve of ``period``."""
    return any(other.end == period.start for other in others)


def _in_any(day: date, periods: Iterable[Period]) -> bool:
    return any(day in period for period in periods)


def _frame(line: LawLine, named: list[date]) -> tuple[date, date]:
    """The first and last day of the axis, with a little air on both sides."""
    days = named + [span.period.start for span in line.spans]
    days += [span.period.end for span in line.spans if span.period.end]
    first, last = min(days), max(days)
    air = timedelta(days=max(30, (last - first).days // 16))
    return first - air, last + air


def _centre(x: float, width: float) -> float:
    """Where centred words stand so that they stay inside the picture."""
    return round(min(max(x, LABEL_WIDTH / 2), width - LABEL_WIDTH / 2), 1)


def _rows(places: list[float], width: float) -> dict[int, int]:
    """The lowest row for each label, left to right, in which it touches no other."""
    ends: list[float] = []
    rows: dict[int, int] = {}
    for index, x in enumerate(places):
        left = _centre(x, width) - LABEL_WIDTH / 2
        row = next((row for row, end in enumerate(ends) if end <= left), len(ends))
        ends[row : row + 1] = [left + LABEL_WIDTH]
        rows[index] = row
    return rows
