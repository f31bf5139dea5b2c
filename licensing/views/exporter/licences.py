"""Licences: the list, one with its balance, and its paper."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from licensing.access import person_of
from licensing.models import Licence
from licensing.models.licences import LicenceQuerySet
from licensing.views.downloads import attachment
from licensing.views.exporter.cases import companies_of
from licensing.views.exporter.paging import page_of


def _mine(request: HttpRequest) -> LicenceQuerySet:
    own = [company.organisation for company in companies_of(request)]
    licences = Licence.objects.visible_to(person_of(request)).filter(organisation__in=own)
    return licences.select_related("application").prefetch_related("lines")


def licences(request: HttpRequest) -> HttpResponse:
    """The licences of the person's companies, newest first."""
    page = page_of(_mine(request), request)
    today = timezone.localdate()
    rows = [{"licence": row, "state": row.state_on(today), "lines": row.lines.all()} for row in page.rows]
    return render(request, "exporter/licences.html", {"rows": rows, "page": page})


def licence(request: HttpRequest, number: str) -> HttpResponse:
    """One licence: what it allows, until when, and what is left."""
    found = get_object_or_404(_mine(request), number=number)
    context = {
        "licence": found,
        "state": found.state_on(timezone.localdate()),
        "statement": found.statement,
        "lines": found.lines.all(),
        "verify_url": settings.PUBLIC_URL + reverse("verify-code", args=[found.code]),
    }
    return render(request, "exporter/licence.html", context)


def pdf(request: HttpRequest, number: str) -> HttpResponseBase:
    """The sealed paper. While it is being made, the page of the licence says so."""
    found = get_object_or_404(_mine(request), number=number)
    if not found.pdf:
        return redirect("exporter-licence", number)
    return attachment(found.pdf, name=f"{found.number}.pdf", media_type="application/pdf")
