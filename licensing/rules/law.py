"""The law as dated records: what a determination is made from. Pure values, no database.

A `LawBook` holds every row of a regime, past and present, under one version. `LawBook.on(day)` gives the
`LawOfDay`: the rows in force that day, indexed, made once per day and kept.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from types import MappingProxyType

from licensing.rules.conditions import Condition, facts_of
from licensing.rules.periods import Period


class NoLawInForce(LookupError):
    """No export-control law of the regime was in force on the day: an error, never "free"."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """A law, regulation, notice or statement, under the reference used everywhere (``CN-2024-46``)."""

    ref: str
    kind: str
    title_en: str
    title_zh: str
    issued_on: date | None
    in_force: Period | None
    source: str = ""

    @property
    def known_from(self) -> date | None:
        """The first day on which the public could know of it."""
        return self.issued_on or (self.in_force.start if self.in_force else None)


@dataclass(frozen=True, slots=True)
class Suspension:
    """Days on which a measure, an item's control or a listing does not operate, and the announcement that says so."""

    period: Period
    announcement: str | None


@dataclass(frozen=True, slots=True)
class ControlItem:
    """One entry of the control list. ``key`` is its control code, or a stable stand-in where no code was seen."""

    key: str
    code: str
    name_en: str
    name_zh: str
    material: str
    family: str
    hs_codes: frozenset[str]
    unit: str
    threshold: str
    condition: Condition | None
    announcement: str
    in_force: Period
    suspensions: tuple[Suspension, ...] = ()

    def suspended(self, on: date) -> Suspension | None:
        return _suspension(self.suspensions, on)


@dataclass(frozen=True, slots=True)
class Measure:
    """A paragraph of an announcement that bears on a destination, an end use or a party."""

    key: str
    announcement: str
    paragraph: str
    destination: str
    scope: str
    kind: str
    text: str
    condition: Condition | None
    in_force: Period
    suspensions: tuple[Suspension, ...] = ()

    def suspended(self, on: date) -> Suspension | None:
        return _suspension(self.suspensions, on)

    @property
    def turns_on_listing(self) -> bool:
        """Whether its test asks for a listing of a party: it then acts through the listings that it names."""
        return any(fact.name == "party_on" for fact in facts_of(self.condition))


@dataclass(frozen=True, slots=True)
class HsCode:
    """A customs heading (6 digits), tariff line (8) or customs code (10) and how it stands to a family."""

    code: str
    family: str
    relation: str
    description: str


@dataclass(frozen=True, slots=True)
class Listing:
    """One listing event of one party on one list. Several may concern the same company."""

    list: str
    announcement: str
    names: tuple[str, ...]
    country: str
    in_force: Period
    suspensions: tuple[Suspension, ...] = ()

    def state(self, on: date) -> str | None:
        """``in_force``, ``suspended``, ``former`` (its measures ended before the day) or None (not yet listed)."""
        if on < self.in_force.start:
            return None
        if on not in self.in_force:
            return "former"
        return "suspended" if self.suspended(on) else "in_force"

    def suspended(self, on: date) -> Suspension | None:
        return _suspension(self.suspensions, on)


def _suspension(suspensions: Iterable[Suspension], on: date) -> Suspension | None:
    return next((s for s in suspensions if on in s.period), None)


@dataclass(frozen=True)
class LawBook:
    """Every dated row of a regime under one ``version`` (a hash of its content)."""

    version: str
    announcements: Mapping[str, Announcement]
    items: tuple[ControlItem, ...]
    measures: tuple[Measure, ...]
    hs_codes: tuple[HsCode, ...]
    listings: tuple[Listing, ...] = ()
    _days: dict[date, "LawOfDay"] = field(default_factory=dict, repr=False, compare=False)

    def on(self, day: date) -> "LawOfDay":
        """The law of that day. Raises `NoLawInForce` before the regime's first framework law."""
        if day not in self._days:
            if len(self._days) > 400:
                self._days.clear()
            self._days[day] = LawOfDay(self, day)
        return self._days[day]

    @cached_property
    def framework(self) -> tuple[Announcement, ...]:
        """The laws on which the regime rests, oldest first."""
        laws = [a for a in self.announcements.values() if a.kind == "law" and a.in_force]
        return tuple(sorted(laws, key=lambda a: (a.in_force.start, a.ref) if a.in_force else (date.max, a.ref)))


class LawOfDay:
    """The rows of a `LawBook` that matter on one day, indexed for determination."""

    def __init__(self, book: LawBook, day: date) -> None:
        if not any(day in law.in_force for law in book.framework if law.in_force):
            first = book.framework[0].in_force.start if book.framework and book.framework[0].in_force else None
            raise NoLawInForce(
                f"No export-control law of this regime was in force on {day}"
                + (f"; the first day covered is {first}." if first else "; load a regime first.")
            )
        self.book = book
        self.day = day

    @cached_property
    def items_by_code(self) -> Mapping[str, ControlItem]:
        """Every entry of the book by control code, in force or not: classification names the entry, dates decide."""
        return MappingProxyType({item.code: item for item in self.book.items if item.code})

    @cached_property
    def items_by_key(self) -> Mapping[str, ControlItem]:
        """Every entry by key, for those that have no control code."""
        return MappingProxyType({item.key: item for item in self.book.items})

    @cached_property
    def items_by_hs(self) -> Mapping[str, tuple[ControlItem, ...]]:
        """Entries by each customs code that they name."""
        return _grouped((code, item) for item in self.book.items for code in item.hs_codes)

    @cached_property
    def items_by_heading(self) -> Mapping[str, tuple[ControlItem, ...]]:
        """Entries by each six-digit heading under which they name a code."""
        return _grouped((heading, item) for item in self.book.items for heading in {c[:6] for c in item.hs_codes})

    @cached_property
    def items_by_family(self) -> Mapping[str, tuple[ControlItem, ...]]:
        return _grouped((item.family, item) for item in self.book.items)

    @cached_property
    def families_by_heading(self) -> Mapping[str, frozenset[str]]:
        """Families whose entries or parent headings lie under a six-digit heading."""
        found: dict[str, set[str]] = {}
        for hs in self.book.hs_codes:
            if hs.relation in {"parent_heading", "controlled_reference", "controlled_reference_as_announced"}:
                found.setdefault(hs.code[:6], set()).add(hs.family)
        return MappingProxyType({heading: frozenset(families) for heading, families in found.items()})

    @cached_property
    def measures_by_destination(self) -> Mapping[str, tuple[Measure, ...]]:
        """Measures that are or will be in force, by destination (``*``: any)."""
        return _grouped(
            (m.destination, m) for m in self.book.measures if m.in_force.end is None or self.day < m.in_force.end
        )

    @cached_property
    def export_measures(self) -> Mapping[str, tuple[Measure, ...]]:
        """Of these, the ones that bear on an export by destination or end use, not by a listing or an act abroad."""
        return _grouped(
            (destination, measure)
            for destination, measures in self.measures_by_destination.items()
            for measure in measures
            if measure.kind not in {"extraterritorial", "catch_all"} and not measure.turns_on_listing
        )

    def known(self, ref: str) -> bool:
        """Whether the public could know of the announcement on the day. An undated one is taken as known."""
        announcement = self.book.announcements.get(ref)
        return announcement is None or announcement.known_from is None or announcement.known_from <= self.day

    def in_force(self, ref: str) -> bool:
        announcement = self.book.announcements.get(ref)
        if announcement is None:
            return False
        if announcement.in_force is None:
            return announcement.issued_on is not None and announcement.issued_on <= self.day
        return self.day in announcement.in_force


def _grouped[K, V](pairs: Iterable[tuple[K, V]]) -> Mapping[K, tuple[V, ...]]:
    groups: dict[K, list[V]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return MappingProxyType({key: tuple(values) for key, values in groups.items()})
