"""The law in the base: what the tables refuse, what a page can ask of them, and the book a determination reads."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from licensing.models import Announcement, ControlItem, DestinationMeasure, LawVersion, Suspension
from licensing.models.law import ANNOUNCEMENT_KIND_NAMES, FAMILY_NAMES, MEASURE_KIND_NAMES, SCOPE_NAMES
from licensing.regimes.reader import CN, read
from licensing.rules import pack_rows
from licensing.rules.law import NoLawInForce
from licensing.rules.law_rows import LawRows
from licensing.rules.periods import Period
from licensing.services import law, regimes


@pytest.fixture
def loaded(db: None) -> None:
    regimes.load(pack=read(CN), source="test", by=None)


def codes(found: Any) -> list[str]:
    return [item.code or item.key for item in found]


@pytest.mark.usefixtures("loaded")
class TestTables:
    def refuses(self, constraint: str, statement: str, *values: object) -> None:
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)

    def copy(self, table: str, key: str, period: str) -> str:
        """The statement that puts a second row beside one, under another period."""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {table} LIMIT 0")
            columns = [f'"{column.name}"' for column in cursor.description if column.name != "id"]
        values = [f"'{period}'::daterange" if column == '"in_force"' else column for column in columns]
        return f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} FROM {table} WHERE key = '{key}'"

    def test_one_entry_a_day_under_a_key(self) -> None:
        self.refuses("item_once_a_day", self.copy("licensing_controlitem", "3C003.b", "[2030-01-01,)"))

    def test_an_entry_may_succeed_another(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(self.copy("licensing_controlitem", "3C003.b", "[2020-01-01,2024-09-15)"))
        assert ControlItem.objects.filter(key="3C003.b").count() == 2
        assert {item.key for item in law.law_rows().items} == {item.key for item in read(CN).law.items}

    def test_one_measure_a_day_under_a_key(self) -> None:
        self.refuses(
            "measure_once_a_day", self.copy("licensing_destinationmeasure", "DM-001", "[2024-12-03,2024-12-04)")
        )

    @pytest.mark.parametrize("period", ["empty", "(,2024-01-01)"])
    def test_a_period_has_a_first_day(self, period: str) -> None:
        statement = "UPDATE licensing_controlitem SET in_force = %s::daterange WHERE key = '3C003.b'"
        self.refuses("item_holds_on_a_day", statement, period)

    def test_two_suspensions_of_one_measure_do_not_overlap(self) -> None:
        measure = DestinationMeasure.objects.get(key="DM-002")
        with pytest.raises(IntegrityError, match="measure_suspended_once"), transaction.atomic():
            Suspension.objects.create(measure=measure, period=Period(date(2026, 11, 27)))
        Suspension.objects.create(measure=measure, period=Period(date(2026, 11, 28)))

    def test_two_suspensions_of_one_entry_do_not_overlap(self) -> None:
        item = ControlItem.objects.get(key="1C909.a")
        with pytest.raises(IntegrityError, match="item_suspended_once"), transaction.atomic():
            Suspension.objects.create(item=item, period=Period(date(2025, 1, 1)))

    def test_suspensions_of_different_things_may(self) -> None:
        for measure in DestinationMeasure.objects.filter(key__in=["DM-001", "DM-007"]):
            Suspension.objects.create(measure=measure, period=Period(date(2026, 1, 1)))

    def test_a_suspension_is_of_one_thing(self) -> None:
        period = Period(date(2030, 1, 1))
        item, measure = ControlItem.objects.get(key="3C003.b"), DestinationMeasure.objects.get(key="DM-001")
        for targets in ({}, {"item": item, "measure": measure}):
            with pytest.raises(IntegrityError, match="suspension_of_one_thing"), transaction.atomic():
                Suspension.objects.create(period=period, **targets)

    def test_a_version_of_the_law_is_never_changed(self) -> None:
        for act in (lambda: LawVersion.objects.update(source="x"), lambda: LawVersion.objects.all().delete()):
            with pytest.raises(Exception, match=r"Cannot (update|delete)"), transaction.atomic():
                act()


@pytest.mark.usefixtures("loaded")
class TestQuestions:
    @pytest.mark.parametrize(
        ("day", "in_force", "listed"),
        [
            (date(2023, 7, 31), 0, 0),
            (date(2023, 8, 1), 14, 14),
            (date(2025, 11, 6), 91, 91),
            (date(2026, 11, 10), 90, 117),
            (date(2026, 11, 11), 117, 117),
        ],
    )
    def test_the_list_of_a_day(self, day: date, in_force: int, listed: int) -> None:
        book = law.law_book()
        assert ControlItem.objects.listed_on(day).count() == sum(day in item.in_force for item in book.items)
        expected = {item.key for item in book.items if day in item.in_force and not item.suspended(day)}
        assert set(ControlItem.objects.in_force_on(day).values_list("key", flat=True)) == expected
        assert (len(expected), ControlItem.objects.listed_on(day).count()) == (in_force, listed)

    def test_says_which_are_suspended(self) -> None:
        items = ControlItem.objects.listed_on(date(2026, 1, 1)).filter(key__in=["1C909.a", "3C003.b"])
        assert {item.key: item.is_suspended for item in items} == {"1C909.a": True, "3C003.b": False}

    @pytest.mark.parametrize("day", [date(2025, 11, 8), date(2025, 11, 9), date(2026, 11, 27), date(2026, 11, 28)])
    def test_measures_of_a_day(self, day: date) -> None:
        expected = {m.key for m in law.law_book().measures if day in m.in_force and not m.suspended(day)}
        assert set(DestinationMeasure.objects.in_force_on(day).values_list("key", flat=True)) == expected
        assert ("DM-004" in expected) is (day in (date(2025, 11, 8), date(2026, 11, 28)))

    def test_announcements_of_a_day(self) -> None:
        refs = set(Announcement.objects.in_force_on(date(2026, 11, 10)).values_list("ref", flat=True))
        assert "CN-2025-70" in refs
        assert "CN-2025-57" not in refs
        assert "CN-DRAFT-2025-LIC" not in refs
        later = set(Announcement.objects.in_force_on(date(2026, 11, 11)).values_list("ref", flat=True))
        assert "CN-2025-70" not in later
        assert "CN-2025-57" in later

    @pytest.mark.parametrize(
        ("question", "expected"),
        [
            ({"text": "3c003"}, ["3C003.a", "3C003.b", "3C003.c", "3C003.d", "3C003.e", "3C003.f"]),
            ({"text": "antimony oxides"}, ["3C003.c"]),
            ({"text": "锑的氧化物"}, ["3C003.c"]),
            ({"text": "8110101000"}, ["3C003.b"]),
            ({"text": "2825800010"}, ["3C003.c"]),
            ({"hs": "8110.10"}, ["3C003.b"]),
            ({"hs": "28258"}, ["3C003.c"]),
            ({"hs": "nonsense"}, []),
            ({"text": "oxide", "family": "tungsten"}, ["1C117.d.2"]),
            ({"family": "molybdenum"}, ["1C117.b"]),
            ({"text": "100%_"}, []),
            ({"text": "six-sided part", "family": "superhard"}, ["key-parts-for-six-sided-presses-cn-2024-33"]),
        ],
    )
    def test_search(self, question: dict[str, str], expected: list[str]) -> None:
        found = ControlItem.objects.search(**question)
        assert [key for key in codes(found) if key in expected] == expected
        if question.get("text") != "8110101000" and "hs" not in question:
            assert codes(found) == expected

    def test_an_hs_code_is_found_from_its_beginning_only(self) -> None:
        items = ControlItem.objects.search(hs="8110")
        assert items
        assert all(any(c.startswith("8110") for c in (*i.hs_codes, *i.hs_codes_as_announced)) for i in items)
        assert not ControlItem.objects.search(hs="101000").exists()

    def test_pages_follow_one_another_by_key(self) -> None:
        everything = codes(ControlItem.objects.search())
        first = [item.key for item in ControlItem.objects.search()[:50]]
        rest = [item.key for item in ControlItem.objects.search().filter(key__gt=first[-1])]
        assert len(first + rest) == len(everything) == len(set(first + rest)) == 117

    def test_announcements_and_measures_are_searched_by_words(self) -> None:
        assert [a.ref for a in Announcement.objects.search("antimony control")] == ["CN-2024-33"]
        assert [a.ref for a in Announcement.objects.search("锑")] == ["CN-2024-33"]
        assert [m.key for m in DestinationMeasure.objects.search("cn-2024-46 military")] == ["DM-001"]

    @pytest.mark.parametrize(
        ("of", "ending"),
        [(date(2026, 11, 17), 0), (date(2026, 11, 18), 5), (date(2026, 11, 27), 5), (date(2026, 11, 28), 0)],
    )
    def test_suspensions_about_to_end(self, of: date, ending: int) -> None:
        measures = Suspension.objects.ending_within(10, of=of).filter(measure__isnull=False)
        assert measures.count() == ending


class TestBook:
    @pytest.mark.usefixtures("loaded")
    def test_is_that_of_the_pack_but_for_its_listings(self) -> None:
        ours, theirs = law.law_book(), read(CN).law.book()
        assert ours == theirs
        assert ours.version == law.current_version().hash

    @pytest.mark.usefixtures("loaded")
    def test_is_kept_so_that_asking_costs_one_query(self, django_assert_num_queries: Any) -> None:
        first = law.law_book()
        with django_assert_num_queries(1):
            assert law.law_book() is first

    @pytest.mark.django_db
    def test_without_a_regime_there_is_no_law(self) -> None:
        with pytest.raises(NoLawInForce):
            law.law_book()

    @pytest.mark.usefixtures("loaded")
    def test_a_text_that_is_not_the_one_hashed_is_refused(self) -> None:
        content = read(CN).law.content
        LawVersion.objects.create(number=2, hash="0" * 64, content=content, counts={}, source="test")
        with pytest.raises(law.DamagedLaw):
            law.law_book()

    @pytest.mark.usefixtures("loaded")
    def test_several_suspensions_of_one_measure_reach_it(self) -> None:
        measure = DestinationMeasure.objects.get(key="DM-004")
        Suspension.objects.create(
            measure=measure, period=Period(date(2026, 11, 28), date(2027, 11, 28)), ordered_by_id="CN-2025-72"
        )
        law.make_version(source="test", by=None)
        prolonged = next(m for m in law.law_book().measures if m.key == "DM-004")
        assert [s.period.last_day for s in prolonged.suspensions] == [date(2026, 11, 27), date(2027, 11, 27)]
        assert LawRows.from_content(law.law_rows().content) == law.law_rows()


def test_every_kind_family_and_scope_has_a_name() -> None:
    assert set(FAMILY_NAMES) == pack_rows.FAMILIES
    assert set(SCOPE_NAMES) == pack_rows.SCOPES
    assert set(MEASURE_KIND_NAMES) == pack_rows.MEASURE_KINDS
    assert set(ANNOUNCEMENT_KIND_NAMES) == pack_rows.ANNOUNCEMENT_KINDS
