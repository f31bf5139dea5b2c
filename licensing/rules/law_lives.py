"""The life of one entry or measure as dated events, for its time line and the table behind it. No words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from licensing.rules.law import Announcement, ControlItem, Measure
from licensing.rules.law_lines import Holding, LawLine, LawSpan, Turn


@dataclass(frozen=True, slots=True)
class LifeEvent:
    """What happens on a day and by which announcement (None: by the passing of time, or not told).

    An end names the last day on which the rule holds, every other turn its first day.
    """

    on: date
    turn: Turn
    announcement: str | None


def life(rule: ControlItem | Measure, announcements: Mapping[str, Announcement]) -> tuple[LifeEvent, ...]:
    """Announced, in force, suspended, resumed, ended, in the order of days.

    A rule suspended before its first day is announced and suspended, and takes effect only when that suspension ends;
    that day counts as resumed. A suspension that follows the last without a day between them prolongs it.
    """
    events = []
    notice = announcements.get(rule.announcement)
    if notice and notice.issued_on:
        events.append(LifeEvent(notice.issued_on, Turn.ANNOUNCED, rule.announcement))
    if rule.suspended(rule.in_force.start) is None:
        events.append(LifeEvent(rule.in_force.start, Turn.IN_FORCE, rule.announcement))
    for suspension in rule.suspensions:
        end = suspension.period.end
        events.append(LifeEvent(suspension.period.start, Turn.SUSPENDED, suspension.announcement))
        if end is not None and end in rule.in_force and rule.suspended(end) is None:
            events.append(LifeEvent(end, Turn.RESUMED, None))
    if rule.in_force.last_day is not None:
        events.append(LifeEvent(rule.in_force.last_day, Turn.ENDED, None))
    return tuple(sorted(events, key=lambda event: (event.on, list(Turn).index(event.turn))))


def line(rule: ControlItem | Measure, announcements: Mapping[str, Announcement], *, today: date) -> LawLine:
    """The same life as stretches to be drawn."""
    notice = announcements.get(rule.announcement)
    return LawLine(
        announced=notice.issued_on if notice else None,
        spans=(
            LawSpan(rule.in_force, Holding.IN_FORCE),
            *(LawSpan(suspension.period, Holding.SUSPENDED) for suspension in rule.suspensions),
        ),
        today=today,
    )
