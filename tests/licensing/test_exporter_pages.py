"""The exporter's pages show what the person may see, and nothing of what lies behind."""

import csv
import io
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from enforcement.models import Hit
from licensing.models import Application, Licence, Membership, User
from licensing.rules.roles import Role
from licensing.services import applications, licences, organisations, review
from tests.licensing import cases

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> cases.Desk:
    cases.load_law()
    return cases.desk()


@pytest.fixture
def clerk(desk: cases.Desk) -> User:
    return cases.exporter(desk.officer)[1]


@pytest.fixture
def company(clerk: User) -> Any:
    return Membership.objects.get(user=clerk).organisation


@pytest.fixture
def page(client: Client, clerk: User) -> Client:
    client.force_login(clerk)
    return client


def granted(company: Any, clerk: User, desk: cases.Desk) -> Application:
    case = cases.recommended(company, clerk, desk.officer)
    content_hash = case.recommendations.get().content_hash
    review.countersign(application=case, actor=desk.second, content_hash=content_hash, on=cases.today())
    case.refresh_from_db()
    return case


def object_urls(case: Application, licence: Licence) -> list[str]:
    """Every address of an exporter's page that names a thing."""
    reference = [case.reference]
    goods, party, paper = case.goods.first(), case.parties.first(), case.documents.first()
    assert goods
    assert party
    assert paper
    plain = [
        "exporter-application", "exporter-goods", "exporter-goods-add", "exporter-parties", "exporter-party-add",
        "exporter-route", "exporter-end-use", "exporter-documents", "exporter-declaration", "exporter-answers",
        "exporter-submit", "exporter-withdraw",
    ]  # fmt: skip
    return [
        *(reverse(name, args=reference) for name in plain),
        *(reverse(name, args=[*reference, goods.pk]) for name in ("exporter-goods-line", "exporter-goods-remove")),
        *(reverse(name, args=[*reference, party.pk]) for name in ("exporter-party", "exporter-party-remove")),
        *(reverse(name, args=[*reference, paper.pk]) for name in ("exporter-document", "exporter-document-remove")),
        reverse("exporter-licence", args=[licence.number]),
        reverse("exporter-licence-pdf", args=[licence.number]),
        reverse("exporter-member-end", args=[Membership.objects.get(user=case.created_by).pk]),
    ]


def test_a_stranger_finds_nothing(client: Client, company: Any, clerk: User, desk: cases.Desk) -> None:
    case = granted(company, clerk, desk)
    draft = cases.draft(company, clerk)
    _other, stranger = cases.exporter(desk.officer, name="Other Minerals Ltd.", zh="其他矿业", n=2)
    client.force_login(stranger)
    urls = object_urls(case, case.licence) + object_urls(draft, case.licence)[:-3]
    assert len(urls) > 30
    for url in urls:
        assert client.get(url).status_code == 404, url
        assert client.post(url).status_code == 404, url
    assert case.reference not in client.get("/exporter/").content.decode()
    assert case.reference not in client.get("/exporter/applications.csv").content.decode()


def test_every_page_opens_for_its_owner(page: Client, company: Any, clerk: User, desk: cases.Desk) -> None:
    case = granted(company, clerk, desk)
    draft = cases.draft(company, clerk)
    licences.print_pdf(licence=case.licence)
    for url in object_urls(draft, case.licence):
        answer = page.get(url)
        assert answer.status_code == 200, url
        b"".join(answer)
    paper = page.get(reverse("exporter-licence-pdf", args=[case.licence.number]))
    assert paper["Content-Disposition"].startswith("attachment")
    assert paper.getvalue().startswith(b"%PDF")
    for url in ("/exporter/licences/", "/exporter/organisation/", "/exporter/organisation/members/add/"):
        assert page.get(url).status_code == 200


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_states_in_words(page: Client, company: Any, clerk: User, desk: cases.Desk, language: str) -> None:
    page.cookies["django_language"] = language
    case = granted(company, clerk, desk)
    cases.filed(company, clerk)
    returned = cases.filed(company, clerk)
    review.send_back(application=returned, actor=desk.officer, defects=[{"section": "goods", "text": "No grade."}])
    assert page.get("/exporter/").status_code == 200
    assert "No grade." in page.get(reverse("exporter-application", args=[returned.reference])).content.decode()
    state = page.get(reverse("exporter-application", args=[case.reference]))
    assert [event["what"] for event in state.context["events"]][-1]
    assert case.licence.number in state.content.decode()


def text_of(page: Client, case: Application) -> str:
    """Everything an exporter can read of a case, without what names the case itself."""
    told = page.get("/exporter/").content.decode() + page.get("/exporter/applications.csv").content.decode()
    for name in ("exporter-application", "exporter-documents", "exporter-goods", "exporter-parties"):
        told += page.get(reverse(name, args=[case.reference])).content.decode()
    return told


def test_nothing_tells_a_hit_from_a_clear_screening(
    client: Client, clerk: User, company: Any, desk: cases.Desk
) -> None:
    """A case with a hit reads as a clear one, word for word."""
    texts = []
    for end_user in ("Siam Flame Retardants Co., Ltd.", cases.LISTED_NAME):
        case = cases.filed(company, clerk, end_user=end_user)
        cases.screened(case)
        client.force_login(clerk)
        response = client.get(reverse("exporter-application", args=[case.reference]))
        texts.append([response.context["step"], [event["what"] for event in response.context["events"]]])
        words = response.content.decode().lower()
        assert not any(word in words for word in ("screen", "hold", "hit", "investigation", "watch list"))
    assert Hit.objects.exists()
    assert texts[0] == texts[1]


def test_the_list_costs_the_same_for_3_and_100(page: Client, clerk: User, company: Any) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert page.get("/exporter/").status_code == 200
        return len(queries)

    for _n in range(3):
        cases.draft(company, clerk, papers=())
    few = cost()
    for _n in range(97):
        applications.start(organisation=company, actor=clerk)
    assert cost() == few <= 4


def test_pages_of_the_list_hold_each_row_once(page: Client, clerk: User, company: Any) -> None:
    made = [applications.start(organisation=company, actor=clerk).reference for _n in range(60)]
    seen: list[str] = []
    url = "/exporter/?state=mine"
    while url:
        answer = page.get(url)
        seen += [row["application"].reference for row in answer.context["rows"]]
        assert all(one.editable for one in (row["application"] for row in answer.context["rows"]))
        last, url = answer, answer.context["page"].next
    assert seen == made[::-1]
    back = page.get(last.context["page"].previous)
    assert [row["application"].reference for row in back.context["rows"]] == made[::-1][25:50]


def test_search_and_spreadsheet(page: Client, clerk: User, company: Any) -> None:
    case = cases.draft(company, clerk, papers=(), goods={"description": "=HYPERLINK(1) ingot"})
    applications.start(organisation=company, actor=clerk)
    for words in (case.reference[-5:].lower(), "ingot", "3C003", "Siam Flame", "ingot siam"):
        rows = page.get("/exporter/", {"q": words}).context["rows"]
        assert [row["application"] for row in rows] == [case], words
    assert page.get("/exporter/", {"q": "nothing-like-it\0"}).context["rows"] == []
    table = list(csv.reader(io.StringIO(page.get("/exporter/applications.csv").content.decode("utf-8-sig"))))
    assert len(table) == 3
    assert table[2][3] == "'=HYPERLINK(1) ingot"


def test_a_viewer_reads_and_does_not_write(client: Client, clerk: User, company: Any) -> None:
    case = cases.draft(company, clerk, papers=())
    organisations.add_member(
        organisation=company, actor=clerk, email="v@company.example", name="V", role=Role.VIEWER, password="x" * 16
    )
    client.force_login(User.objects.get(email="v@company.example"))
    assert client.get(reverse("exporter-application", args=[case.reference])).status_code == 200
    assert client.get(reverse("exporter-answers", args=[case.reference])).status_code == 200
    for name in ("exporter-route", "exporter-submit", "exporter-goods-add", "exporter-withdraw"):
        assert client.post(reverse(name, args=[case.reference])).status_code == 404
    page = client.post(reverse("exporter-documents", args=[case.reference]))
    assert page.status_code == 302
    assert case.documents.count() == 0


def test_a_withdrawn_draft_stays_readable(page: Client, clerk: User, company: Any) -> None:
    case = cases.draft(company, clerk, papers=())
    url = reverse("exporter-withdraw", args=[case.reference])
    assert "Discard" in page.get(url).content.decode()
    assert page.post(url).status_code == 302
    case.refresh_from_db()
    assert case.status == "withdrawn"
    assert page.get(reverse("exporter-application", args=[case.reference])).status_code == 200


def test_people_of_a_company(page: Client, clerk: User, company: Any) -> None:
    told = {"name": "Li Na", "email": "li@company.example", "role": "filer", "password": "four plain words here"}
    assert page.post("/exporter/organisation/members/add/", told).status_code == 302
    member = Membership.objects.get(user__email="li@company.example")
    assert member.role == Role.FILER
    assert "already" in page.post("/exporter/organisation/members/add/", told).content.decode()
    page.post(reverse("exporter-member-end", args=[member.pk]))
    member.refresh_from_db()
    assert member.ended_at is not None
    own = Membership.objects.get(user=clerk)
    page.post(reverse("exporter-member-end", args=[own.pk]))
    own.refresh_from_db()
    assert own.ended_at is None
