"""The rows of a regime pack: which files and columns it has, which words they may hold, and what a row becomes."""

import re

from licensing.rules.countries import COUNTRIES
from licensing.rules.law import Suspension
from licensing.rules.law_rows import AnnouncementRow, HsRow, ItemRow, ListingRow, MeasureRow
from licensing.rules.periods import Period
from licensing.rules.sheets import Record

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


def slug(name: str) -> str:
    """A key made from a name: ``Key parts for six-sided presses`` -> ``key-parts-for-six-sided-presses``."""
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")


def announcement(record: Record) -> AnnouncementRow:
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


def item(record: Record) -> ItemRow:
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


def measure(record: Record) -> MeasureRow:
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


def hs_code(record: Record) -> HsRow:
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


def listing(record: Record) -> ListingRow:
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
