"""The two sections that are one form each: the route and the end use."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from licensing.access import person_of
from licensing.forms.end_uses import EndUseForm
from licensing.forms.routes import VersionedRouteForm
from licensing.forms.words import END_USE_NAMES, LICENCE_KIND_NAMES, TRANSACTION_NAMES, country_name
from licensing.models import Application
from licensing.services import applications
from licensing.services.errors import Conflict
from licensing.views.exporter.cases import draft_of, refusals_told
from licensing.views.exporter.filing import next_section

CODES: Mapping[str, Mapping[str, str | Promise]] = {
    "kind": LICENCE_KIND_NAMES,
    "transaction": TRANSACTION_NAMES,
    "end_use_category": END_USE_NAMES,
}


@refusals_told
def route(request: HttpRequest, reference: str) -> HttpResponse:
    """Licence kind, transaction and way of the goods."""
    application = draft_of(request, reference)
    initial = VersionedRouteForm.initial_of(application) | {"version": application.version}
    form = VersionedRouteForm(request.POST or None, initial=initial)
    return _section(request, application, form, "route", lambda: form.values(application.facts))


@refusals_told
def end_use(request: HttpRequest, reference: str) -> HttpResponse:
    """What the goods are used for."""
    application = draft_of(request, reference)
    form = EndUseForm(request.POST or None, initial=EndUseForm.initial_of(application))
    return _section(request, application, form, "end_use", form.values)


def _section(
    request: HttpRequest,
    application: Application,
    form: forms.Form,
    section: str,
    values: Callable[[], dict[str, Any]],
) -> HttpResponse:
    context: dict[str, Any] = {"application": application, "form": form}
    if request.method == "POST" and form.is_valid():
        try:
            applications.save_section(
                application=application,
                actor=person_of(request),
                section=section,
                values=values(),
                version=form.cleaned_data["version"],
            )
        except Conflict as conflict:
            context |= {"conflict": str(conflict), "differences": _differences(application, values())}
            # Saving once more means it: the form now carries the version that the person has seen the differences to.
            shown = request.POST.copy()
            shown["version"] = str(application.version)
            form.data = shown
        else:
            messages.success(request, _("Saved."))
            return redirect(next_section(application, section))
    return render(request, f"exporter/{section}.html", context)


def _differences(application: Application, typed: Mapping[str, Any]) -> list[dict[str, str]]:
    """What is stored now beside what was typed, field by field."""
    rows = []
    for name, value in typed.items():
        stored = getattr(application, name)
        if stored != value and name != "facts":
            label = str(getattr(Application._meta.get_field(name), "verbose_name", name))
            rows.append(
                {"field": label[:1].upper() + label[1:], "before": _words(name, stored), "after": _words(name, value)}
            )
    return rows


def _words(name: str, value: Any) -> str:
    if name in CODES:
        return str(CODES[name].get(value, value))
    if name == "destination":
        return country_name(str(value or ""))
    if name == "transit":
        return " → ".join(country_name(stop) for stop in value)
    return str(value)
