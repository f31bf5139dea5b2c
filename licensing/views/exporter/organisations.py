"""The company: what is registered of it, and who acts for it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from licensing.access import person_of
from licensing.forms.organisations import MemberForm
from licensing.models import Membership, Organisation
from licensing.rules.roles import Role
from licensing.services import organisations
from licensing.services.errors import Refused
from licensing.views.exporter.cases import companies_of


def organisation(request: HttpRequest) -> HttpResponse:
    """The person's companies with their people."""
    own = [company.organisation for company in companies_of(request)]
    return render(request, "exporter/organisation.html", _context(request, own))


def add_member(request: HttpRequest) -> HttpResponse:
    """Give somebody a role in the company that the person administers."""
    company = get_object_or_404(Organisation, pk__in=_administered(request)[:1])
    form = MemberForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            membership = organisations.add_member(
                organisation=company,
                actor=person_of(request),
                email=told["email"],
                name=told["name"],
                role=Role(told["role"]),
                password=told["password"],
            )
        except Refused as refusal:
            form.add_error("email", str(refusal))
        else:
            messages.success(request, _("%(name)s can log in now.") % {"name": membership.user.name})
            return redirect("exporter-organisation")
    return render(request, "exporter/member.html", {"form": form, "organisation": company})


def end_member(request: HttpRequest, membership: int) -> HttpResponse:
    """Take a role away, asked once."""
    row = get_object_or_404(
        Membership.objects.select_related("user", "organisation"),
        pk=membership,
        organisation__in=_administered(request),
        ended_at=None,
    )
    if request.method == "POST":
        try:
            organisations.end_membership(membership=row, actor=person_of(request))
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("%(name)s no longer has this role.") % {"name": row.user.name})
        return redirect("exporter-organisation")
    context = {
        "question": _("End the role of %(name)s?") % {"name": row.user.name},
        "consequences": [
            _("Role: %(role)s in %(company)s.") % {"role": row.get_role_display(), "company": row.organisation},
            _("It ends at once, on every device. What the person did stays on record."),
        ],
        "action": request.path,
        "label": _("End the role"),
        "grave": True,
        "cancel_url": reverse("exporter-organisation"),
    }
    return render(request, "exporter/confirm.html", context)


def _administered(request: HttpRequest) -> list[int]:
    return [company.organisation for company in companies_of(request, frozenset({Role.COMPANY_ADMIN}))]


def _context(request: HttpRequest, own: list[int]) -> dict[str, object]:
    members = (
        Membership.objects.filter(organisation__in=own, ended_at=None)
        .select_related("user")
        .order_by("user__name", "id")
    )
    by_company: dict[int, list[Membership]] = {}
    for member in members:
        by_company.setdefault(member.organisation_id, []).append(member)
    administered = set(_administered(request))
    return {
        "companies": [
            {
                "organisation": company,
                "members": by_company.get(company.pk, []),
                "administered": company.pk in administered,
            }
            for company in Organisation.objects.filter(pk__in=own).order_by("name_en")
        ]
    }
