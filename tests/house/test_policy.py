"""Deny by default: every address is named in the policy table, and the table holds for every role."""

import re
from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from licensing.access import ANYONE, PERSON, POLICY
from licensing.models import Membership, Organisation, User
from licensing.rules.roles import EXPORTER_ROLES, ROLES_BY_KIND, Role
from licensing.services import licences, review
from tests.licensing import cases

KIND_OF = {role: kind for kind, roles in ROLES_BY_KIND.items() for role in roles}
IDENTITIES: list[Role | None] = [None, *Role]
DRAFT_PAGES = {
    "exporter-goods", "exporter-goods-line", "exporter-goods-add", "exporter-goods-remove", "exporter-parties",
    "exporter-party", "exporter-party-add", "exporter-party-remove", "exporter-route", "exporter-end-use",
    "exporter-documents", "exporter-document", "exporter-document-remove", "exporter-declaration", "exporter-answers",
    "exporter-submit", "exporter-withdraw", "exporter-application",
}  # fmt: skip


def addresses(patterns: list[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns)
        else:
            yield pattern


def test_every_address_is_named_in_the_policy_table() -> None:
    unnamed = [str(p.pattern) for p in addresses(get_resolver().url_patterns) if p.name not in POLICY]
    assert unnamed == []


def test_every_name_of_the_policy_table_is_an_address() -> None:
    known = {p.name for p in addresses(get_resolver().url_patterns)}
    assert sorted(set(POLICY) - known) == []


def world() -> dict[str, object]:
    """What the addresses name: a draft, a case in review with a hit, a granted licence, a pending registration."""
    cases.load_law()
    desk = cases.desk()
    company, clerk = cases.exporter(desk.officer)
    draft = cases.draft(company, clerk)
    case = cases.recommended(company, clerk, desk.officer)
    filed = cases.filed(company, clerk, end_user=cases.LISTED_NAME, end_user_country="US")
    hit = cases.screened(filed).hits.first()
    granted = cases.recommended(company, clerk, desk.officer)
    recommendation = granted.recommendations.get()
    review.countersign(
        application=granted, actor=desk.third, content_hash=recommendation.content_hash, on=cases.today()
    )
    licences.print_pdf(licence=granted.licence)
    cases.organisations.register(
        person={"email": "new@company.example", "name": "New", "password": cases.PASSWORD, "language": "en"},
        organisation={"name_en": "New Company", "uscc": "91430000MA4L99999X"},
    )
    pending = Organisation.objects.get(name_en="New Company")
    member = company.memberships.get()
    return {
        "company": company, "draft": draft, "case": case, "licence": granted.licence, "hit": hit,
        "pending": pending, "member": member,
    }  # fmt: skip


def arguments(name: str, wanted: list[str], town: dict) -> dict[str, object]:
    """Values for the places of an address, so that it names something that is there."""
    application = town["draft"] if name in DRAFT_PAGES else town["case"]
    number = {
        "officer-registration": town["pending"].pk,
        "officer-document": town["case"].documents.first().pk,
        "officer-hit": town["hit"].pk if town["hit"] else 0,
    }.get(name, town["licence"].number)
    known = {
        "reference": application.reference, "number": number, "code": town["licence"].code, "key": "3C003.b",
        "ref": "CN-2024-33", "line": application.goods.first().pk, "party": application.parties.first().pk,
        "document": application.documents.first().pk, "membership": town["member"].pk,
        "hit": town["hit"].pk if town["hit"] else 0,
    }  # fmt: skip
    return {place: known[place] for place in wanted}


def address(name: str, town: dict) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        pattern = next(p for p in addresses(get_resolver().url_patterns) if p.name == name)
        wanted = list(get_resolver().reverse_dict.getlist(name)[0][0][0][1]) or list(pattern.pattern.converters)
        if name == "account_reset_password_from_key":
            return reverse(name, kwargs={"uidb36": "1", "key": "x-y"})
        return reverse(name, kwargs=arguments(name, wanted, town))


@pytest.mark.django_db
@pytest.mark.parametrize("role", IDENTITIES, ids=str)
def test_the_table_holds_on_every_page(role: Role | None, client: Client) -> None:
    town = world()
    if role:
        client.force_login(person(role, town["company"]))  # type: ignore[arg-type]
    wrong = []
    for name, rule in POLICY.items():
        if name == "account_logout":
            continue
        response = client.get(address(name, town))
        allowed = rule == ANYONE or (role is not None and (rule == PERSON or role in rule))
        if allowed != opened(response, anonymous=role is None):
            wrong.append((name, response.status_code))
        for close in response._resource_closers:  # `close()` of the response would end the test's connection too
            close()
    assert wrong == []


def person(role: Role, company: Organisation) -> User:
    if role in EXPORTER_ROLES:
        where = company
    else:
        where, _new = Organisation.objects.get_or_create(
            kind=KIND_OF[role],
            name_en=f"Office of the {role}",
            defaults={"state": Organisation.State.APPROVED, "decided_at": timezone.now()},
        )
    user = User.objects.create_user(f"{role}@matrix.example", cases.PASSWORD, name=str(role))
    Membership.objects.create(user=user, organisation=where, role=role)
    return user


def opened(response: HttpResponse, *, anonymous: bool) -> bool:
    """Whether the policy let the request through to the page."""
    if anonymous and (response.status_code == 401 or response.headers.get("Location", "").startswith("/account/login")):
        return False
    return response.status_code != 404


def test_absent_and_forbidden_look_the_same(client: Client, db: None) -> None:
    town = world()
    stranger = person(Role.LIST_KEEPER, town["company"])  # type: ignore[arg-type]
    client.force_login(stranger)
    forbidden = client.get(reverse("exporter-application", args=[town["draft"].reference]))  # type: ignore[attr-defined]
    absent = client.get(reverse("exporter-application", args=["SL-2026-00000000"]))
    nowhere = client.get("/exporter/no/such/page/")
    assert forbidden.status_code == absent.status_code == nowhere.status_code == 404
    assert shown(forbidden) == shown(absent) == shown(nowhere)


def shown(response: HttpResponse) -> str:
    """The page without what differs from request to request: the token against forgery and the own address."""
    page = re.sub(r'(data-csrf|name="csrfmiddlewaretoken" value)="[^"]*"', "", response.content.decode())
    return re.sub(r'name="next" value="[^"]*"', "", page)
