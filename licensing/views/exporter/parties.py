"""Parties: who receives the goods, uses them, or stands between, and who owns those."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from licensing.access import person_of
from licensing.forms.parties import FIELDS, BaseOwners, PartyForm, owners_form, typed_rows
from licensing.models import Application, Party
from licensing.services import applications
from licensing.views.exporter.answers import of_party
from licensing.views.exporter.cases import application_of, draft_of, may_file, refusals_told
from licensing.views.exporter.filing import next_section

NEEDED = ("consignee", "end_user")


@refusals_told
def parties(request: HttpRequest, reference: str) -> HttpResponse:
    """The parties so far."""
    application = application_of(request, reference)
    rows = list(application.parties.all())
    may_edit = application.editable and may_file(request, application)
    if not rows and may_edit:
        return redirect(_adding(application, "consignee"))
    context = {
        "application": application,
        "rows": [of_party(row) for row in rows],
        "lacking": [role for role in NEEDED if role not in {row.role for row in rows}],
        "may_edit": may_edit,
        "next_url": next_section(application, "parties"),
    }
    return render(request, "exporter/parties.html", context)


@refusals_told
def add(request: HttpRequest, reference: str) -> HttpResponse:
    """A new party, empty or taken over from an earlier application."""
    application = draft_of(request, reference)
    if request.method == "POST":
        return _posted(request, application)
    earlier = applications.earlier_parties(application.organisation)
    role = request.GET.get("role", "")
    chosen = next((party for party in earlier if str(party.pk) == request.GET.get("from")), None)
    initial: dict[str, Any] = PartyForm.initial_of(chosen) if chosen else {}
    if role in Party.Role.values:
        initial["role"] = role
    form = PartyForm(initial=initial)
    return _page(request, application, form, owners_form(rows=chosen.owner_rows if chosen else []), earlier=earlier)


@refusals_told
def party(request: HttpRequest, reference: str, party: int) -> HttpResponse:
    """Change a party."""
    application = draft_of(request, reference)
    stored = get_object_or_404(application.parties, pk=party)
    if request.method == "POST":
        return _posted(request, application, stored)
    form = PartyForm(initial=PartyForm.initial_of(stored))
    return _page(request, application, form, owners_form(rows=stored.owner_rows), stored)


@refusals_told
def remove(request: HttpRequest, reference: str, party: int) -> HttpResponse:
    """Remove a party, asked once."""
    application = draft_of(request, reference)
    stored = get_object_or_404(application.parties, pk=party)
    if request.method == "POST":
        applications.remove_party(application=application, actor=person_of(request), party=stored.pk)
        return redirect("exporter-parties", reference)
    context = {
        "question": _("Remove %(name)s from this application?") % {"name": stored.name},
        "consequences": [_("Its owners go with it. Other applications keep theirs.")],
        "action": request.path,
        "label": _("Remove the party"),
        "grave": True,
        "cancel_url": reverse("exporter-parties", args=[reference]),
    }
    return render(request, "exporter/confirm.html", context)


def _posted(request: HttpRequest, application: Application, stored: Party | None = None) -> HttpResponse:
    act = request.POST.get("act", "save")
    if act == "add_row" or act.startswith("drop_"):
        rows = typed_rows(request.POST)
        dropped = act.removeprefix("drop_")
        if dropped.isdigit() and int(dropped) < len(rows):
            del rows[int(dropped)]
        form = PartyForm(initial={name: request.POST.get(name, "") for name in FIELDS})
        return _page(request, application, form, owners_form(rows=rows), stored)
    form, owners = PartyForm(request.POST), owners_form(request.POST)
    if not (form.is_valid() & owners.is_valid()):
        return _page(request, application, form, owners, stored)
    saved = applications.put_party(
        application=application,
        actor=person_of(request),
        values={**form.cleaned_data, "owners": owners.values()},
        party=stored.pk if stored else None,
    )
    messages.success(request, _("%(name)s is saved.") % {"name": saved.name})
    if act == "another":
        return redirect("exporter-party-add", application.reference)
    if saved.role == Party.Role.CONSIGNEE and not application.parties.filter(role=Party.Role.END_USER).exists():
        return redirect(_adding(application, Party.Role.END_USER))
    return redirect(next_section(application, "parties"))


def _adding(application: Application, role: str) -> str:
    return reverse("exporter-party-add", args=[application.reference], query={"role": role})


def _page(
    request: HttpRequest,
    application: Application,
    form: PartyForm,
    owners: BaseOwners,
    stored: Party | None = None,
    *,
    earlier: list[Party] | None = None,
) -> HttpResponse:
    context = {
        "application": application,
        "form": form,
        "owners": owners,
        "party": stored,
        "earlier": earlier or [],
        "role": request.GET.get("role", ""),
    }
    return render(request, "exporter/party.html", context)
