"""The working calendar of the regime, read once from the file that ships with it."""

from functools import cache
from pathlib import Path

from licensing.rules.calendar import Calendar, parse

CALENDAR = Path(__file__).parent / "cn" / "calendar.csv"


@cache
def working_calendar() -> Calendar:
    with CALENDAR.open(encoding="utf-8", newline="") as lines:
        return parse(lines)
