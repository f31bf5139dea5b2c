"""What every page shows around its content: the desk, its navigation, the person, the demo ribbon."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from licensing.access import held_by, may_open
from licensing.forms.words import name_in
from licensing.models.organisations import ROLE_NAMES

NAVIGATION = {
    "public": (
        ("check", _("Do I need a licence?")),
        ("control-list", _("Control list")),
        ("verify", _("Verify a licence")),
        ("register", _("Register")),
    ),
    "exporter": (
        ("exporter", _("Applications")),
        ("exporter-licences", _("Licences")),
        ("exporter-organisation", _("Organisation")),
        ("check", _("Do I need a licence?")),
        ("control-list", _("Control list")),
    ),
    "officer": (
        ("officer", _("Queue")),
        ("officer-registrations", _("Registrations")),
        ("check", _("Check")),
        ("control-list", _("Control list")),
        ("lists", _("Law")),
    ),
    "lists": (
        ("lists", _("Law")),
        ("control-list", _("Control list")),
        ("check", _("Check")),
        ("officer", _("Queue")),
    ),
}


@dataclass(frozen=True, slots=True)
class Link:
    url: str
    label: str
    current: bool


@dataclass(frozen=True, slots=True)
class Person:
    """The person in the header: name, role in words, organisation."""

    name: str
    role_label: str
    organisation: str


def desk_of(request: HttpRequest) -> str:
    """The desk that a page belongs to; on public pages, the desk of the person who reads them."""
    first = request.path.split("/")[1]
    if first in NAVIGATION:
        return first
    for desk in ("officer", "lists", "exporter"):
        if may_open(desk, request.user):
            return desk
    return "public"


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of every page: desk, navigation, person, demo, today, zone, language."""

    def navigation() -> list[Link]:
        entries = NAVIGATION[desk_of(request)]
        view = request.resolver_match.view_name if request.resolver_match else ""
        if view not in dict(entries):
            # A page below a desk belongs to the desk's first entry: a case to the queue, a goods line to applications.
            view = view.split("-")[0]
        return [
            Link(reverse(name), str(label), view == name) for name, label in entries if may_open(name, request.user)
        ]

    return {
        "desk": SimpleLazyObject(lambda: desk_of(request)),
        "navigation": SimpleLazyObject(navigation),
        "person": _person(request),
        "demo": settings.DEMO,
        "today": timezone.localdate(),
        "zone": settings.TIME_ZONE,
        "language": get_language(),
    }


def _person(request: HttpRequest) -> Person | None:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    held = held_by(user)
    return Person(
        name=user.name,
        role_label=", ".join(str(ROLE_NAMES[one.role]) for one in held),
        organisation=name_in(held[0].name_en, held[0].name_zh) if held else "",
    )
