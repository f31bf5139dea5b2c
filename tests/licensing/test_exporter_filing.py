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

from licensing.forms.parties import owners_form
from licensing.models import Application, Journal, Membership, User
from licensing.models.determinations import Hold
from licensing.rules.journal import content_hash
from licensing.services import applications, law
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
    answer = page.get("/exporter/start/?destination=TH&end_use=civil")
    assert answer.status_code == 200
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
    law.law_book()  # kept by every process once it has answered its first question
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


def test_incomplete_lists_every_gap_with_its_field(page: Client, clerk: User) -> None:
    membership = Membership.objects.get(user=clerk)
    case = applications.start(organisation=membership.organisation, actor=clerk)
    line = applications.put_goods(application=case, actor=clerk, values={"description": "Antimony ingot", "origin": ""})
    answer = page.post(reverse("exporter-submit", args=[case.reference]))
    assert answer.status_code == 422
    places = {gap["url"] for gap in answer.context["gaps"]}
    base = f"/exporter/applications/{case.reference}"
    assert f"{base}/goods/{line.pk}/#id_hs_code" in places
    assert f"{base}/parties/add/?role=end_user" in places
    assert f"{base}/end-use/#id_end_use_category_0" in places
    assert f"{base}/documents/#id_contract" in places
    for place in places:
        target = page.get(place.partition("#")[0])
        assert target.status_code == 200
        if "#" in place:
            assert f'id="{place.partition("#")[2]}"' in target.content.decode(), place
    case.refresh_from_db()
    assert case.status == "draft"


def test_every_page_of_a_draft_saves_half_done(page: Client, clerk: User) -> None:
    membership = Membership.objects.get(user=clerk)
    case = applications.start(organisation=membership.organisation, actor=clerk)
    base = f"/exporter/applications/{case.reference}"
    assert (
        page.post(f"{base}/goods/add/", {"description": "Something", "unit": "kg", "currency": "CNY"}).status_code
        == 302
    )
    assert page.post(f"{base}/parties/add/", no_owners(role="importer", name="Half Known Ltd.")).status_code == 302
    version = page.get(f"{base}/route/").context["form"]["version"].value()
    route = {"kind": "single", "transaction": "export", "version": version}
    assert page.post(f"{base}/route/", route).status_code == 302
    version = page.get(f"{base}/end-use/").context["form"]["version"].value()
    assert page.post(f"{base}/end-use/", {"end_use": "x", "version": version}).status_code == 302
    case.refresh_from_db()
    assert (case.end_use, case.destination.code, case.parties.get().name) == ("x", "", "Half Known Ltd.")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"quantity": "twenty"}, "Give a number in digits"),
        ({"quantity": "-1"}, "above zero"),
        ({"quantity": "NaN"}, "Give a number in digits"),
        ({"hs_code": "81101"}, "6, 8 or 10 digits"),
        ({"origin": "Atlantis"}, "not a country of the list"),
        ({"description": ""}, "Describe the goods"),
        ({"value": "1.234"}, "2 decimal"),
    ],
)
def test_errors_stand_beside_their_field(page: Client, typed: dict[str, str], said: str) -> None:
    case = draft(page, papers=())
    values = {"description": "Ingot", "unit": "kg", "currency": "CNY"} | typed
    answer = page.post(reverse("exporter-goods-add", args=[case.reference]), values)
    assert answer.status_code == 200
    field = next(iter(typed))
    assert said in str(answer.context["form"].errors[field])
    assert typed[field] in answer.content.decode()
    assert case.goods.count() == 1


def test_an_entry_brings_its_codes_and_properties(page: Client) -> None:
    case = draft(page, papers=())
    url = reverse("exporter-goods-add", args=[case.reference])
    found = page.post(url, {"act": "search", "find": "锑的氧化物", "quantity": "5"})
    assert [entry["code"] for entry in found.context["entries"]] == ["3C003.c"]
    chosen = page.post(url, {"act": "choose", "item": found.context["entries"][0]["key"], "quantity": "5"})
    form = chosen.context["form"]
    assert (form["hs_code"].value(), form["quantity"].value()) == ("2825800010", "5")
    assert [field.name for field in form.measured] == ["measured_purity_pct"]
    saved = page.post(
        url,
        {"item": "3C003.c", "description": "Oxide", "unit": "kg", "currency": "CNY", "measured_purity_pct": "99.990"},
    )
    assert saved.status_code == 302
    line = case.goods.get(number=2)
    assert (line.item_code, line.family, line.parameters) == ("3C003.c", "antimony", {"purity_pct": "99.99"})


def test_owners_rows_without_a_script(page: Client) -> None:
    case = draft(page, papers=())
    url = reverse("exporter-party-add", args=[case.reference])
    typed = no_owners(role="importer", name="Kept Ltd.", **{"owners-0-name": "Owner A", "owners-0-percent": "60"})
    more = page.post(url, {**typed, "act": "add_row"})
    assert more.context["form"]["name"].value() == "Kept Ltd."
    assert [row["name"].value() for row in more.context["owners"]] == ["Owner A", None]
    typed |= {"owners-TOTAL_FORMS": "2", "owners-1-name": "Owner B", "owners-1-percent": "41"}
    assert "more than the whole" in page.post(url, typed).content.decode()
    fewer = page.post(url, {**typed, "act": "drop_0"})
    assert [row["name"].value() for row in fewer.context["owners"]][:1] == ["Owner B"]
    typed |= {"owners-1-percent": "40", "owners-1-country": "Thailand"}
    assert page.post(url, typed).status_code == 302
    assert case.parties.get(role="importer").owners == [
        {"name": "Owner A", "country": "", "percent": "60"},
        {"name": "Owner B", "country": "TH", "percent": "40"},
    ]


def test_a_party_is_taken_over_from_an_earlier_application(page: Client, clerk: User) -> None:
    earlier = draft(page, papers=())
    case = applications.start(organisation=earlier.organisation, actor=clerk)
    party = earlier.parties.get(role="end_user")
    form = page.get(reverse("exporter-party-add", args=[case.reference]), {"from": party.pk}).context["form"]
    assert (form["name"].value(), form["country"].value()) == (party.name, "TH")


def test_two_persons_at_once_are_told_and_nothing_typed_is_lost(page: Client, clerk: User) -> None:
    case = draft(page, papers=())
    url = reverse("exporter-end-use", args=[case.reference])
    old = page.get(url).context["form"]["version"].value()
    applications.save_section(
        application=case, actor=clerk, section="end_use", values={"end_use": "What the colleague wrote."}
    )
    mine = {"end_use_category": "civil", "end_use": "What I wrote.", "end_use_site": "Here", "version": old}
    answer = page.post(url, mine)
    assert answer.status_code == 200
    told = answer.content.decode()
    assert "What the colleague wrote." in told
    assert "What I wrote." in told
    mine["version"] = answer.context["form"]["version"].value()
    assert page.post(url, mine).status_code == 302
    case.refresh_from_db()
    assert case.end_use == "What I wrote."


def test_an_edit_undoes_the_signature(page: Client) -> None:
    case = draft(page)
    page.post(reverse("exporter-declaration", args=[case.reference]), {"declared": "on"})
    case.refresh_from_db()
    assert case.declared_at
    page.post(reverse("exporter-goods-remove", args=[case.reference, case.goods.get().pk]))
    case.refresh_from_db()
    assert case.declared_at is None
    assert case.goods.count() == 0


def office(inner: str, *more: str) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        for name in ("[Content_Types].xml", inner, *more):
            archive.writestr(name, "<x/>")
    return body.getvalue()


@pytest.mark.parametrize(
    ("name", "body", "kept"),
    [
        ("contract.pdf", PDF, "contract.pdf"),
        ("scan.PNG", PNG, "scan.png"),
        ("photo.jpeg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x00" * 64, "photo.jpg"),
        ("letter.docx", office("word/document.xml"), "letter.docx"),
        ("prices.xlsx", office("xl/workbook.xml"), "prices.xlsx"),
        ("renamed.exe", PDF, "renamed.exe.pdf"),
        ('he said "ha".pdf', PDF, "he said 'ha'.pdf"),
        ("\u202efdp.exe", PDF, "fdp.exe.pdf"),
        ("../../etc/passwd.pdf", PDF, "passwd.pdf"),
        ("..\\..\\boot.pdf", PDF, None),
        ("合同 第1号.pdf", PDF, "合同 第1号.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", PDF, None),
        ("x" * 240 + ".pdf", PDF, None),
        (".pdf", PDF, None),
    ],
)
def test_names_of_files_are_harmless(page: Client, name: str, body: bytes, kept: str | None) -> None:
    case = draft(page, papers=())
    answer = page.post(reverse("exporter-documents", args=[case.reference]), {"contract": upload(name, body)})
    assert answer.status_code == 302
    paper = case.documents.get()
    assert not set(paper.name) & set('\r\n"/\\\u202e')
    assert 4 < len(paper.name) <= 160
    assert kept is None or paper.name == kept
    page_of_it = page.get(reverse("exporter-documents", args=[case.reference]))
    assert page_of_it.status_code == 200
    file = page.get(reverse("exporter-document", args=[case.reference, paper.pk]))
    assert file["Content-Disposition"].startswith("attachment")
    assert file["X-Content-Type-Options"] == "nosniff"
    assert file["Content-Type"] == paper.media_type
    assert "sandbox" in file["Content-Security-Policy"]
    assert file.getvalue() == body


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("page.pdf", b"<html><script>alert(1)</script></html>"),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("archive.docx", office("readme.txt")),
        ("macros.docx", office("word/document.xml", "word/vbaProject.bin")),
        ("broken.docx", b"PK\x03\x04 not a zip"),
        ("program.pdf", b"MZ\x90\x00"),
    ],
)
def test_files_are_judged_by_their_content(page: Client, name: str, body: bytes) -> None:
    case = draft(page, papers=())
    answer = page.post(reverse("exporter-documents", args=[case.reference]), {"contract": upload(name, body)})
    assert answer.status_code == 200
    assert "contract" in answer.context["form"].errors
    assert case.documents.count() == 0


def test_a_file_too_large_or_empty_is_refused(page: Client, settings: Any) -> None:
    settings.DOCUMENT_MAX_BYTES = 1000
    case = draft(page, papers=())
    url = reverse("exporter-documents", args=[case.reference])
    assert "larger than" in page.post(url, {"contract": upload("a.pdf", PDF + b"x" * 1000)}).content.decode()
    assert "empty" in page.post(url, {"contract": upload("a.pdf", b"")}).content.decode()
    assert case.documents.count() == 0


def test_several_papers_are_kept_in_one_act(page: Client) -> None:
    case = draft(page, papers=())
    url = reverse("exporter-documents", args=[case.reference])
    page.post(url, {"contract": upload("a.pdf"), "test_report": upload("b.pdf", PDF + b"b"), "act": "next"})
    assert {paper.kind for paper in case.documents.all()} == {"contract", "test_report"}
    entry = Journal.objects.filter(stream=case.stream, act="attach").get()
    assert [paper["name"] for paper in entry.data["papers"]] == ["a.pdf", "b.pdf"]
    paper = case.documents.first()
    assert paper
    page.post(reverse("exporter-document-remove", args=[case.reference, paper.pk]))
    assert case.documents.count() == 1


@pytest.mark.parametrize(("percent", "said"), [("0", "above 0 %"), ("-5", "above 0 %"), ("120", "at most 100 %")])
def test_a_share_out_of_bounds_is_told(percent: str, said: str) -> None:
    rows = {"owners-TOTAL_FORMS": "1", "owners-INITIAL_FORMS": "0", "owners-0-name": "Owner"}
    owners = owners_form(rows | {"owners-0-percent": percent})
    assert not owners.is_valid()
    assert said in owners.forms[0].errors["percent"][0]


def test_thousands_of_rows_of_owners_are_not_drawn() -> None:
    owners = owners_form({"owners-TOTAL_FORMS": "1000", "owners-INITIAL_FORMS": "0"})
    assert not owners.is_valid()
    assert len(owners.forms) <= 21
