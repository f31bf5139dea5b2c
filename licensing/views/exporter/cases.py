"""Finding the application behind an address, and telling a person what could not be done."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from licensing.access import Held, held_by, person_of
from licensing.models import Application
from licensing.rules.roles import EXPORTER_ROLES, FILING_ROLES, Role
from licensing.services.errors import Frozen, NotAllowed, Refused


def companies_of(request: HttpRequest, roles: frozenset[Role] = EXPORTER_ROLES) -> list[Held]:
    """The companies for which the person holds one of the roles, each once."""
    found = {held.organisation: held for held in held_by(person_of(request)) if held.role in roles}
    return list(found.values())


def application_of(request: HttpRequest, reference: str) -> Application:
    """An application of one of the person's own companies. Any other looks as if it did not exist."""
    own = [company.organisation for company in companies_of(request)]
    applications = Application.objects.visible_to(person_of(request)).filter(organisation__in=own)
    return get_object_or_404(applications.select_related("organisation"), reference=reference)


def may_file(request: HttpRequest, application: Application) -> bool:
    """Whether the person may write and submit for the company of the application."""
    return application.organisation_id in {held.organisation for held in companies_of(request, FILING_ROLES)}


def draft_of(request: HttpRequest, reference: str) -> Application:
    """An application whose content this person may change now. Raises `NotAllowed` or `Frozen` otherwise."""
    application = application_of(request, reference)
    if not may_file(request, application):
        raise NotAllowed(_("You may read this application, not change it."))
    if not application.editable:
        raise Frozen(_("%(reference)s is filed. Its content cannot be changed.") % {"reference": reference})
    return application


def refusals_told(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Say on the application's page why something could not be done."""

    @wraps(view)
    def told(request: HttpRequest, reference: str, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, reference, **kwargs)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("exporter-application", reference)

    return told
