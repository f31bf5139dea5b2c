"""Days on which something holds.

A period is half-open inside Sluice: ``start`` is the first day on which the rule holds, ``end`` the first
day on which it no longer does. Announcements print their last day inclusively; `Period.inclusive` is the
only place where one becomes the other.
"""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Period:
    """The days from ``start`` up to, but not including, ``end`` (``None``: no end). Days of the authority's zone."""

    start: date
    end: date | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.end <= self.start:
            raise ValueError(f"A period must hold on at least one day: {self.start} to {self.end} holds on none.")

    @classmethod
    def inclusive(cls, first: date, last: date | None) -> "Period":
        """The period that a notice writes as "from ``first`` to ``last``", both days included."""
        return cls(first, None if last is None else last + timedelta(days=1))

    def __contains__(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)

    def overlaps(self, other: "Period") -> bool:
        return (other.end is None or self.start < other.end) and (self.end is None or other.start < self.end)

    @property
    def last_day(self) -> date | None:
        """The last day on which it holds, as a notice would print it."""
        return None if self.end is None else self.end - timedelta(days=1)

    def days_left(self, on: date) -> int | None:
        """Days still to come, ``on`` included: the last day counts as 1. ``None`` without an end."""
        return None if self.end is None else (self.end - on).days
