"""The queue page: which rows, in which order, at what price."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from licensing.models import Application, Assignment, Filing, Membership
from licensing.rules.journal import content_hash
from licensing.rules.roles import Role
from licensing.services import applications, review
from licensing.views.officer.queue import harmless
from tests.licensing import cases

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> cases.Desk:
    cases.load_law()
    return cases.desk()


@pytest.fixture
def company(desk: cases.Desk) -> tuple[Any, Any]:
    return cases.exporter(desk.officer)


@pytest.fixture
def page(client: Client, desk: cases.Desk) -> Any:
    client.force_login(desk.officer)

    def get(**question: str) -> Any:
        response = client.get(reverse("officer", query=question))
        assert response.status_code == 200
        return response

    return get


def references(response: Any) -> list[str]:
    return [row.case.reference for row in response.context["rows"]]


def many(case: Application, number: int) -> list[Application]:
    """Copies of a filed case, made quickly: each with its filing, determination and, every second one, an officer."""
    filing, answer = case.filings.get(), cases.latest(case)
    made = []
    first = Application.objects.count()
    for n in range(first, first + number):
        copy = Application.objects.create(
            reference=f"SL-COPY-{n:04d}",
            organisation=case.organisation,
            created_by=case.created_by,
            status="submitted",
            submitted_at=timezone.now() - timedelta(hours=n),
            first_submitted_at=timezone.now() - timedelta(hours=n),
        )
        filed = Filing.objects.create(
            application=copy,
            number=1,
            content=filing.content,
            sha256=content_hash(filing.content),
            submitted_by=filing.submitted_by,
        )
        answer.pk, answer.application, answer.filing = None, copy, filed
        answer._state.adding = True
        answer.save()
        if n % 2:
            Assignment.objects.create(application=copy, officer=case.created_by)
        made.append(copy)
    return made


def test_a_row_says_who_what_where_and_whose_turn_it_is(page: Any, company: Any, desk: cases.Desk) -> None:
    case = cases.filed(*company, destination="US", transit=("SG",))
    (row,) = page().context["rows"]
    assert row.case == case
    assert row.goods == "Antimony ingot 99.65 %"
    assert row.quantities == ((20000, "kg"),)
    assert row.families == ("Antimony",)
    assert row.stops == ("CN", "SG", "US")
    assert row.marked == {"US"}
    assert (row.outcome, row.measure) == ("licence_required", "CN-2024-33")
    assert (row.waiting, row.age, row.clock.runs, row.officer) == ("Officer", 0, False, "")


def test_whose_turn_it_is_follows_the_case(page: Any, company: Any, desk: cases.Desk) -> None:
    case = cases.filed(*company)

    def turn() -> str:
        return page().context["rows"][0].waiting

    assert turn() == "Officer"
    review.accept(application=case, actor=desk.officer, on=cases.today())
    assert turn() == "Screening"
    cases.screened(case)
    assert turn() == "Officer"
    review.recommend(
        application=case, actor=desk.officer, on=cases.today(), outcome=review.Outcome.GRANT, grounds="Plausible."
    )
    assert turn() == "Countersigner"
    review.decline(application=case, actor=desk.second, reason="No.")
    assert turn() == "Officer"
    other = cases.filed(*company)
    review.send_back(application=other, actor=desk.officer, defects=[{"section": "goods", "text": "Mend it."}])
    assert [row.waiting for row in page(status="returned").context["rows"]] == ["Exporter"]


def test_each_part_of_the_filter_narrows(page: Any, company: Any, desk: cases.Desk) -> None:
    ingot = cases.filed(*company)
    wafer = cases.filed(
        *cases.exporter(desk.officer, name="Guangxi Example Indium Co., Ltd.", zh="广西示例铟业有限公司", n=2),
        destination="JP",
        end_user="Nagoya (Seiki) KK",
        goods={
            "description": "Indium phosphide wafer",
            "item_code": "3C004.a",
            "family": "indium",
            "hs_code": "2853904051",
        },
    )
    review.claim(application=wafer, actor=desk.officer)
    both = [ingot.reference, wafer.reference]
    assert sorted(references(page())) == sorted(both)
    for question, found in (
        ({"q": ingot.reference[-6:].lower()}, [ingot]),
        ({"q": "guangxi"}, [wafer]),
        ({"q": "广西"}, [wafer]),
        ({"q": "PHOSPHIDE"}, [wafer]),
        ({"q": "3c003"}, [ingot]),
        ({"q": "nagoya (seiki"}, [wafer]),
        ({"q": '" ) || (1 == 1) //'}, []),
        ({"q": "contract.pdf"}, []),
        ({"family": "indium"}, [wafer]),
        ({"destination": "Japan"}, [wafer]),
        ({"destination": "TH"}, [ingot]),
        ({"outcome": "prohibited"}, []),
        ({"status": "review"}, []),
        ({"officer": "mine"}, [wafer]),
        ({"officer": "none"}, [ingot]),
        ({"waiting": "officer", "family": "antimony"}, [ingot]),
        ({"waiting": "exporter"}, []),
    ):
        response = page(**question)
        assert references(response) == [case.reference for case in found], question
        assert response.context["total"] == len(found), question


def test_nonsense_in_the_address_is_left_out(page: Any, company: Any) -> None:
    cases.filed(*company)
    assert len(page(family="gold", destination="Atlantis", sort="up", after="~~9", status="x").context["rows"]) == 1
    assert len(page(after="9999-99-99~1", before="x~1").context["rows"]) == 1


def test_counts_are_links_that_filter(page: Any, company: Any, desk: cases.Desk, client: Client) -> None:
    for _n in range(2):
        cases.filed(*company)
    cases.in_review(*company, desk.officer)
    response = page()
    counts = {str(entry["label"]): entry for entry in response.context["status_counts"]}
    assert {label: entry["count"] for label, entry in counts.items()} == {"All open": 3, "Submitted": 2, "In review": 1}
    assert len(client.get(reverse("officer") + counts["Submitted"]["url"]).context["rows"]) == 2
    (outcome,) = response.context["outcome_counts"]
    assert (str(outcome["label"]), outcome["count"]) == ("Licence required", 3)


def test_pages_follow_each_other_without_gap_or_double(page: Any, company: Any, client: Client) -> None:
    many(cases.filed(*company), 119)
    for sort in ("deadline", "age", "received"):
        seen: list[str] = []
        response = page(sort=sort)
        while True:
            seen += references(response)
            following = response.context["page"]["next"]
            if not following:
                break
            response = client.get(reverse("officer") + following)
        assert len(seen) == len(set(seen)) == 120
        previous = client.get(reverse("officer") + response.context["page"]["previous"])
        assert references(previous) == seen[50:100]
        first = client.get(reverse("officer") + previous.context["page"]["previous"])
        assert references(first) == seen[:50]
        assert not first.context["page"]["previous"]


def test_orders(page: Any, company: Any, desk: cases.Desk) -> None:
    case = cases.filed(*company)
    copies = many(case, 3)
    urgent = cases.in_review(*company, desk.officer)
    Application.objects.filter(pk=urgent.pk).update(due_on=cases.today())
    assert references(page())[0] == urgent.reference
    assert references(page(sort="age"))[0] == copies[-1].reference
    assert references(page(sort="received"))[0] == urgent.reference


def test_the_price_does_not_grow_with_the_rows(page: Any, company: Any) -> None:
    case = cases.filed(*company)
    many(case, 2)
    page()  # what is kept per process is read once

    def price() -> int:
        with CaptureQueriesContext(connection) as queries:
            page(status="all")
        return len(queries)

    few = price()
    many(case, 97)
    assert price() == few <= 25


def test_drafts_and_edits_of_a_returned_case_are_not_seen(page: Any, company: Any, desk: cases.Desk) -> None:
    cases.draft(*company)
    case = cases.filed(*company)
    review.send_back(application=case, actor=desk.officer, defects=[{"section": "goods", "text": "Mend it."}])
    line = case.goods.get()
    applications.put_goods(application=case, actor=company[1], values={"description": "Secret draft"}, line=line.pk)
    (row,) = page().context["rows"]
    assert row.goods == "Antimony ingot 99.65 %"
    assert references(page(q="secret draft")) == []


def test_cases_of_an_own_company_are_not_on_the_desk(page: Any, company: Any, desk: cases.Desk, client: Client) -> None:
    case = cases.filed(*company)
    Membership.objects.create(user=desk.officer, organisation=company[0], role=Role.FILER)
    assert references(page(status="all")) == []
    for name in ("officer-case", "officer-accept", "officer-return", "officer-recommend"):
        assert client.get(reverse(name, args=[case.reference])).status_code == 404
    assert client.post(reverse("officer-claim", args=[case.reference])).status_code == 404
    assert client.post(reverse("officer-accept", args=[case.reference])).status_code == 404
    case.refresh_from_db()
    assert case.status == "submitted"
    assert case.reference not in client.get(reverse("officer-export")).content.decode()


def test_export_has_the_same_rows_and_no_formula(company: Any, desk: cases.Desk, client: Client) -> None:
    case = cases.filed(*company, goods={"description": '=HYPERLINK("http://x")'})
    client.force_login(desk.officer)
    response = client.get(reverse("officer-export", query={"family": "antimony"}))
    assert response["Content-Disposition"].startswith("attachment")
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert rows[0][0] == "reference"
    (row,) = rows[1:]
    assert row[0] == case.reference
    assert row[2] == '\'=HYPERLINK("http://x")'
    assert row[3] == "20000 kg"
    assert len(row) == len(rows[0])
    assert (
        list(
            csv.reader(
                io.StringIO(
                    client.get(reverse("officer-export", query={"family": "indium"})).content.decode("utf-8-sig")
                )
            )
        )[1:]
        == []
    )


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "  ="])
def test_no_cell_starts_a_formula(start: str) -> None:
    assert harmless(f"{start}1+1").startswith("'")
    assert harmless("plain") == "plain"


def test_the_page_answers_an_auditor_and_nobody_else(client: Client, desk: cases.Desk, company: Any) -> None:
    cases.filed(*company)
    client.force_login(desk.auditor)
    assert len(client.get(reverse("officer")).context["rows"]) == 1
    client.force_login(company[1])
    assert client.get(reverse("officer")).status_code == 404
    client.logout()
    assert client.get(reverse("officer")).status_code == 302
