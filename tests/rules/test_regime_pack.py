"""A regime pack is read as a whole: the shipped one is sound, and every fault of a bad one is named with its place."""

import json
from collections.abc import Callable
from datetime import date

import pytest
from django_countries.data import COUNTRIES as ISO_COUNTRIES

from licensing.regimes.reader import CN, read
from licensing.rules import conditions
from licensing.rules.countries import COUNTRIES, EU_MEMBERS
from licensing.rules.law_rows import LawRows
from licensing.rules.pack_rows import COLUMNS, slug
from licensing.rules.regime_pack import BadPack, Pack, parse

ANNOUNCEMENTS, ITEMS, MEASURES = "announcements.csv", "control_list_items.csv", "destination_measures.csv"
HS_CODES, ENTITIES, CONDITIONS = "hs_codes.csv", "entities.csv", "conditions.json"

type Files = dict[str, bytes]


@pytest.fixture
def files() -> Files:
    return {name: (CN / name).read_bytes() for name in (*COLUMNS, CONDITIONS)}


@pytest.fixture(scope="module")
def pack() -> Pack:
    return read(CN)


def faults(files: Files) -> list[tuple[str, int, str, str]]:
    with pytest.raises(BadPack) as bad:
        parse(files)
    return [(fault.file, fault.line, fault.column, fault.reason) for fault in bad.value.faults]


def put(files: Files, file: str, old: str, new: str) -> int:
    """Replace the first occurrence; gives the line it stands on."""
    before, found, after = files[file].decode().partition(old)
    assert found, f"{old!r} is not in {file}"
    files[file] = (before + new + after).encode()
    return before.count("\n") + 1


class TestShippedPack:
    def test_holds_every_row(self, pack: Pack) -> None:
        law = pack.law
        assert [len(rows) for rows in (law.announcements, law.items, law.hs_codes, law.measures)] == [57, 117, 232, 27]
        assert len(pack.listings) == 274

    def test_leaves_nothing_to_look_at(self, pack: Pack) -> None:
        assert pack.warnings == ()

    def test_every_suspension_names_its_announcement(self, pack: Pack) -> None:
        rows = (*pack.law.announcements, *pack.law.items, *pack.law.measures, *pack.listings)
        orders = {(s.period.start, s.period.last_day): s.announcement for row in rows for s in row.suspensions}
        assert orders == {
            (date(2025, 5, 14), date(2025, 8, 11)): "CN-STMT-20250514",
            (date(2025, 5, 14), date(2026, 11, 9)): "CN-STMT-20250514",
            (date(2025, 11, 7), date(2026, 11, 10)): "CN-2025-70",
            (date(2025, 11, 9), date(2026, 11, 27)): "CN-2025-72",
        }

    @pytest.mark.parametrize(
        ("key", "day", "suspended"),
        [
            ("DM-004", date(2025, 11, 8), False),
            ("DM-004", date(2025, 11, 9), True),
            ("DM-004", date(2026, 11, 27), True),
            ("DM-004", date(2026, 11, 28), False),
            ("DM-012", date(2025, 11, 6), False),
            ("DM-012", date(2026, 11, 10), True),
            ("DM-012", date(2026, 11, 11), False),
            ("DM-010", date(2025, 11, 7), True),
        ],
    )
    def test_the_printed_last_day_is_suspended(self, pack: Pack, key: str, day: date, suspended: bool) -> None:
        measure = next(measure for measure in pack.law_book().measures if measure.key == key)
        assert (measure.suspended(day) is not None) is suspended

    @pytest.mark.parametrize(
        ("day", "state"),
        [
            (date(2025, 4, 9), None),
            (date(2025, 4, 10), "in_force"),
            (date(2025, 5, 14), "suspended"),
            (date(2025, 8, 11), "suspended"),
            (date(2025, 8, 12), "former"),
        ],
    )
    def test_a_listing_ends_on_its_first_day_without_measures(self, pack: Pack, day: date, state: str | None) -> None:
        listing = next(one for one in pack.law_book().listings if one.announcement == "CN-2025-22")
        assert listing.state(day) == state

    def test_entries_without_a_code_have_a_key_of_their_own(self, pack: Pack) -> None:
        without = {item.key for item in pack.law.items if not item.code}
        assert len(without) == 4
        assert "key-parts-for-six-sided-presses-cn-2024-33" in without
        assert len({item.key for item in pack.law.items}) == 117

    def test_every_text_with_a_condition_is_encoded(self, pack: Pack) -> None:
        given = {row.key for row in (*pack.law.items, *pack.law.measures) if row.condition is not None}
        assert {"3C003.c", "1C108.b", "2B005.a", "1C117.c", "1C904.a.4", "DM-001", "DM-013"} <= given
        # Names and forms are no tests: they must not turn every case into one for an officer.
        assert given.isdisjoint({"3C001.a", "3C003.b", "3E003", "1C902.a.4", "1C905.a.2", "1C909.a", "DM-012"})

    def test_names_of_a_listing_are_all_there(self, pack: Pack) -> None:
        names = {name for listing in pack.law_book().listings for name in listing.names}
        assert {"JAXA", "Japan Aerospace Exploration Agency"} <= names

    def test_countries_are_those_of_the_standard(self) -> None:
        assert set(ISO_COUNTRIES) == COUNTRIES
        assert len(EU_MEMBERS) == 27
        assert EU_MEMBERS < COUNTRIES


class TestVersion:
    def test_content_reads_back_word_by_word(self, pack: Pack) -> None:
        again = LawRows.from_content(pack.law.content)
        assert again == pack.law
        assert again.version == pack.law.version == pack.law_book().version

    def test_does_not_depend_on_the_order_of_rows(self, pack: Pack, files: Files) -> None:
        head, *rows = files[HS_CODES].decode().splitlines(keepends=True)
        files[HS_CODES] = "".join([head, *reversed(rows)]).encode()
        assert parse(files).law.version == pack.law.version

    def test_changes_with_a_single_cell(self, pack: Pack, files: Files) -> None:
        put(files, HS_CODES, "Natural graphite in powder or flakes", "Natural graphite in powder or in flakes")
        assert parse(files).law.version != pack.law.version

    def test_listings_are_not_part_of_it(self, pack: Pack, files: Files) -> None:
        put(files, ENTITIES, "Mitsubishi Heavy Industries Shipbuilding Co.", "Another Shipbuilding Co.")
        assert parse(files).law.version == pack.law.version


# What is spoilt: file, text, what it becomes, column of the fault and words of its reason.
SPOILT = [
    (ANNOUNCEMENTS, "CN-2023-39,announcement,39", "CN-2023-23,announcement,39", "ref", "is already on line 9"),
    (ANNOUNCEMENTS, "CN-2023-39,announcement", ",announcement", "ref", "is empty"),
    (ANNOUNCEMENTS, "CN-2023-39,announcement,39", "CN-2023-39,decree,39", "kind", "'decree' is not known"),
    (ANNOUNCEMENTS, "CN-2023-39,announcement,39", "CN-2023-39,announcement,xxxix", "number", "not a whole number"),
    (ANNOUNCEMENTS, "39,2023,", "39,MMXXIII,", "year", "not a whole number"),
    (ANNOUNCEMENTS, "2023-10-20,2023-12-01", "2023-10-20,2023-12-32", "effective_from", "not a date"),
    (ANNOUNCEMENTS, "2023-10-20,2023-12-01", "20.10.2023,2023-12-01", "issued_on", "write it as 2026-01-31"),
    (ANNOUNCEMENTS, "2023-10-20,2023-12-01", "20231020,2023-12-01", "issued_on", "not a date"),
    (
        ANNOUNCEMENTS,
        ",2006-09-01,2023-11-30",
        ",2006-09-01,2006-08-31",
        "effective_to",
        "before effective_from 2006-09-01",
    ),
    (ANNOUNCEMENTS, ",2006-09-01,2023-11-30", ",,2023-11-30", "effective_to", "while effective_from is empty"),
    (ITEMS, "3C001.b,", "3C001.a,", "item_code", "'3C001.a' is already on line 2"),
    (ITEMS, "Ga,gallium,", "Ga,galium,", "family", "'galium' is not known"),
    (ITEMS, "8112929010;8112929090", "811292901O;8112929090", "hs_codes", "6, 8 or 10 digits"),
    (ITEMS, "8112929010;8112929090", "8112929090;8112929090", "hs_codes", "twice"),
    (ITEMS, "8112929010;8112929090", "8112929010;;8112929090", "hs_codes", "empty value"),
    (
        ITEMS,
        "elemental gallium,CN-2023-23",
        "elemental gallium,CN-2023-99",
        "announcement",
        "'CN-2023-99' is not a ref",
    ),
    (ITEMS, "CN-2023-23,2023-08-01,", "CN-2023-23,,", "effective_from", "a date is needed"),
    (ITEMS, ",kg,elemental gallium", ",lb,elemental gallium", "unit", "'lb' is not known"),
    (MEASURES, "DM-002,", "DM-001,", "measure_id", "already on line 2"),
    (MEASURES, "1,US,all,", "1,UK,all,", "destination", "expected an ISO country code, EU or *"),
    (MEASURES, "1,US,all,", "1,US,everything,", "scope", "'everything' is not known"),
    (MEASURES, "all,military_end_use_ban", "all,military_ban", "kind", "'military_ban' is not known"),
    (MEASURES, "2025-11-09,2026-11-27", "2025-11-09,2025-11-08", "suspended_to", "before suspended_from 2025-11-09"),
    (MEASURES, "2025-11-09,2026-11-27", ",2026-11-27", "suspended_to", "while suspended_from is empty"),
    (HS_CODES, "250490,6,", "250410,6,", "hs_code", "already on line 2"),
    (HS_CODES, "250410,6,", "250410,8,", "digits", "says 8 while 250410 has 6"),
    (HS_CODES, "250410,6,", "2504,4,", "hs_code", "6, 8 or 10 digits"),
    (HS_CODES, "graphite,parent_heading", "graphite,parent", "relation", "'parent' is not known"),
    (HS_CODES, "recalled,recalled", "recalled,guessed", "confidence", "'guessed' is not known"),
    (ENTITIES, "control_list,Mitsubishi", "black_list,Mitsubishi", "list", "'black_list' is not known"),
    (ENTITIES, ",JP,,CN-2026-11", ",XX,,CN-2026-11", "country", "'XX' is not known"),
    (ENTITIES, ",JP,,CN-2026-11", ",JP,,CN-2026-99", "announcement", "'CN-2026-99' is not a ref"),
    (ENTITIES, "Mitsubishi Heavy Industries Shipbuilding Co.,三菱造船株式会社,", ",,", "name_en", "one name is needed"),
]


@pytest.mark.parametrize(("file", "old", "new", "column", "reason"), SPOILT)
def test_a_bad_cell_is_named_by_file_line_column_and_reason(
    files: Files, file: str, old: str, new: str, column: str, reason: str
) -> None:
    line = put(files, file, old, new)
    found = [fault for fault in faults(files) if fault[:3] == (file, line, column)]
    assert found, faults(files)
    assert reason in found[0][3]


def test_a_listing_cannot_end_before_it_began(files: Files) -> None:
    line = put(files, ENTITIES, "2025-03-04,,,2025-11-10", "2025-03-04,,,2025-03-04")
    assert (ENTITIES, line, "delisted_on", "2025-03-04 is not after listed_on 2025-03-04") in faults(files)


def test_every_fault_is_reported_not_only_the_first(files: Files) -> None:
    places = {
        (ANNOUNCEMENTS, put(files, ANNOUNCEMENTS, "39,2023,", "39,,"), "year"),
        (ITEMS, put(files, ITEMS, "Ga,gallium,", "Ga,galium,"), "family"),
        (MEASURES, put(files, MEASURES, "1,US,all,", "1,UK,everything,"), "destination"),
        (MEASURES, 2, "scope"),
        (HS_CODES, put(files, HS_CODES, "250410,6,", "250410,six,"), "digits"),
        (ENTITIES, put(files, ENTITIES, ",JP,,CN-2026-11", ",XX,,CN-2026-11"), "country"),
        (
            CONDITIONS,
            put(files, CONDITIONS, '"param": "flexural_mpa"', '"param": "flexure"') - 4,
            "items.1C108.b.condition",
        ),
    }
    assert places <= {fault[:3] for fault in faults(files)}


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (HS_CODES, "250410,6,", "250410,six,"),
        (ITEMS, "CN-2023-23,2023-08-01,", "CN-2023-23,soon,"),
        (ITEMS, "CN-2023-23,2023-08-01,", "CN-2023-23,,"),
        (ENTITIES, ",CN-2026-11,2026-02-24", ",CN-2026-11,2026-02-30"),
    ],
)
def test_one_fault_is_told_once(files: Files, file: str, old: str, new: str) -> None:
    put(files, file, old, new)
    assert len(faults(files)) == 1


def test_the_line_is_the_first_of_a_row_that_spans_several(files: Files) -> None:
    put(files, ANNOUNCEMENTS, "Export Control Law of the PRC", '"Export Control\nLaw"')
    line = put(files, ANNOUNCEMENTS, "39,2023,", "39,,")
    assert (ANNOUNCEMENTS, line, "year") in {fault[:3] for fault in faults(files)}


class TestFiles:
    @pytest.mark.parametrize("file", COLUMNS)
    def test_a_missing_file(self, files: Files, file: str) -> None:
        del files[file]
        assert (file, 0, "", "the file is missing") in faults(files)

    @pytest.mark.parametrize("file", COLUMNS)
    def test_an_empty_file(self, files: Files, file: str) -> None:
        files[file] = b""
        assert (file, 0, "", "is empty; a header row is needed") in faults(files)

    @pytest.mark.parametrize("file", [*COLUMNS, CONDITIONS])
    def test_a_byte_order_mark(self, files: Files, file: str) -> None:
        files[file] = b"\xef\xbb\xbf" + files[file]
        assert any(fault[:2] == (file, 1) and "byte order mark" in fault[3] for fault in faults(files))

    def test_another_encoding(self, files: Files) -> None:
        files[ITEMS] = files[ITEMS].decode().encode("gb18030")
        assert any(fault[:2] == (ITEMS, 2) and "is not UTF-8" in fault[3] for fault in faults(files))

    @pytest.mark.parametrize("file", COLUMNS)
    def test_a_missing_column(self, files: Files, file: str) -> None:
        last = COLUMNS[file][-1]
        head, _, rows = files[file].decode().partition("\n")
        rows = "\n".join(row.rpartition(",")[0] for row in rows.splitlines())
        files[file] = f"{head.removesuffix(',' + last)}\n{rows}\n".encode()
        assert (file, 1, last, "the column is missing") in faults(files)

    def test_an_unknown_and_a_repeated_column(self, files: Files) -> None:
        put(files, HS_CODES, "note,source", "remark,source")
        assert {(HS_CODES, 1, "note"), (HS_CODES, 1, "remark")} <= {fault[:3] for fault in faults(files)}
        put(files, HS_CODES, "remark,source", "source,source")
        assert (HS_CODES, 1, "source", "the column appears twice") in faults(files)

    def test_columns_may_stand_in_any_order(self, pack: Pack, files: Files) -> None:
        rows = [line.split(",") for line in files[MEASURES].decode().splitlines()[:1]]
        text = files[HS_CODES].decode().splitlines()
        plain = [line for line in text if '"' not in line]
        files[HS_CODES] = "\n".join(plain).encode()
        straight = parse(files).law.hs_codes
        files[HS_CODES] = "\n".join(",".join(reversed(line.split(","))) for line in plain).encode()
        assert rows
        assert parse(files).law.hs_codes == straight

    def test_a_row_with_too_few_cells(self, files: Files) -> None:
        line = put(files, HS_CODES, "250410,6,", "250410,")
        assert (HS_CODES, line, "", "has 7 cells where the header has 8") in faults(files)

    def test_a_quote_left_open(self, files: Files) -> None:
        line = put(files, HS_CODES, "250410,6,Natural", '250410,6,"Natural')
        assert any(f[:2] == (HS_CODES, line) and "comma-separated" in f[3] for f in faults(files))

    def test_a_control_character(self, files: Files) -> None:
        line = put(files, HS_CODES, "Natural graphite", "Natural\x00graphite")
        assert (HS_CODES, line, "description", "has a control character") in faults(files)

    def test_the_status_column_of_listings_carries_any_day(self, pack: Pack, files: Files) -> None:
        put(files, ENTITIES, "status_on_2026_11_21", "status_on_2027_01_31")
        assert parse(files).listings == pack.listings


class TestEncodings:
    def test_an_encoding_of_another_text_is_refused(self, files: Files) -> None:
        put(files, ITEMS, "purity >= 99.99 %", "purity >= 99.9 %")
        (fault,) = faults(files)
        assert fault[0] == CONDITIONS
        assert fault[2] == "items.3C003.c.text"
        assert files[CONDITIONS].decode().splitlines()[fault[1] - 1].strip() == '"3C003.c": {'
        assert "encodes 'purity >= 99.99 %'" in fault[3]
        assert "says 'purity >= 99.9 %'" in fault[3]

    def test_an_encoding_without_its_row_is_refused(self, files: Files) -> None:
        put(files, CONDITIONS, '"3C003.c": {', '"3C003.z": {')
        assert any(f[2] == "items.3C003.z" and "no row" in f[3] for f in faults(files))

    def test_a_text_without_encoding_is_put_to_a_person(self, files: Files) -> None:
        tables = json.loads(files[CONDITIONS])
        del tables["items"]["3C003.c"]
        files[CONDITIONS] = json.dumps(tables, ensure_ascii=False).encode()
        pack = parse(files)
        item = next(item for item in pack.law_book().items if item.key == "3C003.c")
        assert item.condition == conditions.Fact("person", "purity >= 99.99 %")
        assert len(pack.warnings) == 1
        assert "3C003.c" in pack.warnings[0]

    def test_without_any_encoding_every_text_is_put_to_a_person(self, files: Files) -> None:
        del files[CONDITIONS]
        pack = parse(files)
        for row, text in [(i, i.threshold) for i in pack.law.items] + [(m, m.text) for m in pack.law.measures]:
            assert row.condition == ({"person": text} if text else None)

    def test_shipped_encodings_serve_a_pack_that_brings_none(self, pack: Pack, files: Files) -> None:
        shipped = files.pop(CONDITIONS)
        assert parse(files, shipped_conditions=shipped) == pack

    def test_a_shipped_encoding_of_another_text_is_left_aside(self, files: Files) -> None:
        shipped = files.pop(CONDITIONS)
        put(files, ITEMS, "purity >= 99.99 %", "purity >= 99.9 %")
        pack = parse(files, shipped_conditions=shipped)
        assert next(i.condition for i in pack.law.items if i.key == "3C003.c") == {"person": "purity >= 99.9 %"}
        assert len(pack.warnings) == 1

    @pytest.mark.parametrize(
        ("spoil", "column", "reason"),
        [
            (lambda e: e.update(condition={"param": "purity", "op": ">", "value": "1"}), "condition", "not known"),
            (
                lambda e: e.update(condition={"param": "purity_pct", "op": ">", "value": "1", "unit": "ppm"}),
                "condition",
                "given in %, not in ppm",
            ),
            (lambda e: e["condition"].update(value="many"), "condition", "expected a number"),
            (lambda e: e["condition"].update(value="Infinity"), "condition", "which is no number"),
            (lambda e: e["condition"].update(op="=>"), "condition", "expected one of"),
            (lambda e: e.update(condition={"all": []}), "condition", "expected a list of conditions"),
            (lambda e: e.update(condition={"end_use": ["peaceful"]}), "condition", "'peaceful' is not known"),
            (lambda e: e.update(condition={"end_use": []}), "condition", "end_use is empty"),
            (lambda e: e.update(condition={"end_user_in": ["UK"]}), "condition", "'UK' is not known"),
            (lambda e: e.update(condition={"party_on": "grey_list"}), "condition", "'grey_list' is not known"),
            (
                lambda e: e.update(condition={"party_on": "watch_list", "announcement": "CN-1999-1"}),
                "condition",
                "'CN-1999-1' is not a ref",
            ),
            (
                lambda e: e.update(condition={"party_on": "watch_list", "owned_from": "150"}),
                "condition",
                "not a percentage",
            ),
            (lambda e: e.update(condition={"person": ""}), "condition", "person is empty"),
            (lambda e: e.update(condition="purity"), "", "an object or null"),
            (lambda e: e.pop("condition"), "", "expected an object with text, condition"),
            (lambda e: e.update(text=1), "", "are words"),
        ],
    )
    def test_an_unsound_encoding_is_refused(
        self, files: Files, spoil: Callable[[dict], object], column: str, reason: str
    ) -> None:
        tables = json.loads(files[CONDITIONS])
        spoil(tables["items"]["3C003.c"])
        files[CONDITIONS] = json.dumps(tables, ensure_ascii=False).encode()
        place = "items.3C003.c" + (f".{column}" if column else "")
        assert any(fault[2] == place and reason in fault[3] for fault in faults(files)), faults(files)

    def test_a_repeated_key_is_refused(self, files: Files) -> None:
        put(files, CONDITIONS, '"3C003.d": {', '"3C003.c": {')
        assert any(fault[2] == "3C003.c" and "twice" in fault[3] for fault in faults(files))

    def test_what_is_not_json_is_refused_with_its_line(self, files: Files) -> None:
        line = put(files, CONDITIONS, '"text": "elemental gallium",', '"text": "elemental gallium"')
        assert any(fault[:2] == (CONDITIONS, line + 1) and "is not JSON" in fault[3] for fault in faults(files))


class TestSuspender:
    def test_several_that_fit_leave_it_open_and_say_so(self, files: Files) -> None:
        row = next(line for line in files[ANNOUNCEMENTS].decode().splitlines() if line.startswith("CN-2025-72,"))
        files[ANNOUNCEMENTS] += (row.replace("CN-2025-72,", "CN-2025-72a,") + "\n").encode()
        pack = parse(files)
        assert {s.announcement for m in pack.law.measures if m.key == "DM-002" for s in m.suspensions} == {None}
        assert len(pack.warnings) == 1
        assert "CN-2025-72, CN-2025-72a" in pack.warnings[0]

    def test_the_title_tells_where_days_do_not(self, files: Files) -> None:
        put(files, ANNOUNCEMENTS, "2025-11-09,2025-11-09,2026-11-27", "2025-11-09,2025-11-09,")
        pack = parse(files)
        assert {s.announcement for m in pack.law.measures if m.key == "DM-002" for s in m.suspensions} == {"CN-2025-72"}
        assert pack.warnings == ()

    def test_none_that_fits_is_said(self, files: Files) -> None:
        put(files, MEASURES, "2025-11-09,2026-11-27", "2025-11-12,2026-11-27")
        assert any("from 2025-11-12" in warning and "none fits" in warning for warning in parse(files).warnings)

    def test_a_suspension_may_have_no_end(self, files: Files) -> None:
        put(files, MEASURES, "2025-11-09,2026-11-27", "2025-11-09,")
        measure = next(m for m in parse(files).law_book().measures if m.key == "DM-002")
        assert measure.suspended(date(2099, 1, 1)) is not None


def test_a_folder_that_is_none(tmp_path) -> None:
    with pytest.raises(BadPack) as bad:
        read(tmp_path / "nowhere")
    assert bad.value.faults[0].reason == "is not a folder"


def test_a_pack_on_disk_without_conditions_reads_like_the_shipped_one(tmp_path, pack: Pack) -> None:
    for name in COLUMNS:
        (tmp_path / name).write_bytes((CN / name).read_bytes())
    assert read(tmp_path) == pack


def test_slugs_are_plain_words() -> None:
    assert slug("Rare earth: Sm-Co (magnets), 50 %") == "rare-earth-sm-co-magnets-50"
