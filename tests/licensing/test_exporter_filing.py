"""From the first click to a filed application, over the pages a clerk uses."""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from licensing.models import Application, Journal, Membership, User
from licensing.models.determinations import Hold
from licensing.rules.journal import content_hash
from licensing.rules.roles import Role
from licensing.services import applications, review
from tests.licensing import cases

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"


@pytest.fixture
def desk() -> cases.Desk:
    cases.load_law()
    return cases.desk()


@pytest.fixture
def clerk(desk: cases.Desk) -> User:
    return cases.exporter(desk.officer)[1]


@pytest.fixture
def page(client: Client, clerk: User) -> Client:
    client.force_login(clerk)
    return client


def upload(name: str, body: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, body, "application/octet-stream")


def draft(page: Client, **facts: Any) -> Application:
    membership = Membership.objects.get(user__email="clerk1@company.example")
    return cases.draft(membership.organisation, membership.user, **facts)


def no_owners(**fields: Any) -> dict[str, Any]:
    return {"owners-TOTAL_FORMS": "1", "owners-INITIAL_FORMS": "0", **fields}


def walk(page: Client) -> Iterator[Any]:
    """Every request of a clerk who files 20 t of antimony ingot, searching the control list on the way."""
    assert (answer := page.get("/exporter/start/?item=&destination=TH&end_use=civil")).status_code == 200
    yield answer
    answer = page.post(
        "/exporter/start/?destination=TH&end_use=civil",
        {
            "organisation": answer.context["form"]["organisation"].value(),
            "kind": "single",
            "transaction": "export",
            "destination": "Thailand (TH)",
            "contract_number": "HN-2026-118",
        },
    )
    assert answer.status_code == 302
    yield answer
    reference = re.search(r"SL-\d{4}-\w{8}", answer["Location"])[0]  # type: ignore[index]
    base = f"/exporter/applications/{reference}"
    steps: list[tuple[str, dict[str, Any] | None]] = [
        (f"{base}/", None),
        (f"{base}/goods/add/", None),
        ("/exporter/items/?find=antimony", None),
        (f"{base}/goods/add/", {"act": "choose", "find": "antimony", "item": "3C003.b"}),
        (
            f"{base}/goods/add/",
            {
                "act": "save",
                "item": "3C003.b",
                "description": "Antimony ingot 99.65 %",
                "hs_code": "8110.10.1000",
                "quantity": "20,000",
                "unit": "kg",
                "value": "3180000",
                "currency": "CNY",
                "origin": "CN",
            },
        ),
        (f"{base}/parties/add/?role=consignee", None),
        (
            f"{base}/parties/add/",
            no_owners(role="consignee", name="Bangkok Metals Trading Co., Ltd.", country="TH", address="1 Rama IV Rd"),
        ),
        (f"{base}/parties/add/?role=end_user", None),
        (
            f"{base}/parties/add/",
            no_owners(role="end_user", name="Siam Flame Retardants Co., Ltd.", country="Thailand", address="88 Rojana"),
        ),
        (f"{base}/end-use/", None),
        (
            f"{base}/end-use/",
            {
                "end_use_category": "civil",
                "end_use": "Antimony trioxide for flame-retardant masterbatch.",
                "end_use_site": "88 Rojana Industrial Park",
                "version": "VERSION",
            },
        ),
        (f"{base}/documents/", None),
        (f"{base}/documents/", {"act": "next"}),
        (f"{base}/declaration/", None),
        (f"{base}/declaration/", {"declared": "on"}),
        (f"{base}/answers/", None),
        (f"{base}/submit/", None),
        (f"{base}/submit/", {}),
    ]
    wanted: list[str] = []
    version = ""
    for url, data in steps:
        if data is None:
            answer = page.get(url)
            assert answer.status_code == 200, (url, answer.status_code)
            if url.endswith("/end-use/"):
                version = str(answer.context["form"]["version"].value())
            if url.endswith("/documents/"):
                wanted = [slot["kind"] for slot in answer.context["slots"] if slot["wanted"]]
        else:
            if data.get("version"):
                data["version"] = version
            if url.endswith("/documents/"):
                data |= {kind: upload(f"{kind}.pdf", PDF + kind.encode()) for kind in wanted}
            answer = page.post(url, data)
            assert answer.status_code == (200 if data.get("act") == "choose" else 302), (url, answer.context)
        yield answer


def test_draft_to_submitted_in_few_queries(page: Client) -> None:
    total, last, told = 0, 0, []
    flow = walk(page)
    while True:
        with CaptureQueriesContext(connection) as queries:
            answer = next(flow, None)
        if answer is None:
            break
        last = len(queries)
        total += last
        told.append((answer.wsgi_request.method, answer.wsgi_request.path, last))
    case = Application.objects.get()
    assert case.status == "submitted"
    assert total <= 120, told
    assert last <= 40, told[-1]


def test_submitting_freezes_and_hashes_the_content(page: Client) -> None:
    for _answer in walk(page):
        pass
    case = Application.objects.get()
    filing = case.filings.get()
    assert filing.sha256 == content_hash(filing.content)
    assert filing.content["goods"][0]["quantity"] == "20000"
    assert filing.content["goods"][0]["hs_code"] == "8110101000"
    assert [party["country"] for party in filing.content["parties"]] == ["TH", "TH"]
    assert Hold.objects.standing().filter(application=case).exists()
    answer = page.post(reverse("exporter-goods-add", args=[case.reference]), {"description": "More"})
    assert answer.status_code == 302
    assert case.goods.count() == 1
