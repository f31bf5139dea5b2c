"""A regime pack: the law of one regime as files, parsed and checked as a whole.

`parse` either returns a `Pack` or raises `BadPack` with every fault found. Dates in a pack are inclusive at both ends.
A condition counts only beside the very text that it encodes; a text without one becomes a question for an officer.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from licensing.rules import encodings, pack_rows, sheets
from licensing.rules.encodings import Encodings
from licensing.rules.law import LawBook, Suspension
from licensing.rules.law_rows import (
    AnnouncementRow,
    ItemRow,
    LawRows,
    ListingRow,
    MeasureRow,
    Row,
    Tree,
)
from licensing.rules.pack_rows import COLUMNS
from licensing.rules.sheets import Fault, Record

CONDITIONS_FILE = "conditions.json"


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
    announcements = _rows(records["announcements.csv"], pack_rows.announcement, "ref")
    items = _rows(_citing(records["control_list_items.csv"], refs), pack_rows.item, "item_code")
    measures = _rows(_citing(records["destination_measures.csv"], refs), pack_rows.measure, "measure_id")
    hs_codes = _rows(records["hs_codes.csv"], pack_rows.hs_code, "hs_code")
    listings = _rows(_citing(records["entities.csv"], refs), pack_rows.listing, "name_en")

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
