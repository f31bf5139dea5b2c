"""Who may do what: one table for every page and every operation of the API. What it does not name is denied.

A page that a person may not open looks like one that does not exist. Which rows a person sees on a page is the
queryset's part (`visible_to`); whether an act is possible now is the service's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from allauth.account.adapter import get_adapter
from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.views import redirect_to_login
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from licensing.models import Membership, User
from licensing.rules.roles import CASE_ROLES, EXPORTER_ROLES, FILING_ROLES, Role
from licensing.rules.workflow import COUNTERSIGNING

ANYONE = "anyone"
PERSON = "person"
type Rule = str | frozenset[Role]
"""`ANYONE`, `PERSON` (whoever is logged in) or the roles of which one is needed."""

READING_CASES = CASE_ROLES | {Role.AUDITOR}
LICENCE_READERS = READING_CASES | {Role.CUSTOMS_OFFICER}
LIST_READERS = frozenset({Role.LIST_KEEPER, Role.AUDITOR}) | CASE_ROLES
COMPANY_ADMIN = frozenset({Role.COMPANY_ADMIN})

POLICY: dict[str, Rule] = {
    # Public
    "home": ANYONE,
    "check": ANYONE,
    "control-list": ANYONE,
    "control-item": ANYONE,
    "announcement": ANYONE,
    "verify": ANYONE,
    "verify-code": ANYONE,
    "register": ANYONE,
    "healthz": ANYONE,
    "readyz": ANYONE,
    "set_language": ANYONE,
    # Accounts
    "account_login": ANYONE,
    "account_signup": ANYONE,
    "account_logout": ANYONE,
    "account_inactive": ANYONE,
    "account_reset_password": ANYONE,
    "account_reset_password_done": ANYONE,
    "account_reset_password_from_key": ANYONE,
    "account_reset_password_from_key_done": ANYONE,
    "account_change_password": PERSON,
    "account_reauthenticate": PERSON,
    "desk": PERSON,
    # Exporter
    "exporter": EXPORTER_ROLES,
    "exporter-export": EXPORTER_ROLES,
    "exporter-start": FILING_ROLES,
    "exporter-application": EXPORTER_ROLES,
    "exporter-goods": EXPORTER_ROLES,
    "exporter-goods-line": FILING_ROLES,
    "exporter-goods-add": FILING_ROLES,
    "exporter-goods-remove": FILING_ROLES,
    "exporter-parties": EXPORTER_ROLES,
    "exporter-party": FILING_ROLES,
    "exporter-party-add": FILING_ROLES,
    "exporter-party-remove": FILING_ROLES,
    "exporter-route": FILING_ROLES,
    "exporter-end-use": FILING_ROLES,
    "exporter-documents": EXPORTER_ROLES,
    "exporter-document": EXPORTER_ROLES,
    "exporter-document-remove": FILING_ROLES,
    "exporter-declaration": FILING_ROLES,
    "exporter-answers": EXPORTER_ROLES,
    "exporter-submit": FILING_ROLES,
    "exporter-withdraw": FILING_ROLES,
    "exporter-items": FILING_ROLES,
    "exporter-licences": EXPORTER_ROLES,
    "exporter-licence": EXPORTER_ROLES,
    "exporter-licence-pdf": EXPORTER_ROLES,
    "exporter-organisation": EXPORTER_ROLES,
    "exporter-member-add": COMPANY_ADMIN,
    "exporter-member-end": COMPANY_ADMIN,
    # Officer
    "officer": READING_CASES,
    "officer-export": READING_CASES,
    "officer-case": READING_CASES,
    "officer-document": READING_CASES,
    "officer-claim": CASE_ROLES,
    "officer-release": CASE_ROLES,
    "officer-accept": CASE_ROLES,
    "officer-return": CASE_ROLES,
    "officer-advise": CASE_ROLES,
    "officer-recommend": CASE_ROLES,
    "officer-decline": COUNTERSIGNING,
    "officer-countersign": COUNTERSIGNING,
    "officer-hit": CASE_ROLES,
    "officer-registrations": CASE_ROLES,
    "officer-registration": CASE_ROLES,
    "officer-licence-pdf": LICENCE_READERS,
    # List keepers
    "lists": LIST_READERS,
    # API
    "api-check": ANYONE,
    "api-control-items": ANYONE,
    "api-verify": ANYONE,
    "api-schema": ANYONE,
    "api-docs": ANYONE,
}


@dataclass(frozen=True, slots=True)
class Held:
    """A role that a person holds now, and in which organisation."""

    role: Role
    organisation: int
    name_en: str
    name_zh: str


def _held(user: Any) -> Any:
    """The acting memberships of a user as JSON objects with the fields of `Held`."""
    return (
        Membership.objects.acting()
        .filter(user_id=user)
        .order_by("id")
        .values(
            held=JSONObject(
                role="role",
                organisation="organisation_id",
                name_en="organisation__name_en",
                name_zh="organisation__name_zh",
            )
        )
    )


class PersonBackend(AuthenticationBackend):
    """Log-in by e-mail address. The person of a request comes with all roles held now, in one query."""

    def get_user(self, user_id: Any) -> User | None:
        person = User.objects.annotate(held=ArraySubquery(_held(OuterRef("pk")))).filter(pk=user_id).first()
        return person if person and self.user_can_authenticate(person) else None


def held_by(person: Any) -> tuple[Held, ...]:
    """Every role that a person holds now, in whatever organisation, oldest first. At most one query, once a request."""
    if not getattr(person, "is_authenticated", False):
        return ()
    if not hasattr(person, "held"):
        person.held = list(_held(person.pk).values_list("held", flat=True))
    return tuple(Held(**{**row, "role": Role(row["role"])}) for row in person.held)


def roles_of(person: Any) -> frozenset[Role]:
    """Every role that a person holds now."""
    return frozenset(held.role for held in held_by(person))


def may_open(name: str, person: Any) -> bool:
    """Whether a person may open the page or operation of this name."""
    rule = POLICY.get(name)
    if rule is None:
        return False
    if rule == ANYONE:
        return True
    if not person.is_authenticated:
        return False
    return rule == PERSON or bool(cast("frozenset[Role]", rule) & roles_of(person))


def person_of(request: HttpRequest) -> User:
    """The person behind a request to a page that needs one."""
    return cast(User, request.user)


def address_of(request: HttpRequest) -> str:
    """The address that a request comes from, as the trusted proxies tell it; nobody else's header counts."""
    return str(get_adapter().get_client_ip(request))


class DenyByDefault:
    """Ask the policy table before every view.

    Who is not logged in goes to the log-in; for all others denied and absent look alike.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        if any("\0" in str(part) for part in kwargs.values()):
            raise Http404  # no text of the database holds NUL, so this names nothing
        if may_open(name, request.user):
            return None
        if name in POLICY and not request.user.is_authenticated:
            if name.startswith("api-"):
                return JsonResponse({"detail": "Log in first."}, status=401)
            return redirect_to_login(request.get_full_path())
        raise Http404


class Policed(BasePermission):
    """The API's default permission: the operation is named in the policy table and open to this person."""

    def has_permission(self, request: Request, view: Any) -> bool:
        match = request.resolver_match
        return match is not None and may_open(match.view_name, request.user)
