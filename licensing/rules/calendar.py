"""Working days of the authority: weekdays, less the holidays, plus the make-up days, of a dated calendar.

Source: the State Council's yearly notice on holidays. A year without a notice counts weekdays and statutory
holidays only, and says so (`Calendar.provisional`): such a deadline may still move.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Calendar:
    """``holidays``: weekdays off. ``make_up``: weekend days worked. ``announced``: years with a notice."""

    holidays: frozenset[date]
    make_up: frozenset[date]
    announced: frozenset[int]

    def is_working(self, day: date) -> bool:
        return day in self.make_up or (day.weekday() < 5 and day not in self.holidays)

    def after(self, day: date, working_days: int) -> date:
        """The day on which the given number of working days has passed; the day itself does not count."""
        while working_days > 0:
            day += timedelta(days=1)
            working_days -= self.is_working(day)
        return day

    def between(self, start: date, end: date) -> int:
        """Working days after ``start``, up to and including ``end``; negative when ``end`` lies before."""
        if end < start:
            return -self.between(end, start)
        return sum(self.is_working(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))

    def provisional(self, day: date) -> bool:
        return day.year not in self.announced


def parse(lines: Iterable[str]) -> Calendar:
    """Read ``day,kind,name,status`` rows (kind holiday | workday, status announced | provisional)."""
    holidays: set[date] = set()
    make_up: set[date] = set()
    announced: set[int] = set()
    for row in csv.DictReader(lines):
        day = date.fromisoformat(row["day"])
        (holidays if row["kind"] == "holiday" else make_up).add(day)
        if row["status"] == "announced":
            announced.add(day.year)
    return Calendar(frozenset(holidays), frozenset(make_up), frozenset(announced))
