"""Whatever an address or a form is asked with, the answer is a page or a clear refusal, never a fault of ours."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from licensing.models import Licence
from licensing.services import review
from tests.licensing import cases

pytestmark = pytest.mark.django_db

HOSTILE = [
    "a%00b", "%ED%A0%80", "%FF%FE", "NaN", "-1", "1e400", "9" * 19, "9" * 5000, "%D9%A1%D9%A2", "²", "[]", "' OR 1=1",
    "%25s%25n", "%22%3E%3Cscript%3E", "2026-02-30", "9999-12-31", "10000-01-01", "2026-11-22T00:00~1", "9999-12-31~-1",
    "2026-11-22~" + "9" * 20, "2026-11-22T10:00:00%2B99:00~5", ",".join(["TH"] * 400), "\\(((", "a" * 3000,
]  # fmt: skip
PARAMETERS = {
    "home": (), "register": (), "account_login": ("next",), "account_reset_password": (), "lists": ("on", "q"),
    "check": (
        "goods", "item", "none", "destination", "transit", "end_user_country", "end_use", "transaction", "ship_from",
        "origin", "on", "named", "p_sb_pct", "hs",
    ),
    "control-list": ("on", "q", "hs", "family", "page", "after", "before", "cursor", "suspended"),
    "control-item": ("on",), "announcement": ("on",),
    "verify": ("text",), "verify-code": ("s",),
    "api-check": (), "api-control-items": ("on", "q", "hs", "family", "cursor", "limit"), "api-verify": ("code", "s"),
    "api-schema": ("format", "lang"),
    "exporter": ("before", "after", "q", "state"), "exporter-export": ("q", "state"),
    "exporter-start": ("item", "hs", "destination", "transit", "transaction", "end_use", "organisation"),
    "exporter-goods-add": ("item", "hs"), "exporter-party-add": ("role", "from"), "exporter-items": ("find",),
    "exporter-licences": ("before", "after"), "exporter-application": (), "exporter-documents": (),
    "officer": (
        "q", "family", "destination", "outcome", "status", "waiting", "officer", "sort", "before", "after",
    ),
    "officer-export": ("q", "sort"),
    "officer-case": (), "officer-registrations": (),
}  # fmt: skip
PATHS = (
    "/control-list/{}/", "/announcements/{}/", "/verify/{}/", "/exporter/applications/{}/",
    "/exporter/applications/REF/goods/{}/", "/exporter/applications/REF/parties/{}/",
    "/exporter/applications/REF/documents/{}/", "/exporter/licences/{}/", "/exporter/licences/{}/pdf/",
    "/exporter/organisation/members/{}/end/", "/officer/cases/{}/", "/officer/cases/REF/documents/{}/",
    "/officer/licences/{}/pdf/", "/officer/registrations/{}/", "/officer/hits/{}/", "/account/reset/{}-x/",
    "/account/reset/1-{}/",
)  # fmt: skip


class Town:
    """A draft, a filed case and a licence, and a logged-in client for each face."""

    def __init__(self) -> None:
        cases.load_law()
        desk = cases.desk()
        company, self.clerk = cases.exporter(desk.officer)
        self.draft = cases.draft(company, self.clerk)
        case = cases.recommended(company, self.clerk, desk.officer)
        self.case = cases.filed(company, self.clerk)
        review.countersign(
            application=case,
            actor=desk.second,
            content_hash=case.recommendations.get().content_hash,
            on=cases.today(),
        )
        self.faces = {"": Client(), "exporter": Client(), "officer": Client()}
        self.faces["exporter"].force_login(self.clerk)
        self.faces["officer"].force_login(desk.officer)
        for client in self.faces.values():
            client.raise_request_exception = False

    def client(self, address: str) -> Client:
        face = address.split("/")[1].split("?")[0]
        return self.faces.get("officer" if face == "lists" else face, self.faces[""])

    def address(self, name: str) -> str:
        if name in {"control-item", "announcement"}:
            return reverse(name, args=["3C003.b" if name == "control-item" else "CN-2024-33"])
        if name == "verify-code":
            return reverse(name, args=[Licence.objects.get().code])
        if name == "officer-case":
            return reverse(name, args=[self.case.reference])
        if name.startswith("exporter-") and name not in {
            "exporter-export", "exporter-start", "exporter-items", "exporter-licences"
        }:  # fmt: skip
            return reverse(name, args=[self.draft.reference])
        return reverse(name)


@pytest.fixture
def town() -> Town:
    return Town()


def face_of(name: str) -> str:
    first = name.split("-")[0]
    return first if first in {"exporter", "officer"} else ""


def faults(town: Town, addresses: Iterator[str]) -> list[tuple[int, str]]:
    return [
        (response.status_code, address[:200])
        for address in addresses
        if (response := town.client(address).get(address)).status_code >= 500
    ]


@pytest.mark.parametrize("face", ["exporter", "officer", ""])
def test_no_value_of_a_parameter_is_a_fault_of_ours(face: str, town: Town) -> None:
    names = [name for name in PARAMETERS if face_of(name) == face]
    questions = (
        f"{town.address(name)}?{parameter}={value}"
        for name in names
        for parameter in PARAMETERS[name] or ("x",)
        for value in HOSTILE
    )
    assert faults(town, questions) == []


def test_parameters_given_twice_or_by_the_hundred(town: Town) -> None:
    many = "&".join(f"x{n}=1" for n in range(5000))
    addresses = [
        f"{town.address(name)}?{question}"
        for name, parameters in PARAMETERS.items()
        for question in (many, "&".join(f"{p}=1&{p}=%00&{p}[]=2" for p in parameters or ("x",)))
    ]
    assert faults(town, iter(addresses)) == []


def test_no_part_of_a_path_is_a_fault_of_ours(town: Town) -> None:
    values = [value for value in HOSTILE if "/" not in value]
    addresses = (path.replace("REF", town.draft.reference).format(value) for path in PATHS for value in values)
    assert faults(town, addresses) == []


FORMS = {
    "exporter-start": ("kind", "transaction", "destination", "stop_1", "contract_number", "organisation"),
    "exporter-goods-add": ("act", "item", "find", "description", "hs_code", "quantity", "unit", "value", "origin"),
    "exporter-party-add": (
        "act", "role", "name", "name_local", "country", "address", "owners-TOTAL_FORMS", "owners-INITIAL_FORMS",
        "owners-0-name", "owners-0-percent",
    ),
    "exporter-route": ("kind", "transaction", "destination", "ship_from", "version"),
    "exporter-end-use": ("end_use_category", "end_use", "version"),
    "exporter-documents": ("act", "contract"), "exporter-declaration": ("declared",),
    "register": ("name", "email", "password", "uscc", "name_en", "address"),
    "account_login": ("login", "password", "next"), "account_reset_password": ("email",),
    "set_language": ("language", "next"),
}  # fmt: skip


def test_no_value_of_a_form_is_a_fault_of_ours(town: Town, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = False
    wrong = []
    for name, fields in FORMS.items():
        address = town.address(name) if name != "set_language" else reverse(name)
        for field in fields:
            for value in HOSTILE[:14]:
                body = "&".join([*(f"{other}=1" for other in fields if other != field), f"{field}={value}"])
                response = town.client(address).post(address, body, content_type="application/x-www-form-urlencoded")
                if response.status_code >= 500:
                    wrong.append((name, field, value[:40], response.status_code))
    assert wrong == []


def test_ten_thousand_fields_and_broken_bodies_are_refused(town: Town) -> None:
    address = town.address("exporter-party-add")
    client = town.client(address)
    fields = "&".join(f"f{n}=1" for n in range(10_000))
    assert client.post(address, fields, content_type="application/x-www-form-urlencoded").status_code == 400
    assert client.post(address, b"--x", content_type="multipart/form-data; boundary=").status_code == 400
    half = b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nhalf'
    assert client.post(address, half, content_type="multipart/form-data; boundary=x").status_code < 500
    files = {f"f{n}": SimpleUploadedFile("a", b"a") for n in range(150)}
    assert client.post(town.address("exporter-documents"), files).status_code == 400
    page = client.post(address, fields, content_type="application/x-www-form-urlencoded").content.decode()
    assert "Traceback" not in page


BODIES = [
    b"", b"[]", b"null", b"1", b'"x"', b"{", b"\xff\xfe", b'{"goods": "\\u0000"}', b'{"goods": "\\ud800"}',
    b'{"goods": NaN}', b'{"on": 1e999}', b"[" * 60_000, b'{"a":' * 10_000,
    b'{"parameters": {"sb_pct": 1' + b"0" * 5000 + b"}}",
    json.dumps({"goods": ["x"], "destination": {"a": 1}, "transit": "TH", "parameters": [], "on": 5}).encode(),
    json.dumps({"goods": "antimony", "destination": "TH", "parameters": {"sb_pct": "NaN"}}).encode(),
    json.dumps({"goods": "antimony", "destination": "TH", "on": "0001-01-01"}).encode(),
    json.dumps({"goods": "antimony", "destination": "TH", "on": "9999-12-31"}).encode(),
]  # fmt: skip


def test_no_body_of_the_api_is_a_fault_of_ours(town: Town) -> None:
    client = town.faces[""]
    answers = [client.post("/api/v1/check/", body, content_type="application/json") for body in BODIES]
    assert [answer.status_code for answer in answers] == [400] * len(BODIES)
    assert {answer["Content-Type"] for answer in answers} == {"application/json"}
    assert {client.post("/api/v1/check/", body, content_type="text/xml").status_code for body in BODIES} <= {400, 415}
