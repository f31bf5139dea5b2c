"""Companies that ask to be let in."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from licensing.access import person_of
from licensing.forms.registrations import APPROVE, RegistrationDecisionForm
from licensing.models import Organisation
from licensing.rules.roles import OrganisationKind
from licensing.services import organisations
from licensing.services.errors import Refused
from licensing.views.officer.refusals import tell

DECIDED = 50


@require_safe
def registrations(request: HttpRequest) -> HttpResponse:
    """Those that wait, oldest first; then the latest decisions."""
    companies = Organisation.objects.filter(kind=OrganisationKind.EXPORTER)
    return render(
        request,
        "officer/registrations.html",
        {
            "pending": companies.filter(state=Organisation.State.PENDING).order_by("created_at")[:200],
            "decided": companies.exclude(state=Organisation.State.PENDING)
            .select_related("decided_by")
            .order_by("-decided_at")[:DECIDED],
        },
    )


def registration(request: HttpRequest, number: int) -> HttpResponse:
    company = get_object_or_404(Organisation, pk=number, kind=OrganisationKind.EXPORTER)
    form = RegistrationDecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        approve = form.cleaned_data["decision"] == APPROVE
        try:
            organisations.decide(
                organisation=company, actor=person_of(request), approve=approve, reason=form.cleaned_data["reason"]
            )
        except Refused as refusal:
            tell(form, refusal)
        else:
            messages.success(
                request,
                _("%(company)s is registered.") % {"company": company}
                if approve
                else _("The registration of %(company)s is refused.") % {"company": company},
            )
            return redirect("officer-registrations")
    return render(
        request,
        "officer/registration.html",
        {"company": company, "members": company.memberships.select_related("user"), "form": form},
    )
