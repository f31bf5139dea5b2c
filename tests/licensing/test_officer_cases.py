"""The officer's case page and its acts, through the pages, from filing to licence."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from enforcement.models import Hit
from licensing.models import Application, Filing, Licence, Membership, Organisation
from licensing.rules.roles import Role
from licensing.services import applications, licences, notices, organisations, review
from tests.licensing import cases
from tests.licensing.cases import LISTED_NAME

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> cases.Desk:
    cases.load_law()
    return cases.desk()


@pytest.fixture
def company(desk: cases.Desk) -> tuple[Any, Any]:
    return cases.exporter(desk.officer)


@pytest.fixture
def as_person(client: Client) -> Any:
    def log_in(person: Any) -> Client:
        client.force_login(person)
        return client

    return log_in


def look(client: Client, case: Application) -> str:
    response = client.get(reverse("officer-case", args=[case.reference]))
    assert response.status_code == 200
    return response.content.decode()


def offered(client: Client, case: Application) -> dict[str, str]:
    response = client.get(reverse("officer-case", args=[case.reference]))
    return {button.label: button.why for button in response.context["buttons"]}


def act(client: Client, name: str, case: Application, **data: Any) -> Any:
    return client.post(reverse(f"officer-{name}", args=[case.reference]), data)


def said(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def test_the_page_holds_what_a_decision_needs(as_person: Any, company: Any, desk: cases.Desk) -> None:
    owners = [{"name": "Ayutthaya Holdings", "country": "TH", "percent": "60"}]
    case = cases.filed(*company, destination="US", transit=("VN",), owners=owners)
    page = look(as_person(desk.officer), case)
    for words in (
        case.reference,
        "Hunan Example Antimony Co., Ltd. · 湖南示例锑业有限公司",
        "Antimony ingot 99.65 %",
        "3C003.b",
        "8110101000",
        "Antimony content by weight: 99.65 %",
        "CN-2024-33",
        "Rule out that the end user in the United States is a military user.",
        "Siam Flame Retardants Co., Ltd.",
        "Ayutthaya Holdings, Thailand, 60 %",
        "Parties are being screened",
        "contract.pdf",
        "End-user certificate",
        "filed the application",
        "This is the first application of this exporter.",
    ):
        assert words in page, words
    assert "Licence required" in page


def test_from_filing_to_licence_through_the_pages(as_person: Any, company: Any, desk: cases.Desk) -> None:
    case = cases.filed(*company)
    client = as_person(desk.officer)
    act(client, "claim", case)
    assert list(offered(client, case)) == ["Accept for review", "Put back into the queue", "Return for completion"]
    question = client.get(reverse("officer-accept", args=[case.reference])).content.decode()
    assert f"Accept {case.reference} for review?" in question
    act(client, "accept", case)
    cases.screened(case)
    act(client, "advise", case, stance="grant", text="Known end user.")
    response = act(
        client,
        "recommend",
        case,
        outcome="grant",
        grounds="Known end user, plausible use.",
        months="6",
        conditions=["one_export", "report"],
        further_conditions="Only by sea.\n\nOnly to Laem Chabang.\n",
    )
    assert response.status_code == 302
    standing = case.recommendations.get()
    assert standing.content["further_conditions"] == ["Only by sea.", "Only to Laem Chabang."]
    assert offered(client, case)["Countersign"] == "You wrote this recommendation: a second person countersigns."

    client = as_person(desk.second)
    page = client.get(reverse("officer-countersign", args=[case.reference])).content.decode()
    for words in ("Known end user, plausible use.", "Only to Laem Chabang.", standing.content_hash[:4], "6 months"):
        assert words in page
    response = act(client, "countersign", case, content_hash=standing.content_hash)
    assert response.status_code == 302
    case.refresh_from_db()
    assert case.status == "granted"
    licence = Licence.objects.get(application=case)
    assert offered(client, case) == {}
    assert "countersigned: licence granted" in look(client, case)

    assert client.get(reverse("officer-licence-pdf", args=[licence.number])).status_code == 404
    licences.print_pdf(licence=licence)
    paper = client.get(reverse("officer-licence-pdf", args=[licence.number]))
    assert b"".join(paper.streaming_content).startswith(b"%PDF")
    assert paper["Content-Disposition"].startswith("attachment")
    notices.send_waiting()
    assert any("licence granted" in message.subject for message in mail.outbox)


def test_what_a_service_refuses_is_said_beside_the_form_and_nothing_is_lost(
    as_person: Any, company: Any, desk: cases.Desk
) -> None:
    case = cases.in_review(*company, desk.officer)
    client = as_person(desk.officer)
    given = {"outcome": "not_required", "grounds": "I typed a lot.", "months": "3", "further_conditions": "Mine."}
    response = act(client, "recommend", case, **given)
    page = response.content.decode()
    assert "The determination does not say that no licence is needed." in page
    assert "I typed a lot." in page
    assert "Mine." in page
    assert not case.recommendations.exists()
    response = act(client, "recommend", case, **{**given, "outcome": "grant", "months": "13"})
    assert "at most 12 months" in response.content.decode()
    response = act(client, "recommend", case, **{**given, "outcome": "grant", "grounds": ""})
    assert "Give the grounds." in response.content.decode()
    response = act(client, "recommend", case, **{**given, "outcome": "grant", "conditions": ["made_up"]})
    assert response.status_code == 200
    assert not case.recommendations.exists()


def test_the_usual_conditions_are_ticked(as_person: Any, company: Any, desk: cases.Desk) -> None:
    case = cases.in_review(*company, desk.officer)
    page = as_person(desk.officer).get(reverse("officer-recommend", args=[case.reference])).content.decode()
    boxes = re.findall(r'<input type="checkbox"[^>]*>', page)
    assert [" checked" in box for box in boxes] == [True, True, True, False]
    assert all("govuk-checkboxes__input" in box for box in boxes)


def test_barriers_are_shown_before_anything_is_signed(as_person: Any, company: Any, desk: cases.Desk) -> None:
    case = cases.filed(*company)
    review.accept(application=case, actor=desk.officer, on=cases.today())
    review.recommend(
        application=case, actor=desk.officer, on=cases.today(), outcome=review.Outcome.GRANT, grounds="Plausible."
    )
    client = as_person(desk.second)
    assert offered(client, case)["Countersign"] == "The parties have not been screened yet."
    page = client.get(reverse("officer-countersign", args=[case.reference])).content.decode()
    assert "The parties have not been screened yet." in page
    assert "You sign as the second person" not in page
    standing = case.recommendations.get()
    response = act(client, "countersign", case, content_hash=standing.content_hash)
    assert "The parties have not been screened yet." in response.content.decode()
    assert not Licence.objects.exists()


def test_countersigning_another_content_than_was_read_is_refused(
    as_person: Any, company: Any, desk: cases.Desk
) -> None:
    case = cases.recommended(*company, desk.officer)
    response = act(as_person(desk.second), "countersign", case, content_hash="0" * 64)
    assert "not the one you read" in response.content.decode()
    case.refresh_from_db()
    assert case.status == "review"


def test_declining_asks_for_the_reason_and_shows_it_to_the_author(
    as_person: Any, company: Any, desk: cases.Desk
) -> None:
    case = cases.recommended(*company, desk.officer)
    client = as_person(desk.second)
    assert "Say why" in act(client, "decline", case, reason=" ").content.decode()
    act(client, "decline", case, reason="Six months are too long.")
    page = look(as_person(desk.officer), case)
    assert "Six months are too long." in page
    assert "Recommend" in offered(client, case)


def test_the_return_starts_with_what_is_missing_and_lists_all_defects(
    as_person: Any, company: Any, desk: cases.Desk
) -> None:
    case = cases.filed(*company)
    client = as_person(desk.officer)
    assert act(client, "return", case, goods="", parties="").status_code == 200
    act(client, "return", case, goods="The assay is missing.\nThe value is too low.", documents="Contract not signed.")
    case.refresh_from_db()
    assert case.status == "returned"
    assert case.returns.get().defects == [
        {"section": "goods", "text": "The assay is missing."},
        {"section": "goods", "text": "The value is too low."},
        {"section": "documents", "text": "Contract not signed."},
    ]
    page = look(client, case)
    assert "The value is too low." in page
    assert "With the exporter" in page
    assert offered(client, case) == {"Take this case": ""}


def test_gaps_of_a_filing_fill_the_return(as_person: Any, company: Any, desk: cases.Desk) -> None:
    case = cases.filed(*company)
    found = cases.latest(case)
    found.pk, found.content = None, {**found.content, "documents": ["written_pledge"]}
    found._state.adding = True
    found.save()
    client = as_person(desk.officer)
    form = client.get(reverse("officer-return", args=[case.reference])).context["form"]
    assert form["documents"].initial == "Upload the document: Written pledge that the goods are used as declared."


def test_a_filing_with_gaps_is_not_accepted(as_person: Any, company: Any, desk: cases.Desk) -> None:
    case = cases.draft(*company, papers=())
    Filing.objects.create(
        application=case,
        number=1,
        content=applications.content_of(case) | {"declared": True},
        sha256="0" * 64,
        submitted_by=company[1],
    )
    now = timezone.now()
    Application.objects.filter(pk=case.pk).update(status="submitted", submitted_at=now, first_submitted_at=now)
    client = as_person(desk.officer)
    assert "Papers are missing" in offered(client, case)["Accept for review"]
    assert "Papers are missing" in client.get(reverse("officer-accept", args=[case.reference])).content.decode()
    response = client.post(reverse("officer-accept", args=[case.reference]), follow=True)
    assert any("Papers are missing" in word for word in said(response))


def test_somebody_elses_case_is_said_so(as_person: Any, company: Any, desk: cases.Desk) -> None:
    case = cases.filed(*company)
    review.claim(application=case, actor=desk.officer)
    client = as_person(desk.second)
    assert offered(client, case)["Take this case"] == "Officer Wang Lei has this case."
    response = client.post(reverse("officer-claim", args=[case.reference]), follow=True)
    assert said(response) == ["Officer Wang Lei has this case."]


def test_acts_need_a_post(as_person: Any, company: Any, desk: cases.Desk) -> None:
    case = cases.filed(*company)
    client = as_person(desk.officer)
    for name in ("claim", "release"):
        assert client.get(reverse(f"officer-{name}", args=[case.reference])).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(desk.officer)
    assert strict.post(reverse("officer-claim", args=[case.reference])).status_code == 403


def test_documents_come_as_attachments_of_what_was_filed(as_person: Any, company: Any, desk: cases.Desk) -> None:
    case = cases.filed(*company)
    paper = case.documents.get(kind="contract")
    client = as_person(desk.officer)
    response = client.get(reverse("officer-document", args=[case.reference, paper.pk]))
    assert b"".join(response.streaming_content).startswith(b"%PDF")
    assert response["Content-Disposition"] == 'attachment; filename="contract.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    other = cases.draft(*company).documents.all()[0]
    assert client.get(reverse("officer-document", args=[case.reference, other.pk])).status_code == 404
    review.send_back(application=case, actor=desk.officer, defects=[{"section": "goods", "text": "Mend it."}])
    applications.detach(application=case, actor=company[1], document=paper.pk)
    assert "taken away by the exporter since" in look(client, case)
    assert client.get(reverse("officer-document", args=[case.reference, paper.pk])).status_code == 404


def test_an_auditor_reads_and_acts_on_nothing(as_person: Any, company: Any, desk: cases.Desk) -> None:
    case = cases.filed(*company)
    client = as_person(desk.auditor)
    assert "acting on it is for licensing officers" in look(client, case)
    for name in ("claim", "accept", "return", "advise", "recommend", "decline", "countersign"):
        assert act(client, name, case).status_code == 404


def test_drafts_and_cases_of_an_own_company_do_not_exist_here(as_person: Any, company: Any, desk: cases.Desk) -> None:
    draft = cases.draft(*company)
    client = as_person(desk.second)
    assert client.get(reverse("officer-case", args=[draft.reference])).status_code == 404
    case = cases.recommended(*company, desk.officer)
    assert look(client, case)
    Membership.objects.create(user=desk.second, organisation=company[0], role=Role.FILER)
    for name in ("case", "accept", "return", "advise", "recommend", "decline", "countersign"):
        assert client.get(reverse(f"officer-{name}", args=[case.reference])).status_code == 404
    standing = case.recommendations.get()
    assert act(client, "countersign", case, content_hash=standing.content_hash).status_code == 404
    case.refresh_from_db()
    assert case.status == "review"


def test_hits_are_shown_and_judged_from_the_case(as_person: Any, company: Any, desk: cases.Desk) -> None:
    owners = [{"name": "Lockheed Martin Aeronautics", "country": "US", "percent": "60"}]
    case = cases.filed(*company, destination="US", end_user=LISTED_NAME, owners=owners)
    cases.screened(case)
    client = as_person(desk.officer)
    page = look(client, case)
    hits = list(Hit.objects.order_by("pk"))
    assert hits
    for hit in hits:
        assert reverse("officer-hit", args=[hit.pk]) in page
    owner = next(hit for hit in hits if hit.owner)
    compared = client.get(reverse("officer-hit", args=[owner.pk])).content.decode()
    for words in ("Lockheed Martin Aeronautics", "60 % of Lockheed Martin Corporation", "United States of America"):
        assert words in compared
    url = reverse("officer-hit", args=[hits[0].pk])
    assert "Give the reason" in client.post(url, {"judgement": "same", "reason": ""}).content.decode()
    for hit in hits:
        client.post(reverse("officer-hit", args=[hit.pk]), {"judgement": "same", "reason": "Same register number."})
    page = look(client, case)
    assert "The same party" in page
    assert "Prohibited" in page
    assert "Changed since filing" in page
    assert not case.holds.standing().exists()
    assert "judged already" in client.post(url, {"judgement": "not_same", "reason": "No."}).content.decode()


def test_a_hit_of_an_own_company_does_not_exist(as_person: Any, company: Any, desk: cases.Desk) -> None:
    case = cases.filed(*company, destination="US", end_user=LISTED_NAME)
    hit = cases.screened(case).hits.all()[0]
    Membership.objects.create(user=desk.officer, organisation=company[0], role=Role.VIEWER)
    client = as_person(desk.officer)
    assert client.get(reverse("officer-hit", args=[hit.pk])).status_code == 404
    assert as_person(company[1]).get(reverse("officer-hit", args=[hit.pk])).status_code == 404


def test_the_price_of_the_page_does_not_grow_with_lines_and_history(
    as_person: Any, company: Any, desk: cases.Desk
) -> None:
    case = cases.in_review(*company, desk.officer)
    client = as_person(desk.officer)
    look(client, case)

    def price() -> int:
        with CaptureQueriesContext(connection) as queries:
            look(client, case)
        return len(queries)

    before = price()
    for n in range(10):
        review.advise(application=case, actor=desk.officer, stance="none", text=f"Note {n}.")
    assert price() == before <= 50


def test_no_page_of_an_exporter_asks_for_case_parts() -> None:
    base = Path(settings.BASE_DIR) / "licensing"
    asking = {
        str(path.relative_to(base))
        for path in base.rglob("*.py")
        if "case_parts_wanted" in path.read_text(encoding="utf-8")
    }
    assert asking == {"signals.py", "views/officer/cases.py"}


# Registrations


def registered() -> Organisation:
    return organisations.register(
        person={"email": "li@company.example", "name": "Li Fang", "password": cases.PASSWORD, "language": "en"},
        organisation={"name_en": "Yunnan Example Germanium", "name_zh": "云南示例锗业", "uscc": "91530000MA6K00001T"},
    )


def test_a_registration_is_approved_and_its_people_told(as_person: Any, desk: cases.Desk) -> None:
    company = registered()
    client = as_person(desk.officer)
    assert "Yunnan Example Germanium" in client.get(reverse("officer-registrations")).content.decode()
    url = reverse("officer-registration", args=[company.pk])
    assert "li@company.example" in client.get(url).content.decode()
    assert client.post(url, {"decision": "approve"}).status_code == 302
    company.refresh_from_db()
    assert (company.state, company.decided_by) == ("approved", desk.officer)
    notices.send_waiting()
    assert mail.outbox[-1].subject == "Yunnan Example Germanium is registered"
    assert "decided already" in client.post(url, {"decision": "refuse", "reason": "Late."}).content.decode()


def test_a_refusal_needs_a_reason(as_person: Any, desk: cases.Desk) -> None:
    company = registered()
    client = as_person(desk.officer)
    url = reverse("officer-registration", args=[company.pk])
    assert "Give the reason" in client.post(url, {"decision": "refuse"}).content.decode()
    company.refresh_from_db()
    assert company.state == "pending"
    client.post(url, {"decision": "refuse", "reason": "The code belongs to another company."})
    company.refresh_from_db()
    assert (company.state, company.refusal_reason) == ("refused", "The code belongs to another company.")


def test_only_exporters_are_decided_on_and_never_by_their_own(as_person: Any, desk: cases.Desk) -> None:
    client = as_person(desk.officer)
    assert client.get(reverse("officer-registration", args=[desk.authority.pk])).status_code == 404
    company = registered()
    Membership.objects.create(user=desk.officer, organisation=company, role=Role.VIEWER)
    response = client.post(reverse("officer-registration", args=[company.pk]), {"decision": "approve"})
    assert "You may not decide on this registration." in response.content.decode()
