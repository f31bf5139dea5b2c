"""Is this licence genuine? Asked by whoever holds the paper."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import time_machine
from django.test import TestCase, override_settings

from licensing.models import Licence, Recommendation
from licensing.rules import licence_codes
from licensing.rules.workflow import LicenceStatus
from licensing.services import keys, licences, review, verification
from tests.licensing import cases

_addresses = itertools.count(1)


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

    def setUp(self) -> None:
        self.address = f"10.0.0.{next(_addresses)}"

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(path, query, REMOTE_ADDR=self.address)

    @property
    def payload(self) -> str:
        return self.licence.qr.partition("?s=")[2]

    def page(self, **query: Any) -> Any:
        return self.get(f"/verify/{self.licence.code}/", **query)

    def test_the_code_alone_shows_what_is_on_record(self) -> None:
        response = self.page()
        self.assertContains(response, "A licence with this code is on record.")
        for words in (self.licence.number, "Hunan Example Antimony", "20,000", "Thailand", "Good today"):
            self.assertContains(response, words)

    def test_nothing_beyond_the_paper_is_shown(self) -> None:
        page = self.page(s=self.payload).content.decode()
        for secret in (self.licence.application.reference, "clerk1@company.example", "Officer Wang Lei", "HN-2026-118"):
            assert secret not in page

    def test_the_scanned_code_proves_it(self) -> None:
        self.assertContains(self.page(s=self.payload), "This licence is genuine.")

    def test_every_changed_character_is_told(self) -> None:
        for at in (5, 30, 120, len(self.payload) - 2):
            changed = self.payload[:at] + ("A" if self.payload[at] != "A" else "B") + self.payload[at + 1 :]
            response = self.page(s=changed)
            self.assertContains(response, "This is not a genuine licence.")
            assert response.context["why"]

    def test_a_signed_part_under_another_code_is_told(self) -> None:
        response = self.get("/verify/0000-0000-0000-0000/", s=self.payload)
        self.assertContains(response, "The signed part belongs to a licence with another code.")
        self.assertNotContains(response, self.licence.number)

    def test_a_signed_part_that_says_something_else_than_the_record_is_told(self) -> None:
        """Signed with our own key, so only the comparison with the record can tell."""
        document = licences.document_of(self.licence)
        lines = (replace(document.lines[0], quantity=Decimal(90000)),)
        other = licence_codes.qr_text(replace(document, lines=lines), keys.issuing().signing)
        response = self.page(s=other.partition("?s=")[2])
        self.assertContains(response, "The signed part says something else than the licence on record.")

    def test_a_signed_part_without_a_record_is_told(self) -> None:
        document = licences.document_of(self.licence)
        code = "7K3M-9Q2X-00AB-CD12"
        address = document.verify_url.replace(document.code, code)
        invented = licence_codes.qr_text(replace(document, code=code, verify_url=address), keys.issuing().signing)
        response = self.get(f"/verify/{code}/", s=invented.partition("?s=")[2])
        self.assertContains(response, "no licence with this code is on record")

    def test_what_is_typed_or_pasted_is_read(self) -> None:
        for text in (self.licence.code.lower().replace("-", " "), self.licence.qr, f" {self.licence.qr} "):
            response = self.client.get("/verify/", {"text": text}, follow=True, REMOTE_ADDR=self.address)
            self.assertContains(response, self.licence.number)

    def test_unknown_codes_and_no_codes(self) -> None:
        self.assertContains(self.get("/verify/0000-0000-0000-0000/"), "No licence has this code.", status_code=404)
        self.assertContains(self.get("/verify/hello/"), "This is not a code of a licence.", status_code=400)
        self.assertContains(self.get("/verify/", text=""), "Type the code")
        for text in ("///", "?s=abc", "\0", "😀"):
            assert self.client.get("/verify/", {"text": text}, follow=True, REMOTE_ADDR=self.address).status_code < 500

    def test_the_state_of_today_is_shown(self) -> None:
        for status, words in (
            (LicenceStatus.SUSPENDED, "Suspended: it may not be used"),
            (LicenceStatus.REVOKED, "Revoked"),
        ):
            Licence.objects.filter(pk=self.licence.pk).update(status=status)
            self.assertContains(self.page(), words)

    def test_an_expired_licence_says_so(self) -> None:
        with time_machine.travel(datetime.now(UTC) + timedelta(days=400), tick=False):
            self.assertContains(self.page(), "Expired")

    def test_one_address_asks_so_often_a_minute(self) -> None:
        with time_machine.travel(datetime.now(UTC), tick=False):
            statuses = [self.page().status_code for _ in range(verification.PER_MINUTE + 1)]
            assert statuses == [200] * verification.PER_MINUTE + [429]
            self.address = f"10.0.1.{next(_addresses)}"
            assert self.page().status_code == 200

    @override_settings(
        CACHES={
            "default": {
                "BACKEND": "django.core.cache.backends.redis.RedisCache",
                "LOCATION": "unix:///nowhere/valkey.sock?db=0",
            }
        }
    )
    def test_a_cache_that_is_away_lets_everybody_through(self) -> None:
        assert self.page().status_code == 200
