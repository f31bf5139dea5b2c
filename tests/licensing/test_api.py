"""The public API: the same answers as the pages, and no body that brings it down."""

import itertools
import json
from datetime import UTC, datetime
from typing import Any

import time_machine
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from licensing.api.bodies import DEEPEST, MOST_BYTES
from licensing.models import Licence, Recommendation
from licensing.services import review
from tests.licensing import cases

FRIDAY = datetime(2026, 11, 20, 4, tzinfo=UTC)
QUESTION: dict[str, Any] = {"goods": "antimony ingot", "destination": "us", "transit": ["TH"], "end_use": "civil"}
_addresses = itertools.count(1)


@time_machine.travel(FRIDAY, tick=False)
class TestCheck(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        cases.load_law()

    def send(self, body: Any, **headers: Any) -> Any:
        text = body if isinstance(body, str | bytes) else json.dumps(body)
        return self.client.post("/api/v1/check/", text, content_type="application/json", headers=headers)

    def test_the_answers_of_the_page(self) -> None:
        for on, outcome, decider in (
            ("2025-02-15", "presumption_of_denial", "CN-2024-46"),
            ("2026-11-20", "licence_required", "CN-2024-33"),
        ):
            answer = self.send(QUESTION | {"on": on})
            assert answer.status_code == 200
            tree = answer.json()
            assert (tree["outcome"], tree["deciding_measure"], tree["on"]) == (outcome, decider, on)
            assert {"announcement": "CN-2024-46", "paragraph": "2", "label": "CN-2024-46 para 2"} in [
                cite for reason in tree["reasons"] for cite in reason["cites"]
            ]
        assert tree["next_change"] == {
            "on": "2026-11-28",
            "outcome": "presumption_of_denial",
            "deciding_measure": "CN-2024-46",
            "unless_extended": True,
        }

    def test_today_is_the_day_meant_by_none(self) -> None:
        assert self.send(QUESTION).json()["on"] == "2026-11-20"

    def test_words_that_fit_several_entries_come_back_as_candidates(self) -> None:
        tree = self.send(QUESTION | {"goods": "graphite"}).json()
        assert tree["outcome"] == "refer"
        assert "1C108.c" in [entry["code"] for entry in tree["candidates"]]

    def test_properties_decide_to_the_last_digit(self) -> None:
        for purity, outcome in (("99.99", "licence_required"), ("99.989999999", "no_licence_required")):
            body = {"item_code": "3C003.c", "destination": "TH", "end_use": "civil"}
            tree = self.send(json.dumps(body | {"parameters": {"purity_pct": 0}}).replace(": 0}", f": {purity}}}"))
            assert tree.json()["outcome"] == outcome

    def test_reasons_come_in_the_language_asked_for(self) -> None:
        tree = self.send(QUESTION | {"on": "2025-02-15"}, **{"Accept-Language": "zh-hans"}).json()
        assert any("金属锑及制品" in reason["text"] for reason in tree["reasons"])

    def test_what_is_wrong_comes_back_by_field(self) -> None:
        for field, body in {
            "destination": QUESTION | {"destination": "Atlantis"},
            "goods": {"destination": "US"},
            "transit": QUESTION | {"transit": ["TH", "XX"]},
            "end_use": QUESTION | {"end_use": "fun"},
            "on": QUESTION | {"on": "2019-01-01"},
            "hs_code": QUESTION | {"hs_code": "abc"},
            "parameters": QUESTION | {"parameters": {"colour": 1}},
        }.items():
            with self.subTest(field):
                response = self.send(body)
                assert response.status_code == 400
                assert set(response.json()) == {field}

    def test_no_body_is_our_error(self) -> None:
        hostile = {
            "empty": "",
            "not JSON": "{",
            "a list": "[1]",
            "a word": '"x"',
            "null": "null",
            "deep": "[" * 100_000,
            "deep but closed": "[" * (DEEPEST + 1) + "]" * (DEEPEST + 1),
            "NUL": json.dumps(QUESTION | {"goods": "a\0b"}),
            "NUL in a key": json.dumps(QUESTION | {"\0": 1}),
            "half a character": json.dumps(QUESTION | {"goods": "\ud800"}),
            "not UTF-8": b'{"goods": "\xff"}',
            "NaN": '{"goods": NaN}',
            "endless number": '{"parameters": {"purity_pct": ' + "9" * 5000 + "}}",
            "huge exponent": json.dumps(QUESTION | {"parameters": {"purity_pct": "1e999999"}}),
            "infinity": json.dumps(QUESTION | {"parameters": {"purity_pct": "Infinity"}}),
            "long": json.dumps(QUESTION | {"goods": "x" * MOST_BYTES}),
            "object for a word": json.dumps(QUESTION | {"goods": {"a": 1}}),
            "list for a map": json.dumps(QUESTION | {"parameters": [1]}),
            "number for a list": json.dumps(QUESTION | {"transit": 5}),
            "year 0": json.dumps(QUESTION | {"on": "0000-01-01"}),
            "year 9999": json.dumps(QUESTION | {"on": "9999-12-31"}),
        }
        for name, body in hostile.items():
            with self.subTest(name):
                response = self.send(body)
                assert response.status_code == 400
                assert all(isinstance(sentences, list | dict) for sentences in response.json().values())

    def test_other_methods_and_types_are_refused(self) -> None:
        assert self.client.get("/api/v1/check/").status_code == 405
        assert self.client.post("/api/v1/check/", "a=1", content_type="text/plain").status_code == 415


class TestControlItems(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        cases.load_law()

    def get(self, **query: Any) -> Any:
        return self.client.get("/api/v1/control-items/", query)

    def test_every_entry_once_over_all_pages(self) -> None:
        seen: list[str] = []
        cursor = ""
        while cursor is not None:
            page = self.get(limit=20, cursor=cursor, on="2026-11-20").json()
            seen += [entry["key"] for entry in page["results"]]
            cursor = page["next"]
        assert len(seen) == len(set(seen)) == 117

    def test_the_law_of_a_day_by_words_and_family(self) -> None:
        entry = self.get(q="3C003.b", on="2025-01-01").json()["results"][0]
        assert (entry["code"], entry["announcement"], entry["first_day"]) == ("3C003.b", "CN-2024-33", "2024-09-15")
        assert self.get(q="3C003.b", on="2024-09-14").json()["results"] == []
        assert {entry["family"] for entry in self.get(family="indium").json()["results"]} == {"indium"}

    def test_as_many_queries_for_few_rows_as_for_many(self) -> None:
        counts = set()
        for limit in (3, 100):
            with CaptureQueriesContext(connection) as queries:
                self.get(limit=limit)
            counts.add(len(queries))
        assert counts == {1}

    def test_what_is_wrong_comes_back_by_field(self) -> None:
        for field, value in {"on": "x", "limit": "1000", "family": "x", "hs": "x", "q": "\0", "cursor": "\0"}.items():
            response = self.get(**{field: value})
            assert (response.status_code, list(response.json())) == (400, [field])


class TestVerify(TestCase):
    licence: Licence

    @classmethod
    def setUpTestData(cls) -> None:
        cases.load_law()
        desk = cases.desk()
        company, clerk = cases.exporter(desk.officer)
        case = cases.recommended(company, clerk, desk.officer)
        seen = Recommendation.objects.get(application=case).content_hash
        review.countersign(application=case, actor=desk.second, content_hash=seen, on=cases.today())
        cls.licence = Licence.objects.get(application=case)

    def get(self, **query: Any) -> Any:
        return self.client.get("/api/v1/licences/verify/", query, REMOTE_ADDR=f"10.0.2.{next(_addresses)}")

    def test_genuine_on_record_changed_and_unknown(self) -> None:
        qr = self.licence.qr
        assert self.get(code=qr).json()["finding"] == "genuine"
        tree = self.get(code=self.licence.code).json()
        assert (tree["finding"], tree["licence"]["state"], tree["licence"]["number"]) == (
            "on_record",
            "active",
            self.licence.number,
        )
        assert set(tree["licence"]) & {"decision_reference", "end_use", "consignee"} == set()
        changed = qr[:-20] + ("A" if qr[-20] != "A" else "B") + qr[-19:]
        assert self.get(code=changed).json()["finding"] == "not_genuine"
        assert self.get(code="0000-0000-0000-0000").status_code == 404
        for code in ("", "x", "\0"):
            response = self.get(code=code)
            assert (response.status_code, list(response.json())) == (400, ["code"])


class TestDescription(TestCase):
    def test_the_description_names_every_operation(self) -> None:
        response = self.client.get("/api/schema/", headers={"Accept": "application/json"})
        assert set(response.json()["paths"]) == {"/api/v1/check/", "/api/v1/control-items/", "/api/v1/licences/verify/"}

    def test_the_documentation_needs_no_inline_script(self) -> None:
        page = self.client.get("/api/docs/").content.decode()
        assert "<script>" not in page
        assert "<style" not in page
        assert "https://" not in page.replace("http://testserver", "")
