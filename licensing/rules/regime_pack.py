"""A regime pack: the law of one regime as files, parsed and checked as a whole.

`parse` either returns a `Pack` or raises `BadPack` with every fault found. Dates in a pack are inclusive at both ends.
A condition counts only beside the very text that it encodes; a text without one becomes a question for an officer.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from licensing.rules import encodings, sheets
from licensing.rules.countries import COUNTRIES
from licensing.rules.encodings import Encodings
from licensing.rules.law import LawBook, Suspension
from licensing.rules.law_rows import (
    AnnouncementRow,
    HsRow,
    ItemRow,
    LawRows,
    ListingRow,
    MeasureRow,
    Row,
    Tree,
)
from licensing.rules.periods import Period
from licensing.rules.sheets import Fault, Record

FAMILIES = frozenset(
    {
        "gallium",
        "germanium",
        "antimony",
        "superhard",
        "graphite",
        "tungsten",
        "tellurium",
        "bismuth",
        "molybdenum",
        "indium",
        "rare_earth_mh",
        "rare_earth_magnet",
        "rare_earth_equipment",
        "rare_earth_technology",
        "battery",
    }
)
SCOPES = FAMILIES | {"all", "unlisted", "rare_earth_overseas"}
ANNOUNCEMENT_KINDS = frozenset(
    {"law", "regulation", "announcement", "entity_list", "unreliable_entity_list", "statement", "draft"}
)
MEASURE_KINDS = frozenset(
    {"ban", "presumption_of_denial", "enhanced_review", "military_end_use_ban", "extraterritorial", "catch_all"}
)
HS_RELATIONS = frozenset(
    {"parent_heading", "controlled_reference", "controlled_reference_as_announced", "look_alike", "customs_basket"}
)
LISTS = frozenset({"control_list", "watch_list", "unreliable_entity"})
UNITS = frozenset({"kg", "set", "piece"})
CONFIDENCES = frozenset({"sourced", "recalled", "derived"})
HS_CONFIDENCES = frozenset({"announced", "decoded_2026"})
DESTINATIONS = COUNTRIES | {"EU", "*"}

CONDITIONS_FILE = "conditions.json"
_COLUMNS = {
    "announcements.csv": (
        "ref kind number year issuer title_en title_zh issued_on effective_from effective_to suspended_from "
        "suspended_to status summary source confidence"
    ),
    "control_list_items.csv": (
        "item_code name_en name_zh material family hs_codes hs_codes_as_announced unit threshold announcement "
        "effective_from effective_to suspended_from suspended_to hs_confidence note source confidence"
    ),
    "destination_measures.csv": (
        "measure_id announcement paragraph destination scope kind condition effective_from effective_to "
        "suspended_from suspended_to note source confidence"
    ),
    "hs_codes.csv": "hs_code digits description family relation note source confidence",
    "entities.csv": (
        "list name_en name_zh country aliases announcement listed_on suspended_from suspended_to delisted_on "
        "status note source cross_check confidence"
    ),
}
COLUMNS = {file: columns.split() for file, columns in _COLUMNS.items()}
"""File -> its columns. In entities.csv the status column carries the day it was written for: status_on_2026_11_21."""


class BadPack(ValueError):
    """The pack cannot be read; ``faults`` holds everything that is wrong with it, in the order of the files."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(f"{len(self.faults)} faults in the regime pack")


@dataclass(frozen=True)
class Pack:
    """The whole content of a pack. ``warnings`` are sentences about what an officer should look at."""

    law: LawRows
    listings: tuple[ListingRow, ...]
    warnings: tuple[str, ...] = ()

    def law_book(self) -> LawBook:
        """The law and the listings of the pack, ready for determinations."""
        return self.law.book(self.listings)


def parse(files: Mapping[str, bytes], *, shipped_conditions: bytes | None = None) -> Pack:
    """Read a pack from the bytes of its files, by name.

    ``shipped_conditions`` are the encodings to fall back on where the pack brings no conditions.json of its own: each
    counts where its text is the text of the row word by word, and is left aside, with a warning, where it is not.

    Raises `BadPack`.
    """
    faults: list[Fault] = []
    records = {name: _records(name, files, faults) for name in COLUMNS}
    own = CONDITIONS_FILE in files
    known = encodings.read(files[CONDITIONS_FILE] if own else shipped_conditions or b"{}", CONDITIONS_FILE, faults)

    refs = {record.text("ref") for record in records["announcements.csv"]}
    encodings.check(known, refs, faults, with_references=own)
    announcements = _rows(records["announcements.csv"], _announcement, "ref")
    items = _rows(_citing(records["control_list_items.csv"], refs), _item, "item_code")
    measures = _rows(_citing(records["destination_measures.csv"], refs), _measure, "measure_id")
    hs_codes = _rows(records["hs_codes.csv"], _hs_code, "hs_code")
    listings = _rows(_citing(records["entities.csv"], refs), _listing, "name_en")

    warnings: list[str] = []
    encoded = _Encoded(known, own=own, faults=faults, warnings=warnings)
    coded_items = [replace(row, condition=encoded.tree("items", line, row.key, row.threshold)) for line, row in items]
    coded_measures = [
        replace(row, condition=encoded.tree("measures", line, row.key, row.text)) for line, row in measures
    ]
    if own and not faults:
        encoded.refuse_unused()
    if faults:
        raise BadPack(sorted(dict.fromkeys(faults), key=_place))

    notices = [row for _, row in announcements]
    return Pack(
        law=LawRows.of(
            announcements=_with_suspender(notices, notices, warnings),
            items=_with_suspender(coded_items, notices, warnings),
            measures=_with_suspender(coded_measures, notices, warnings),
            hs_codes=[row for _, row in hs_codes],
        ),
        listings=tuple(
            sorted(_with_suspender([row for _, row in listings], notices, warnings), key=lambda row: row.key)
        ),
        warnings=tuple(dict.fromkeys(warnings)),
    )


def slug(name: str) -> str:
    """A key made from a name: ``Key parts for six-sided presses`` -> ``key-parts-for-six-sided-presses``."""
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")


def _records(name: str, files: Mapping[str, bytes], faults: list[Fault]) -> list[Record]:
    if name not in files:
        faults.append(Fault(name, 0, "", "the file is missing"))
        return []
    text = sheets.decode(name, files[name], faults)
    if text is None:
        return []
    if name == "entities.csv":
        text = re.sub(r"\bstatus_on_\d{4}_\d\d_\d\d\b", "status", text, count=1)
    return list(sheets.read(name, text, COLUMNS[name], faults))


def _citing(records: list[Record], refs: set[str]) -> list[Record]:
    for record in records:
        if (ref := record.required("announcement")) and ref not in refs:
            record.fault("announcement", f"{ref!r} is not a ref of announcements.csv")
    return records


def _rows[R: Row](records: list[Record], build: Callable[[Record], R], key_column: str) -> list[tuple[Record, R]]:
    """The sound rows, each with its record; two rows under one key are a fault."""
    rows: list[tuple[Record, R]] = []
    lines: dict[str, int] = {}
    for record in records:
        row = build(record)
        if (first := lines.setdefault(row.key, record.line)) != record.line:
            record.fault(key_column, f"{row.key!r} is already on line {first}")
        if record.sound:
            rows.append((record, row))
    return rows


def _announcement(record: Record) -> AnnouncementRow:
    effective_from, effective_to = record.span("effective_from", "effective_to")
    return AnnouncementRow(
        ref=record.required("ref"),
        kind=record.one_of("kind", ANNOUNCEMENT_KINDS),
        number=record.number("number"),
        year=record.required_number("year"),
        issuer=record.required("issuer"),
        title_en=record.required("title_en"),
        title_zh=record.text("title_zh"),
        issued_on=record.day("issued_on"),
        effective_from=effective_from,
        effective_to=effective_to,
        suspensions=_suspension(record),
        status=record.text("status"),
        summary=record.text("summary"),
        source=record.required("source"),
        confidence=record.one_of("confidence", CONFIDENCES),
    )


def _item(record: Record) -> ItemRow:
    _, effective_to = record.span("effective_from", "effective_to")
    code, name_en, announcement = record.text("item_code"), record.required("name_en"), record.text("announcement")
    return ItemRow(
        key=code or slug(f"{name_en} {announcement}"),
        code=code,
        name_en=name_en,
        name_zh=record.text("name_zh"),
        material=record.text("material"),
        family=record.one_of("family", FAMILIES),
        hs_codes=record.several("hs_codes", _not_hs),
        hs_codes_as_announced=record.several("hs_codes_as_announced", _not_hs),
        unit=record.one_of("unit", UNITS, empty=True),
        threshold=record.text("threshold"),
        condition=None,
        announcement=announcement,
        effective_from=record.required_day("effective_from"),
        effective_to=effective_to,
        suspensions=_suspension(record),
        hs_confidence=record.one_of("hs_confidence", HS_CONFIDENCES, empty=True),
        note=record.text("note"),
        source=record.required("source"),
        confidence=record.one_of("confidence", CONFIDENCES),
    )


def _measure(record: Record) -> MeasureRow:
    _, effective_to = record.span("effective_from", "effective_to")
    return MeasureRow(
        key=record.required("measure_id"),
        announcement=record.text("announcement"),
        paragraph=record.text("paragraph"),
        destination=record.one_of("destination", DESTINATIONS, what="expected an ISO country code, EU or *"),
        scope=record.one_of("scope", SCOPES),
        kind=record.one_of("kind", MEASURE_KINDS),
        text=record.text("condition"),
        condition=None,
        effective_from=record.required_day("effective_from"),
        effective_to=effective_to,
        suspensions=_suspension(record),
        note=record.text("note"),
        source=record.required("source"),
        confidence=record.one_of("confidence", CONFIDENCES),
    )


def _hs_code(record: Record) -> HsRow:
    code, digits = record.required("hs_code"), record.required_number("digits")
    if code and (reason := _not_hs(code)):
        record.fault("hs_code", reason)
    elif record.sound and digits != len(code):
        record.fault("digits", f"says {digits} while {code} has {len(code)}")
    return HsRow(
        code=code,
        description=record.text("description"),
        family=record.one_of("family", FAMILIES),
        relation=record.one_of("relation", HS_RELATIONS),
        note=record.text("note"),
        source=record.required("source"),
        confidence=record.one_of("confidence", CONFIDENCES),
    )


def _listing(record: Record) -> ListingRow:
    _, delisted_on = record.span("listed_on", "delisted_on", exclusive=True)
    if not record.text("name_en") and not record.text("name_zh"):
        record.fault("name_en", "is empty, and so is name_zh; one name is needed")
    return ListingRow(
        list=record.one_of("list", LISTS),
        name_en=record.text("name_en"),
        name_zh=record.text("name_zh"),
        country=record.one_of("country", COUNTRIES, empty=True, what="expected an ISO country code"),
        aliases=record.several("aliases"),
        announcement=record.text("announcement"),
        listed_on=record.required_day("listed_on"),
        suspensions=_suspension(record),
        delisted_on=delisted_on,
        status=record.text("status"),
        note=record.text("note"),
        source=record.required("source"),
        cross_check=record.text("cross_check"),
        confidence=record.one_of("confidence", CONFIDENCES),
    )


def _suspension(record: Record) -> tuple[Suspension, ...]:
    """The suspension of a row; which announcement orders it is found once all announcements are read."""
    first, last = record.span("suspended_from", "suspended_to")
    if first is None or not record.sound:
        return ()
    return (Suspension(Period.inclusive(first, last), None),)


def _not_hs(code: str) -> str | None:
    if code.isascii() and code.isdigit() and len(code) in {6, 8, 10}:
        return None
    return f"{code!r} is not an HS code of 6, 8 or 10 digits"


class _Encoded:
    """Gives each legal text its encoding, and refuses an encoding of any other text."""

    def __init__(self, known: Encodings, *, own: bool, faults: list[Fault], warnings: list[str]) -> None:
        self._known = known
        self._own = own
        self._faults = faults
        self._warnings = warnings
        self._used: set[tuple[str, str]] = set()

    def tree(self, section: str, record: Record, key: str, text: str) -> Tree | None:
        encoding = self._known.get((section, key))
        if encoding is not None:
            self._used.add((section, key))
            if encoding.text == text:
                return encoding.condition
            if self._own:
                place = f"{record.file} line {record.line}"
                self._faults.append(
                    Fault(
                        CONDITIONS_FILE,
                        encoding.line,
                        f"{section}.{key}.text",
                        f"encodes {encoding.text!r}, but {place} says {text!r}; encode the new text",
                    )
                )
                return None
        if not text:
            return None
        self._warnings.append(f"{key}: its condition in words is not encoded, an officer decides on it: {text}")
        return {"person": text}

    def refuse_unused(self) -> None:
        for (section, key), encoding in self._known.items():
            if (section, key) not in self._used:
                self._faults.append(
                    Fault(CONDITIONS_FILE, encoding.line, f"{section}.{key}", "no row of the pack has this key")
                )


def _with_suspender[R: AnnouncementRow | ItemRow | MeasureRow | ListingRow](
    rows: Iterable[R], announcements: Iterable[AnnouncementRow], warnings: list[str]
) -> list[R]:
    """Each suspension with the announcement that orders it; a warning where that cannot be told."""
    filled = []
    for row in rows:
        named = []
        for suspension in row.suspensions:
            first, last = suspension.period.start, suspension.period.last_day
            candidates = _suspenders(first, last, announcements)
            if len(candidates) != 1:
                found = "more than one fits: " + ", ".join(candidates) if candidates else "none fits"
                until = f" to {last}" if last else ""
                warnings.append(
                    f"Suspension from {first}{until}: the announcement that orders it cannot be told, {found}."
                )
            named.append(Suspension(suspension.period, candidates[0] if len(candidates) == 1 else None))
        filled.append(replace(row, suspensions=tuple(named)))
    return filled


def _suspenders(first: date, last: date | None, announcements: Iterable[AnnouncementRow]) -> list[str]:
    """Announcements that may have ordered a suspension of those days: by equal days, as a statement, by title."""
    that_day = [row for row in announcements if row.effective_from == first]
    for fits in (
        [row for row in that_day if last is not None and row.effective_to == last],
        [row for row in that_day if row.kind == "statement"],
        [row for row in that_day if row.title_en.startswith("Suspension")],
    ):
        if fits:
            return [row.ref for row in fits]
    return []


def _place(fault: Fault) -> tuple[int, int]:
    names = [*COLUMNS, CONDITIONS_FILE]
    return names.index(fault.file), fault.line
