"""Giving advice on a case."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from licensing.access import person_of
from licensing.forms.advice import AdviceForm
from licensing.services import review
from licensing.services.errors import Refused
from licensing.views.officer.cases import case_of, facts
from licensing.views.officer.refusals import tell


def advise(request: HttpRequest, reference: str) -> HttpResponse:
    row = case_of(request, reference)
    form = AdviceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            review.advise(application=row, actor=person_of(request), **form.cleaned_data)
        except Refused as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("Your advice is kept with the case."))
            return redirect("officer-case", row.reference)
    return render(request, "officer/advise.html", {**facts(row), "form": form})
