"""What the law that is known now will say later of the same case."""

from dataclasses import dataclass
from datetime import date

from licensing.rules.determination import Determination, Facts, determine
from licensing.rules.law import ControlItem, LawBook, Measure

LOOKED_AT = 40
"""Turning days of the law that are tried before the search ends."""


@dataclass(frozen=True, slots=True)
class Change:
    """The next day on which the answer is another. ``unless_extended``: because a suspension ends on its eve."""

    determination: Determination
    unless_extended: bool

    @property
    def on(self) -> date:
        return self.determination.on


def next_change(facts: Facts, law: LawBook, *, on: date) -> Change | None:
    """The first day after ``on`` with another outcome, under the law as the book holds it; None when there is none.

    Raises `NoLawInForce` when no law of the regime was in force on ``on``.
    """
    now = determine(facts, law, on=on)
    ends, turns = _turning_days(law, after=on)
    for day in sorted(ends | turns)[:LOOKED_AT]:
        then = determine(facts, law, on=day)
        if then.outcome is not now.outcome:
            return Change(then, unless_extended=day in ends)
    return None


def _turning_days(law: LawBook, *, after: date) -> tuple[set[date], set[date]]:
    """First days after a suspension, and days on which a rule begins, is suspended or is over."""
    ends: set[date] = set()
    turns: set[date] = set()
    rules: tuple[ControlItem | Measure, ...] = (*law.items, *law.measures)
    for rule in rules:
        turns.add(rule.in_force.start)
        if rule.in_force.end:
            turns.add(rule.in_force.end)
        for suspension in rule.suspensions:
            turns.add(suspension.period.start)
            if suspension.period.end:
                ends.add(suspension.period.end)
    return {day for day in ends if day > after}, {day for day in turns if day > after}
