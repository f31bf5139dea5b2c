"""The control list of any day, its entries and announcements."""

import csv
import io
from datetime import UTC, datetime
from typing import Any

import time_machine
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from licensing.models import ControlItem
from licensing.views.control_list import PAGE
from tests.licensing.cases import load_law

SUNDAY = datetime(2026, 11, 22, 4, tzinfo=UTC)
MOST_QUERIES = 25


@time_machine.travel(SUNDAY, tick=False)
class TestControlList(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        load_law()

    def codes(self, **query: Any) -> list[str]:
        response = self.client.get("/control-list/", query)
        assert response.status_code == 200
        return [row["code"] for row in response.context["rows"]]

    def test_it_shows_the_law_of_the_chosen_day(self) -> None:
        assert "3C003.b" not in self.codes(on="2024-09-14", q="antimony")
        assert "3C003.b" in self.codes(on="2024-09-15", q="antimony")
        assert self.codes(on="2019-01-01") == []

    def test_it_is_searched_by_code_name_customs_code_and_family(self) -> None:
        assert self.codes(q="3C003.b") == ["3C003.b"]
        assert "3C001.c" in self.codes(q="氧化镓")
        assert "3C003.b" in self.codes(q="81101010")
        assert set(self.codes(family="tellurium")) == {"6C002.a", "6C002.b.1", "6C002.b.2", "6C002.b.3", "6E002"}

    def test_suspended_entries_say_until_when(self) -> None:
        response = self.client.get("/control-list/", {"on": "2026-01-15", "family": "battery"})
        assert response.context["counts"]["suspended"] == response.context["counts"]["found"] > 0
        self.assertContains(response, "Suspended until 2026-11-10")

    def test_pages_follow_one_another_without_gap_or_repetition(self) -> None:
        seen: list[str] = []
        address = "/control-list/"
        while address:
            response = self.client.get(address)
            rows = [row["url"] for row in response.context["rows"]]
            assert len(rows) <= PAGE
            seen += rows
            following = response.context["page"]["next"]
            address = f"/control-list/{following}" if following else ""
        assert len(seen) == len(set(seen)) == 117
        back = self.client.get(f"/control-list/{response.context['page']['previous']}")
        assert [row["url"] for row in back.context["rows"]] == seen[PAGE : 2 * PAGE]

    def test_all_that_was_found_comes_as_csv(self) -> None:
        response = self.client.get("/control-list/", {"format": "csv", "family": "antimony"})
        rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
        assert {row["family"] for row in rows} == {"antimony"}
        assert next(row for row in rows if row["code"] == "3C003.b")["first_day"] == "2024-09-15"

    def test_a_spreadsheet_runs_nothing_of_it(self) -> None:
        ControlItem.objects.filter(code="3C003.b").update(threshold="=HYPERLINK(1)")
        self.assertContains(self.client.get("/control-list/", {"format": "csv"}), "'=HYPERLINK(1)")

    def test_nothing_found_says_what_to_try(self) -> None:
        self.assertContains(self.client.get("/control-list/", {"q": "zzzz"}), "No entry fits.")

    def test_what_is_no_day_is_refused_beside_its_field(self) -> None:
        response = self.client.get("/control-list/", {"on": "yesterday"})
        self.assertContains(response, "This is not a day.", status_code=400)

    def test_hostile_addresses_are_never_an_error(self) -> None:
        for query in (
            {"q": "\0"},
            {"after": "\0"},
            {"before": "\0"},
            {"family": "x"},
            {"on": "99999-1-1"},
            {"hs": "\0"},
        ):
            assert self.client.get("/control-list/", query).status_code in (200, 400, 404)
        for address in ("/control-list/%00/", "/announcements/%00/", "/control-list/nothing/", "/announcements/CN-1/"):
            assert self.client.get(address).status_code == 404

    def test_as_many_queries_for_three_rows_as_for_a_page(self) -> None:
        counts = []
        for query in ({"family": "bismuth", "q": "6C001"}, {}):
            self.client.get("/control-list/", query)
            with CaptureQueriesContext(connection) as queries:
                response = self.client.get("/control-list/", query)
            counts.append((len(queries), len(response.context["rows"])))
        (few, short), (many, long) = counts
        assert short <= 5 < long == PAGE
        assert few == many <= MOST_QUERIES

    def test_the_page_of_an_entry(self) -> None:
        with CaptureQueriesContext(connection) as queries:
            response = self.client.get("/control-list/3C003.b/")
        for words in (
            "金属锑及制品", "8110101000", "CN-2024-33", "CN-2024-51", "Presumption of denial",
            "Suspended until 2026-11-27", "In force again from this day, unless the suspension is extended",
            "Seen in the text.",
        ):  # fmt: skip
            self.assertContains(response, words)
        assert len(queries) <= MOST_QUERIES

    def test_every_entry_and_announcement_has_a_page(self) -> None:
        for item in ControlItem.objects.select_related("announcement"):
            self.assertContains(self.client.get(f"/control-list/{item.key}/"), item.announcement_id)
        for ref in ControlItem.objects.values_list("announcement", flat=True).distinct():
            self.assertContains(self.client.get(f"/announcements/{ref}/"), "Entries that it put under control")

    def test_a_typed_threshold_is_read_aloud(self) -> None:
        self.assertContains(self.client.get("/control-list/3C003.c/"), "Purity of 99.99 % or more")

    def test_the_page_of_an_announcement_that_suspends(self) -> None:
        response = self.client.get("/announcements/CN-2025-72/")
        self.assertContains(response, "What it suspends")
        self.assertContains(response, "CN-2024-46 para 2: Antimony")

    def test_measures_that_turn_on_a_list_of_names_stay_out_of_an_entry(self) -> None:
        self.assertNotContains(self.client.get("/control-list/3C003.b/"), "CN-2026-11")
