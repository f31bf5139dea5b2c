"""Suspensions that are about to end."""

from datetime import date

from licensing.rules.law import Suspension

SOON = 10
"""Days left, the last suspended day included, from which a case is warned."""


def ends_soon(suspension: Suspension, on: date) -> tuple[str, ...]:
    """The flag ``suspension_ends_soon`` when `SOON` days or fewer are left."""
    left = suspension.period.days_left(on)
    return ("suspension_ends_soon",) if left is not None and left <= SOON else ()
