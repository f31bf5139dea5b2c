"""What every answer carries, whoever asks and whatever comes of it; and the door: log-in, log-out, cookies."""

import re
import threading
from typing import Any

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from licensing.models import Application, Licence
from licensing.services import applications, licences, review
from tests.licensing import cases

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_counted() -> None:
    cache.clear()


@pytest.fixture
def desk() -> cases.Desk:
    cases.load_law()
    return cases.desk()


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def granted(desk: cases.Desk) -> tuple[Any, Licence]:
    company, clerk = cases.exporter(desk.officer)
    case = cases.recommended(company, clerk, desk.officer)
    review.countersign(
        application=case, actor=desk.second, content_hash=case.recommendations.get().content_hash, on=cases.today()
    )
    return clerk, licences.print_pdf(licence=Licence.objects.get())


def test_every_class_of_answer_carries_the_headers(desk: cases.Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    clerk, licence = granted(desk)
    client, officer, anybody = Client(raise_request_exception=False), Client(), Client(raise_request_exception=False)
    client.force_login(clerk)
    officer.force_login(desk.officer)
    case = licence.application
    paper = case.documents.all()[0].pk
    downloads = [
        client.get(reverse("exporter-licence-pdf", args=[licence.number])),
        client.get(reverse("exporter-document", args=[case.reference, paper])),
        officer.get(reverse("officer-licence-pdf", args=[licence.number])),
        officer.get(reverse("officer-document", args=[case.reference, paper])),
    ]
    pages = {
        200: [client.get("/exporter/"), anybody.get("/"), anybody.get("/check/"), officer.get("/officer/"),
              client.get("/exporter/applications.csv"), officer.get("/officer/export.csv"), anybody.get("/healthz")],
        302: [anybody.get("/exporter/"), anybody.get("/desk/")],
        400: [anybody.get("/verify/abc/"), anybody.post("/api/v1/check/", b"{", content_type="application/json")],
        403: [Client(enforce_csrf_checks=True).post("/account/login/", {})],
        404: [anybody.get("/nowhere/"), client.get("/officer/"), anybody.get("/api/nowhere/")],
        405: [anybody.get("/api/v1/check/"), officer.post(reverse("officer-case", args=[case.reference]))],
    }  # fmt: skip
    monkeypatch.setattr("licensing.views.home.render", lambda *a, **k: 1 / 0)
    pages[500] = [anybody.get("/")]
    for status, answers in {**pages, 200: [*pages[200], *downloads]}.items():
        for answer in answers:
            what = f"{status} {answer.request['PATH_INFO']}"
            assert answer.status_code == status, what
            assert answer["X-Content-Type-Options"] == "nosniff", what
            assert answer["X-Frame-Options"] == "DENY", what
            assert answer["Referrer-Policy"] == "same-origin", what
            assert answer["Cross-Origin-Opener-Policy"] == "same-origin", what
            assert "no-store" in answer["Cache-Control"], what
            assert "private" in answer["Cache-Control"], what
            assert answer["X-Request-ID"], what
            policy = answer["Content-Security-Policy"]
            assert "default-src 'none'" in policy, what
            assert "unsafe" not in policy, what
            assert "Server" not in answer, what
    for answer in downloads:
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert body(answer).startswith(b"%PDF")


def test_no_page_holds_a_script_or_a_style_of_its_own(desk: cases.Desk) -> None:
    client = Client()
    client.force_login(desk.officer)
    for address in ("/", "/check/", "/control-list/", "/account/login/", "/officer/", "/lists/"):
        page = client.get(address, follow=True).content.decode()
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:", page), address


# Waiting and failing


@pytest.mark.django_db(transaction=True)
def test_a_case_that_somebody_else_holds_too_long_is_told_in_words() -> None:
    cases.load_law()
    desk = cases.desk()
    company, clerk = cases.exporter(desk.officer)
    case = cases.draft(company, clerk)
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Application.objects.select_for_update().get(pk=case.pk)
            held.set()
            done.wait(30)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(10)
    client = Client(raise_request_exception=False)
    client.force_login(clerk)
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '300ms'")
    answer = client.post(reverse("exporter-declaration", args=[case.reference]), {"declared": "on"})
    done.set()
    holder.join(10)
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert "was not saved" in answer.content.decode()
    assert client.post(reverse("exporter-declaration", args=[case.reference]), {"declared": "on"}).status_code == 302


def test_trouble_that_passes_is_503_also_for_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: Any, **options: Any) -> None:
        raise OperationalError("the database is away")

    monkeypatch.setattr("licensing.api.check.law_book", away)
    question = {"goods": "antimony", "destination": "TH"}
    answer = Client(raise_request_exception=False).post("/api/v1/check/", question, content_type="application/json")
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert answer.json() == {"detail": ["Busy: nothing was done. Try again."]}


# The door


def log_in(client: Client, email: str, password: str = cases.PASSWORD, **extra: Any) -> HttpResponse:
    return client.post("/account/login/", {"login": email, "password": password}, **extra)


def inside(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_failures_are_counted_for_the_account_from_wherever_they_come(desk: cases.Desk) -> None:
    for n in range(5):
        assert log_in(Client(), desk.officer.email, "wrong", REMOTE_ADDR=f"192.0.2.{n}").status_code == 200
    late = Client()
    answer = log_in(late, desk.officer.email, REMOTE_ADDR="192.0.2.99")
    assert not inside(late)
    assert "Too many attempts" in answer.content.decode()
    other = Client()
    log_in(other, desk.second.email, REMOTE_ADDR="192.0.2.99")
    assert inside(other)


def test_failures_are_counted_for_the_address_whatever_account_they_try(desk: cases.Desk) -> None:
    for n in range(20):
        log_in(Client(), f"nobody{n}@desk.example", "wrong", REMOTE_ADDR="192.0.2.7")
    late, elsewhere = Client(), Client()
    log_in(late, desk.officer.email, REMOTE_ADDR="192.0.2.7")
    assert not inside(late)
    log_in(elsewhere, desk.officer.email, REMOTE_ADDR="192.0.2.8")
    assert inside(elsewhere)


def test_a_forged_forwarding_header_changes_nothing_and_that_of_our_proxy_counts(
    desk: cases.Desk, settings: Any
) -> None:
    for n in range(20):
        header = {"x-forwarded-for": f"198.51.100.{n}"}
        log_in(Client(headers=header), f"nobody{n}@desk.example", "wrong", REMOTE_ADDR="192.0.2.7")
    late = Client(headers={"x-forwarded-for": "203.0.113.5"})
    log_in(late, desk.officer.email, REMOTE_ADDR="192.0.2.7")
    assert not inside(late)
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    behind = Client(headers={"x-forwarded-for": "192.0.2.7, 203.0.113.5"})
    log_in(behind, desk.officer.email, REMOTE_ADDR="192.0.2.7")
    assert inside(behind)


def test_unknown_and_known_accounts_are_answered_alike(desk: cases.Desk) -> None:
    def main_of(answer: HttpResponse) -> str:
        return answer.content.decode().partition("<main")[2].partition("</main>")[0]

    def told(email: str) -> str:
        page = main_of(log_in(Client(), email, "wrong")).replace(email, "X")
        return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page)

    assert told(desk.officer.email) == told("nobody@desk.example")


def test_a_session_gets_a_new_key_at_the_door(desk: cases.Desk) -> None:
    client = Client()
    session = client.session
    session["x"] = 1
    session.save()
    client.cookies["session"] = before = session.session_key
    log_in(client, desk.officer.email)
    assert inside(client)
    assert client.cookies["session"].value != before
    cookie = client.cookies["session"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Lax", "/", "")


def test_leaving_takes_a_post(desk: cases.Desk) -> None:
    client = Client()
    client.force_login(desk.officer)
    client.get("/account/logout/")
    assert inside(client)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(desk.officer)
    assert strict.post("/account/logout/").status_code == 403
    client.post("/account/logout/")
    assert not inside(client)


@pytest.mark.parametrize(
    "there",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "https:evil.example", "javascript:alert(1)", "\thttps://evil.example"],
)  # fmt: skip
def test_nobody_is_led_elsewhere(there: str, desk: cases.Desk) -> None:
    client = Client()
    answers = [
        client.post("/account/login/", {"login": desk.officer.email, "password": cases.PASSWORD, "next": there}),
        client.post("/language/", {"language": "zh-hans", "next": there}),
        client.post("/account/logout/", {"next": there}),
    ]
    for answer in answers:
        assert answer.status_code == 302
        assert answer["Location"].startswith("/")
        assert "evil" not in answer["Location"]


def test_the_language_changes_by_post_only() -> None:
    client = Client()
    client.get("/language/?language=zh-hans")
    assert not client.cookies
    client.post("/language/", {"language": "zh-hans", "next": "/"})
    assert client.cookies["django_language"].value == "zh-hans"
    client.post("/language/", {"language": "xx'; --", "next": "/"})
    assert client.cookies["django_language"].value == "zh-hans"


def test_a_role_taken_away_closes_the_page_at_once(desk: cases.Desk) -> None:
    company, clerk = cases.exporter(desk.officer)
    case = cases.draft(company, clerk)
    client = Client()
    client.force_login(clerk)
    assert client.get(reverse("exporter-application", args=[case.reference])).status_code == 200
    clerk.memberships.update(ended_at=case.created_at)
    assert client.get(reverse("exporter-application", args=[case.reference])).status_code == 404
    assert applications.Application.objects.visible_to(clerk).count() == 0
