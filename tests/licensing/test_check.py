"""Do I need a licence? Asked as a person asks, without log-in, under the law of any day."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.db import connection
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from licensing.forms.words import DOCUMENT_KIND_NAMES, FLAG_SENTENCES, PARAMETER_NAMES
from licensing.rules.determination import DOCUMENT_ORDER
from licensing.rules.parameters import PARAMETERS
from tests.licensing.cases import LISTED_NAME, load_law

FRIDAY = datetime(2026, 11, 20, 4, tzinfo=UTC)
QUESTION = {"goods": "3C003.b", "destination": "US", "transit": "TH", "end_use": "civil"}


@time_machine.travel(FRIDAY, tick=False)
class TestAnswers(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        load_law()

    def ask(self, **changed: Any) -> Any:
        response = self.client.get("/check/", QUESTION | changed)
        assert response.status_code == 200
        return response

    def test_denial_while_the_measure_is_in_force(self) -> None:
        response = self.ask(on="2025-02-15")
        self.assertContains(response, "You need a licence, and as a rule it is not granted.")
        self.assertContains(response, 'href="/announcements/CN-2024-46/?on=2025-02-15"')
        assert response.context["answer"].deciding_measure == "CN-2024-46"
        assert response.context["stops"] == ["CN", "TH", "US"]
        assert response.context["marked"] == {"US"}

    def test_ordinary_licence_while_it_is_suspended_with_the_last_day(self) -> None:
        response = self.ask(on="2026-11-20")
        self.assertContains(response, "You need a licence before the goods leave.")
        self.assertContains(response, "The suspension ends on 2026-11-27.")
        self.assertContains(response, "8 days are left")
        self.assertContains(response, "From 2026-11-28, unless extended: Presumption of denial (CN-2024-46).")
        self.assertContains(response, "End-user certificate")

    def test_the_destination_may_be_the_country_on_the_way(self) -> None:
        for on, outcome in (("2025-02-15", "presumption_of_denial"), ("2026-11-20", "licence_required")):
            response = self.ask(destination="TH", transit="", end_user_country="US", on=on)
            assert response.context["answer"].outcome == outcome
            self.assertContains(response, "The end user is in another country")

    def test_today_is_the_day_meant_by_none(self) -> None:
        assert self.ask().context["answer"].on.isoformat() == "2026-11-20"

    def test_a_later_change_that_is_history_is_told_as_such(self) -> None:
        self.assertContains(self.ask(on="2025-02-15"), "From 2025-11-09: Licence required (CN-2024-33).")

    def test_words_that_fit_several_entries_are_chosen_from(self) -> None:
        response = self.ask(goods="graphite")
        assert "answer" not in response.context
        choice = response.context["choices"][1]
        assert choice["code"] == "1C108.c"
        chosen = self.client.get(f"/check/{choice['url']}")
        assert chosen.context["item"].code == "1C108.c"

    def test_none_of_the_entries_is_an_answer_too(self) -> None:
        response = self.client.get("/check/" + self.ask(goods="graphite").context["none_url"])
        assert response.context["answer"].outcome == "refer"

    def test_a_stale_none_does_not_hide_an_entry(self) -> None:
        assert self.ask(goods="3C003.b", none="graphite").context["item"].code == "3C003.b"

    def test_the_properties_that_an_entry_asks_for_decide(self) -> None:
        for purity, outcome in (
            ("", "licence_required"),
            ("99.99", "licence_required"),
            ("99.98", "no_licence_required"),
        ):
            response = self.ask(goods="3C003.c", destination="TH", transit="", p_purity_pct=purity)
            assert response.context["answer"].outcome == outcome
            self.assertContains(response, "Purity (%)")

    def test_kinds_that_an_entry_tells_apart_can_be_ticked(self) -> None:
        response = self.ask(goods="3C003.f", destination="TH", named="single crystal", p_dislocation_density_cm2="40")
        assert response.context["answer"].flags == ()

    def test_a_customs_code_answers_without_words(self) -> None:
        response = self.ask(goods="8110101000", destination="TH")
        assert response.context["answer"].deciding_measure == "CN-2024-33"
        assert response.context["item"].code == "3C003.b"
        assert self.ask(goods="0901210000", destination="TH").context["answer"].outcome == "no_licence_required"

    def test_a_reexport_asks_other_rules(self) -> None:
        moved = {"transaction": "reexport", "ship_from": "VN", "origin": "CN", "destination": "DE", "transit": ""}
        response = self.ask(goods="1C905.a.1", on="2025-10-20", **moved)
        assert (response.context["answer"].outcome, response.context["answer"].deciding_measure) == (
            "licence_required",
            "CN-2025-61",
        )

    def test_a_day_without_law_is_said_in_a_sentence(self) -> None:
        response = self.ask(on="2019-01-01")
        self.assertContains(response, "No export-control law of this regime was in force on 2019-01-01.")
        self.assertContains(response, "2020-12-01")

    def test_an_application_starts_with_these_answers(self) -> None:
        address = urlsplit(self.ask(goods="antimony ingot", transit="th, vn").context["start_url"])
        query = parse_qs(address.query)
        assert address.path == "/exporter/start/"
        assert query["item"] == ["3C003.b"]
        assert (query["destination"], query["transit"], query["end_use"]) == (["US"], ["TH", "VN"], ["civil"])

    def test_nothing_is_said_of_lists_of_names(self) -> None:
        for on in ("2025-02-15", "2026-11-20"):
            page = self.ask(on=on, destination="JP", goods=f"3C003.b {LISTED_NAME}").content.decode()
            assert "is on the control list" not in page
            assert "is listed by" not in page

    def test_a_rule_that_turns_on_a_list_of_names_is_not_called_unmet(self) -> None:
        moved = {"transaction": "reexport", "ship_from": "VN", "origin": "CN", "destination": "DE", "transit": ""}
        page = self.ask(goods="1C905.a.1", on="2025-10-20", **moved).content.decode()
        assert "CN-2025-61 paragraph 3" in page
        assert "CN-2025-61 paragraph 2" not in page

    def test_what_is_wrong_is_said_beside_its_field(self) -> None:
        cases = {
            "goods": ({"goods": " "}, "Say what the goods are"),
            "destination": ({"destination": "Atlantis"}, "is not a country of the list"),
            "transit": ({"transit": "TH, Atlantis"}, "is not a country of the list"),
            "end_use": ({"end_use": "fun"}, "fun"),
            "on": ({"on": "2025-02-30"}, "This is not a day."),
            "p_purity_pct": ({"goods": "3C003.c", "p_purity_pct": "NaN"}, "Give a number"),
            "transaction": ({"transaction": "smuggle"}, "smuggle"),
        }
        for field, (changed, words) in cases.items():
            with self.subTest(field):
                form = self.ask(**changed).context["form"]
                assert words in str(form.errors[field])

    def test_hostile_text_is_refused_or_answered_never_an_error(self) -> None:
        for text in ("\0", "😀" * 90, "'; DROP TABLE", "9" * 200, "<script>", "\ud7ff", "a" * 5000):
            for field in ("goods", "destination", "transit", "on", "p_purity_pct", "none"):
                assert self.client.get("/check/", QUESTION | {field: text}).status_code == 200

    def test_text_is_escaped(self) -> None:
        self.assertNotContains(self.ask(goods="<script>alert(1)</script>"), "<script>alert")

    def test_one_query_reads_the_law(self) -> None:
        self.ask()
        with CaptureQueriesContext(connection) as queries:
            self.ask()
        assert len(queries) <= 2

    def test_chinese_names_and_countries(self) -> None:
        response = self.client.get("/check/", QUESTION, headers={"Accept-Language": "zh-hans"})
        self.assertContains(response, "金属锑及制品")
        self.assertContains(response, "美国")

    def test_the_policy_of_the_page_allows_no_inline_code(self) -> None:
        page = self.ask().content.decode()
        assert " style=" not in page
        assert "onclick" not in page


@pytest.mark.django_db
def test_without_any_law_the_page_says_so(client: Client) -> None:
    response = client.get("/check/", QUESTION)
    assert response.status_code == 503
    assert "No law is loaded yet." in response.content.decode()


def test_every_flag_document_and_property_has_words() -> None:
    rules = Path(__file__).parents[2] / "licensing" / "rules"
    written = "".join(path.read_text() for path in rules.glob("*.py"))
    assert set(DOCUMENT_ORDER) <= set(DOCUMENT_KIND_NAMES)
    assert set(PARAMETER_NAMES) == set(PARAMETERS)
    for flag in FLAG_SENTENCES:
        assert f'"{flag}"' in written or flag.startswith("check_"), flag
    with translation.override("en"):
        assert all(str(sentence).endswith(".") for sentence in FLAG_SENTENCES.values())
