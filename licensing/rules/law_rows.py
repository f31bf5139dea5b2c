"""The rows of a regime as they are written and stored: every field of the source, with the days inclusive.

`law.LawBook` holds what a determination needs; these rows hold the whole record, so that a pack can be compared with
the database, a version of the law can be hashed, and the law of an earlier version can be read back word by word.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property
from typing import Any, ClassVar

from licensing.rules import conditions
from licensing.rules.law import Announcement, ControlItem, HsCode, LawBook, Listing, Measure, Suspension
from licensing.rules.periods import Period

type Tree = dict[str, Any]
"""A condition in its JSON form, see `conditions`."""


@dataclass(frozen=True, slots=True)
class AnnouncementRow:
    DATES: ClassVar = ("issued_on", "effective_from", "effective_to")

    ref: str
    kind: str
    number: int | None
    year: int
    issuer: str
    title_en: str
    title_zh: str
    issued_on: date | None
    effective_from: date | None
    effective_to: date | None
    suspensions: tuple[Suspension, ...]
    status: str
    summary: str
    source: str
    confidence: str

    @property
    def key(self) -> str:
        return self.ref


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An entry of the control list. ``threshold`` is the text of its parameters, ``condition`` what it encodes."""

    DATES: ClassVar = ("effective_from", "effective_to")

    key: str
    code: str
    name_en: str
    name_zh: str
    material: str
    family: str
    hs_codes: tuple[str, ...]
    hs_codes_as_announced: tuple[str, ...]
    unit: str
    threshold: str
    condition: Tree | None
    announcement: str
    effective_from: date
    effective_to: date | None
    suspensions: tuple[Suspension, ...]
    hs_confidence: str
    note: str
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """A paragraph that bears on a destination, an end use or a party. ``text`` is its condition in words."""

    DATES: ClassVar = ("effective_from", "effective_to")

    key: str
    announcement: str
    paragraph: str
    destination: str
    scope: str
    kind: str
    text: str
    condition: Tree | None
    effective_from: date
    effective_to: date | None
    suspensions: tuple[Suspension, ...]
    note: str
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class HsRow:
    DATES: ClassVar = ()

    code: str
    description: str
    family: str
    relation: str
    note: str
    source: str
    confidence: str

    @property
    def key(self) -> str:
        return f"{self.code} {self.family} {self.relation}"


@dataclass(frozen=True, slots=True)
class ListingRow:
    """One listing event. ``delisted_on`` is the first day without its measures (not a last day)."""

    DATES: ClassVar = ("listed_on", "delisted_on")

    list: str
    name_en: str
    name_zh: str
    country: str
    aliases: tuple[str, ...]
    announcement: str
    listed_on: date
    suspensions: tuple[Suspension, ...]
    delisted_on: date | None
    status: str
    note: str
    source: str
    cross_check: str
    confidence: str

    @property
    def key(self) -> str:
        return f"{self.list} {self.announcement} {self.name_en or self.name_zh}"

    def listing(self) -> Listing:
        names = dict.fromkeys(name for name in (self.name_en, self.name_zh, *self.aliases) if name)
        return Listing(
            list=self.list,
            announcement=self.announcement,
            names=tuple(names),
            country=self.country,
            in_force=Period(self.listed_on, self.delisted_on),
            suspensions=self.suspensions,
        )


type LawRow = AnnouncementRow | ItemRow | MeasureRow | HsRow
type Row = LawRow | ListingRow

TABLES: dict[str, type[AnnouncementRow] | type[ItemRow] | type[MeasureRow] | type[HsRow]] = {
    "announcements": AnnouncementRow,
    "items": ItemRow,
    "measures": MeasureRow,
    "hs_codes": HsRow,
}
"""The tables of the law in the order in which they refer to one another."""


def facts(source: object, kind: type, **own: Any) -> dict[str, Any]:
    """Every field of a row type: as given in ``own``, else read from the attribute of that name."""
    return {field.name: own[field.name] if field.name in own else getattr(source, field.name) for field in fields(kind)}


@dataclass(frozen=True)
class LawRows:
    """Every row of a regime's law, ordered by key."""

    announcements: tuple[AnnouncementRow, ...]
    items: tuple[ItemRow, ...]
    measures: tuple[MeasureRow, ...]
    hs_codes: tuple[HsRow, ...]

    @classmethod
    def of(
        cls,
        *,
        announcements: Iterable[AnnouncementRow],
        items: Iterable[ItemRow],
        measures: Iterable[MeasureRow],
        hs_codes: Iterable[HsRow],
    ) -> "LawRows":
        return cls(
            tuple(sorted(announcements, key=lambda row: row.key)),
            tuple(sorted(items, key=lambda row: row.key)),
            tuple(sorted(measures, key=lambda row: row.key)),
            tuple(sorted(hs_codes, key=lambda row: row.key)),
        )

    @classmethod
    def from_content(cls, content: str) -> "LawRows":
        """The rows that `content` wrote down."""
        tables = json.loads(content)
        return cls.of(
            announcements=[_revive(row, AnnouncementRow) for row in tables["announcements"]],
            items=[_revive(row, ItemRow) for row in tables["items"]],
            measures=[_revive(row, MeasureRow) for row in tables["measures"]],
            hs_codes=[_revive(row, HsRow) for row in tables["hs_codes"]],
        )

    @cached_property
    def content(self) -> str:
        """The canonical text of all rows: JSON with sorted keys, one spelling for one law."""
        tables = {name: [facts(row, kind) for row in getattr(self, name)] for name, kind in TABLES.items()}
        return json.dumps(tables, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain)

    @cached_property
    def version(self) -> str:
        """The sha256 of the content, 64 hex digits."""
        return hashlib.sha256(self.content.encode()).hexdigest()

    def book(self, listings: Iterable[ListingRow] = ()) -> LawBook:
        """The law as determinations read it; listings are facts beside the law and leave its version as it is."""
        return LawBook(
            version=self.version,
            announcements={row.ref: _announcement(row) for row in self.announcements},
            items=tuple(_item(row) for row in self.items),
            measures=tuple(_measure(row) for row in self.measures),
            hs_codes=tuple(HsCode(row.code, row.family, row.relation, row.description) for row in self.hs_codes),
            listings=tuple(row.listing() for row in listings),
        )


def _announcement(row: AnnouncementRow) -> Announcement:
    return Announcement(
        ref=row.ref,
        kind=row.kind,
        title_en=row.title_en,
        title_zh=row.title_zh,
        issued_on=row.issued_on,
        in_force=Period.inclusive(row.effective_from, row.effective_to) if row.effective_from else None,
        source=row.source,
    )


def _item(row: ItemRow) -> ControlItem:
    return ControlItem(
        key=row.key,
        code=row.code,
        name_en=row.name_en,
        name_zh=row.name_zh,
        material=row.material,
        family=row.family,
        hs_codes=frozenset(row.hs_codes) | frozenset(row.hs_codes_as_announced),
        unit=row.unit,
        threshold=row.threshold,
        condition=None if row.condition is None else conditions.parse(row.condition),
        announcement=row.announcement,
        in_force=Period.inclusive(row.effective_from, row.effective_to),
        suspensions=row.suspensions,
    )


def _measure(row: MeasureRow) -> Measure:
    return Measure(
        key=row.key,
        announcement=row.announcement,
        paragraph=row.paragraph,
        destination=row.destination,
        scope=row.scope,
        kind=row.kind,
        text=row.text,
        condition=None if row.condition is None else conditions.parse(row.condition),
        in_force=Period.inclusive(row.effective_from, row.effective_to),
        suspensions=row.suspensions,
    )


def _plain(value: object) -> object:
    """What JSON has no form for: days, and suspensions with both days inclusive as a notice prints them."""
    match value:
        case date():
            return value.isoformat()
        case Suspension(period, announcement):
            return {"from": period.start, "to": period.last_day, "by": announcement}
    raise TypeError(f"{value!r} has no place in a row of the law")


def _suspension(values: dict[str, str | None]) -> Suspension:
    first, last = (date.fromisoformat(day) if (day := values[key]) else None for key in ("from", "to"))
    if first is None:
        raise ValueError("A suspension needs a first day.")
    return Suspension(Period.inclusive(first, last), values["by"])


def _revive[R](values: dict[str, Any], kind: type[R]) -> R:
    dates = getattr(kind, "DATES", ())

    def revived(name: str, value: Any) -> Any:
        if name == "suspensions":
            return tuple(_suspension(suspension) for suspension in value)
        if name in dates and value is not None:
            return date.fromisoformat(value)
        return tuple(value) if isinstance(value, list) else value

    return kind(**{name: revived(name, value) for name, value in values.items()})
