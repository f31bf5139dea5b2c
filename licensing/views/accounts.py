"""Where a person lands after log-in, and how a company asks to be let in."""

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language

from licensing.access import may_open, person_of, roles_of
from licensing.forms.organisations import CompanyForm, RegistrationForm
from licensing.models import Membership, Organisation
from licensing.rules.roles import Role
from licensing.services import organisations
from licensing.services.errors import Refused

DESKS = ("officer", "lists", "exporter")


def desk(request: HttpRequest) -> HttpResponse:
    """Send a person to the own desk. Who has none yet is told what it waits for."""
    person = person_of(request)
    for name in DESKS:
        if may_open(name, person):
            return redirect(name)
    if Role.CUSTOMS_OFFICER in roles_of(person):
        return redirect("verify")
    membership = (
        Membership.objects.filter(user=person, ended_at=None).select_related("organisation").order_by("-id").first()
    )
    return render(
        request,
        "account/waiting.html",
        {"organisation": membership.organisation if membership else None, "states": Organisation.State},
    )


def register(request: HttpRequest) -> HttpResponse:
    """Register a company with its first person."""
    form = RegistrationForm(request.POST or None)
    if request.method == "POST":
        if busy := ratelimit.consume_or_429(request, action="signup"):
            return busy
        if form.is_valid():
            told = form.cleaned_data
            try:
                organisations.register(
                    person={
                        "name": told["name"],
                        "email": told["email"],
                        "password": told["password"],
                        "language": get_language() or "en",
                    },
                    organisation={name: told[name] for name in CompanyForm.Meta.fields},
                )
            except Refused as refusal:
                form.add_error("uscc", str(refusal))
            else:
                return render(request, "account/registered.html", {"name": told["name_en"], "email": told["email"]})
    return render(request, "account/register.html", {"form": form})
