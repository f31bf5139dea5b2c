"""What changes between the rows that are stored and the rows that are wanted, in words that a person can check."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date

from licensing.rules.conditions import All, Any_, Condition, Fact, Not, Param, parse
from licensing.rules.law import Suspension
from licensing.rules.law_rows import Row


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one row, before and after."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What happens to one table, by key of its rows. ``unchanged`` counts the rows that stay as they are."""

    table: str
    added: tuple[str, ...] = ()
    changed: Mapping[str, tuple[Change, ...]] = field(default_factory=dict)
    removed: tuple[str, ...] = ()
    unchanged: int = 0

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


def compare[R: Row](table: str, stored: Mapping[str, R], wanted: Mapping[str, R]) -> Difference:
    """The way from ``stored`` to ``wanted``, rows paired by key."""
    both = [key for key in wanted if key in stored]
    changed = {key: _changes(stored[key], wanted[key]) for key in both if stored[key] != wanted[key]}
    return Difference(
        table=table,
        added=tuple(sorted(wanted.keys() - stored.keys())),
        changed=changed,
        removed=tuple(sorted(stored.keys() - wanted.keys())),
        unchanged=len(both) - len(changed),
    )


def in_words(value: object) -> str:
    """A value of a row as a person writes it; nothing is the empty text."""
    match value:
        case None:
            return ""
        case date():
            return value.isoformat()
        case Suspension(period, announcement):
            last = f" to {period.last_day}" if period.last_day else ""
            return f"{period.start}{last}" + (f" by {announcement}" if announcement else "")
        case tuple():
            return "; ".join(in_words(part) for part in value)
        case dict():
            return condition_in_words(parse(value))
    return str(value)


def condition_in_words(condition: Condition) -> str:
    """A condition on one line: ``purity_pct >= 99.99 % and (power_kw > 10 kW or …)``."""
    match condition:
        case All(parts) | Any_(parts):
            word = " and " if isinstance(condition, All) else " or "
            return word.join(
                f"({condition_in_words(part)})" if isinstance(part, All | Any_) else condition_in_words(part)
                for part in parts
            )
        case Not(part):
            return f"not ({condition_in_words(part)})"
        case Param(key, op, value, unit):
            return f"{key} {op} {value} {unit}".rstrip()
        case Fact(name, value, extra):
            said = ", ".join(value) if isinstance(value, tuple) else str(value).lower() if value is True else str(value)
            return " ".join([name.replace("_", " "), said, *(f"({key.replace('_', ' ')} {of})" for key, of in extra)])


def _changes(stored: Row, wanted: Row) -> tuple[Change, ...]:
    return tuple(
        Change(name, in_words(before), in_words(after))
        for name in (column.name for column in fields(wanted))
        if (before := getattr(stored, name)) != (after := getattr(wanted, name))
    )
