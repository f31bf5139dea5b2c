"""Log-in, passwords, the desk of each role, and the registration of a company."""

import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, reverse

from licensing.access import POLICY
from licensing.models import Membership, Notice, Organisation, User
from licensing.rules.organisations import is_credit_code
from licensing.rules.roles import Role
from licensing.services import organisations
from tests.licensing import cases

pytestmark = pytest.mark.django_db

NEW = "four plain words together"
COMPANY = {
    "name_en": "Changsha Example Metals Co., Ltd.",
    "name_zh": "长沙示例金属有限公司",
    "uscc": "91350100M000100Y43",
    "address": "1 Furong Road",
    "legal_representative": "Liu Yang",
    "telephone": "",
    "name": "Chen Wei",
    "email": "Chen@metals.example",
    "password": NEW,
}


@pytest.fixture(autouse=True)
def no_attempts_yet() -> None:
    cache.clear()


@pytest.fixture
def desk() -> cases.Desk:
    return cases.desk()


def log_in(client: Client, email: str, password: str = cases.PASSWORD) -> str:
    answer = client.post("/account/login/", {"login": email, "password": password})
    return answer["Location"] if answer.status_code == 302 else ""


def test_each_role_lands_on_its_desk(client: Client, desk: cases.Desk) -> None:
    keeper = cases.person("keeper@desk.example", "Keeper", (desk.authority, Role.LIST_KEEPER))
    clerk = cases.exporter(desk.officer)[1]
    for person, name in ((desk.officer, "officer"), (keeper, "lists"), (clerk, "exporter")):
        assert log_in(client, person.email) == "/desk/"
        assert client.get("/desk/")["Location"] == reverse(name)
        client.post("/account/logout/")


def test_wrong_passwords_are_counted_and_told_alike(client: Client, desk: cases.Desk) -> None:
    told = [
        client.post("/account/login/", {"login": email, "password": "wrong wrong wrong"}).context["form"].errors
        for email in (desk.officer.email, "nobody@nowhere.example")
    ]
    assert told[0] == told[1]
    for _n in range(5):
        log_in(client, desk.officer.email, "wrong wrong wrong")
    assert log_in(client, desk.officer.email) == ""


def test_nobody_signs_up_alone(client: Client) -> None:
    assert client.get("/account/register/")["Location"] == "/register/"


def test_only_the_named_pages_of_allauth_exist() -> None:
    for name in ("account_email", "account_set_password", "account_confirm_login_code", "account_request_login_code"):
        with pytest.raises(NoReverseMatch):
            reverse(name)
    assert all(reverse(n) for n in POLICY if n.startswith("account_") and n != "account_reset_password_from_key")


def test_a_forgotten_password(client: Client, desk: cases.Desk, settings: object) -> None:
    for email in (desk.officer.email, "nobody@nowhere.example"):
        assert client.post("/account/reset/", {"email": email})["Location"] == "/account/reset/sent/"
    link = re.search(r"http://127\.0\.0\.1:8000(/account/reset/\S+)", str(mail.outbox[0].body))
    assert link
    assert "/register/" in str(mail.outbox[1].body)
    page = client.get(link[1], follow=True)
    form = page.redirect_chain[-1][0]
    assert "15" in client.post(form, {"password1": "short", "password2": "short"}).content.decode()
    assert client.post(form, {"password1": NEW, "password2": NEW})["Location"] == "/account/reset/done/"
    assert client.get("/account/reset/done/").status_code == 200
    assert log_in(client, desk.officer.email, NEW) == "/desk/"
    assert "does not work" in Client().get(link[1], follow=True).content.decode()


def test_a_changed_password_ends_the_session(client: Client, desk: cases.Desk) -> None:
    log_in(client, desk.officer.email)
    assert client.get("/account/password/").status_code == 200
    answer = client.post("/account/password/", {"oldpassword": cases.PASSWORD, "password1": NEW, "password2": NEW})
    assert answer.status_code == 302
    assert client.get("/desk/")["Location"].startswith("/account/login/")


def test_confirming_that_it_is_you(client: Client, desk: cases.Desk) -> None:
    log_in(client, desk.officer.email)
    assert client.get("/account/confirm/").status_code == 200
    assert client.post("/account/confirm/", {"password": cases.PASSWORD}).status_code == 302


def test_pages_around_the_log_in_open(client: Client, desk: cases.Desk) -> None:
    for url in ("/account/login/", "/account/inactive/", "/account/reset/", "/account/reset/sent/", "/register/"):
        assert client.get(url).status_code == 200, url
    log_in(client, desk.officer.email)
    assert "Log out now?" in client.get("/account/logout/").content.decode()


def test_a_company_registers_waits_and_gets_its_desk(client: Client, desk: cases.Desk) -> None:
    assert "Your registration is here" in client.post("/register/", COMPANY).content.decode()
    company = Organisation.objects.get(uscc=COMPANY["uscc"])
    assert company.state == "pending"
    assert log_in(client, "chen@metals.example", NEW) == "/desk/"
    assert "waits for approval" in client.get("/desk/").content.decode()
    assert client.get("/exporter/").status_code == 404
    organisations.decide(organisation=company, actor=desk.officer, approve=True)
    assert client.get("/desk/")["Location"] == "/exporter/"


def test_a_refused_company_reads_why(client: Client, desk: cases.Desk) -> None:
    client.post("/register/", COMPANY)
    company = Organisation.objects.get(uscc=COMPANY["uscc"])
    organisations.decide(organisation=company, actor=desk.officer, approve=False, reason="The address is unknown.")
    log_in(client, "chen@metals.example", NEW)
    assert "The address is unknown." in client.get("/desk/").content.decode()


def test_registration_does_not_tell_who_has_a_log_in(client: Client, desk: cases.Desk) -> None:
    def main_of(answer: HttpResponse) -> str:
        return answer.content.decode().partition("<main")[2].partition("</main>")[0]

    fresh = main_of(client.post("/register/", COMPANY))
    known = COMPANY | {"email": desk.officer.email, "uscc": "91430100MA4L00001J"}
    told = main_of(client.post("/register/", known))
    assert fresh
    assert told.replace(desk.officer.email, "X") == fresh.replace("Chen@metals.example", "X")
    assert not Organisation.objects.filter(uscc="91430100MA4L00001J").exists()
    assert Notice.objects.filter(recipient=desk.officer, subject__contains="log-in already").exists()
    assert desk.officer.check_password(cases.PASSWORD)


def test_a_code_taken_does_not_tell_who_has_a_log_in(client: Client, desk: cases.Desk) -> None:
    client.post("/register/", COMPANY)
    for email in ("nobody@metals.example", desk.officer.email):
        answer = client.post("/register/", COMPANY | {"email": email})
        assert "registered already" in str(answer.context["form"].errors["uscc"])


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"uscc": "91350100M000100Y44"}, "uscc"),
        ({"uscc": "91350100M0"}, "uscc"),
        ({"email": "no address"}, "email"),
        ({"password": "too short"}, "password"),
        ({"password": "chen wei chen wei", "name": "chen wei chen wei"}, "password"),
        ({"name_zh": ""}, "name_zh"),
    ],
)
def test_what_a_registration_needs(client: Client, wrong: dict[str, str], field: str) -> None:
    answer = client.post("/register/", COMPANY | wrong)
    assert field in answer.context["form"].errors
    assert not User.objects.exists()


def test_a_code_is_registered_once(client: Client) -> None:
    client.post("/register/", COMPANY)
    again = client.post("/register/", COMPANY | {"email": "other@metals.example"})
    assert "registered already" in str(again.context["form"].errors["uscc"])


def test_someone_without_a_role_is_told(client: Client, desk: cases.Desk) -> None:
    person = cases.exporter(desk.officer)[1]
    Membership.objects.filter(user=person).update(ended_at=Membership.objects.get(user=person).since)
    log_in(client, person.email)
    assert "no role" in client.get("/desk/").content.decode()


def test_credit_codes() -> None:
    assert is_credit_code("91350100M000100Y43")
    assert not is_credit_code("91350100M000100Y4I")
