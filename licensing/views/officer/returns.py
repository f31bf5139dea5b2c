"""Returning a filing with every defect at once."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from licensing.access import person_of
from licensing.forms.returns import ReturnForm
from licensing.services import moves, review
from licensing.services.errors import Refused
from licensing.views.officer.cases import case_of, facts
from licensing.views.officer.refusals import tell


def send_back(request: HttpRequest, reference: str) -> HttpResponse:
    """The form starts with what the filing lacks; the officer adds what else has to be mended."""
    row = case_of(request, reference)
    form = ReturnForm(request.POST or None, missing=moves.missing(row))
    if request.method == "POST" and form.is_valid():
        try:
            review.send_back(application=row, actor=person_of(request), defects=form.defects)
        except Refused as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("Returned. The exporter is told everything that is missing."))
            return redirect("officer-case", row.reference)
    return render(request, "officer/return.html", {**facts(row), "form": form})
