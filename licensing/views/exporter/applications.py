"""My applications, starting one, and the page of one: its task list, or how it stands."""

import csv
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from licensing.access import person_of
from licensing.forms.routes import StartForm, from_check
from licensing.forms.words import END_USE_NAMES, name_in
from licensing.models import Application, GoodsLine, Licence, Organisation, Party, Return
from licensing.models.applications import STATUS_NAMES, ApplicationQuerySet
from licensing.models.review import Outcome
from licensing.rules.roles import FILING_ROLES
from licensing.rules.workflow import Status
from licensing.services import applications
from licensing.services.errors import Refused
from licensing.views.exporter import answers, steps
from licensing.views.exporter.cases import application_of, companies_of, may_file
from licensing.views.exporter.paging import page_of
from licensing.views.exporter.progress import SECTION_NAMES, gap_rows, law_so_far, progress_of, task_rows

STATES: dict[str, tuple[Any, tuple[Status, ...]]] = {
    "mine": (gettext_lazy("Waiting for you"), (Status.DRAFT, Status.RETURNED)),
    "authority": (gettext_lazy("With the authority"), (Status.SUBMITTED, Status.REVIEW)),
    "granted": (gettext_lazy("Licence granted"), (Status.GRANTED,)),
    "closed": (
        gettext_lazy("Closed otherwise"),
        (Status.REFUSED, Status.NOT_REQUIRED, Status.WITHDRAWN, Status.SUPERSEDED),
    ),
}
MOST_EXPORTED = 10_000
SPREADSHEET_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r")


def _mine(request: HttpRequest) -> ApplicationQuerySet:
    """The applications of the person's companies that the filter of the address lets through."""
    own = [company.organisation for company in companies_of(request)]
    rows = Application.objects.visible_to(person_of(request)).filter(organisation__in=own)
    if (state := request.GET.get("state", "")) in STATES:
        rows = rows.filter(status__in=STATES[state][1])
    for word in request.GET.get("q", "").replace("\0", "").split()[:6]:
        goods = GoodsLine.objects.filter(
            Q(description__icontains=word) | Q(item_code__istartswith=word), application=OuterRef("pk")
        )
        parties = Party.objects.filter(
            Q(name__icontains=word) | Q(name_local__icontains=word), application=OuterRef("pk")
        )
        rows = rows.filter(Q(reference__icontains=word) | Exists(goods) | Exists(parties))
    return rows.select_related("licence", "organisation").prefetch_related("goods")


def my_applications(request: HttpRequest) -> HttpResponse:
    """What the person's companies have with the authority, newest first."""
    page = page_of(_mine(request), request)
    rows = [
        {"application": row, "goods": list(row.goods.all()), "step": steps.next_step(row, _licence_of(row))}
        for row in page.rows
    ]
    query = request.GET.copy()
    for name in ("before", "after"):
        query.pop(name, None)
    context = {
        "rows": rows,
        "page": page,
        "states": [(key, name) for key, (name, _statuses) in STATES.items()],
        "state": request.GET.get("state", ""),
        "words": request.GET.get("q", ""),
        "filtered": bool(request.GET.get("q") or request.GET.get("state")),
        "query": query.urlencode(),
        "may_start": bool(companies_of(request, FILING_ROLES)),
        "several": len(companies_of(request)) > 1,
    }
    return render(request, "exporter/applications.html", context)


def export(request: HttpRequest) -> HttpResponse:
    """The same list as CSV for a spreadsheet."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="applications-{timezone.localdate().isoformat()}.csv"'
    response.write("\N{BYTE ORDER MARK}")
    rows = csv.writer(response)
    rows.writerow(
        [
            _("Reference"),
            _("Company"),
            _("State"),
            _("Goods"),
            _("Destination"),
            _("Submitted"),
            _("Next"),
            _("Licence"),
        ]
    )
    for row in _mine(request).order_by("-pk")[:MOST_EXPORTED]:
        licence = _licence_of(row)
        cells = [
            row.reference,
            row.organisation.name_en,
            STATUS_NAMES[row.stage],
            "; ".join(line.description for line in row.goods.all()),
            row.destination.code or "",
            row.submitted_at.astimezone(timezone.get_current_timezone()).date().isoformat() if row.submitted_at else "",
            steps.next_step(row, licence).text,
            licence.number if licence else "",
        ]
        rows.writerow([_harmless(str(cell)) for cell in cells])
    return response


def _harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(SPREADSHEET_STARTS) else cell


def _licence_of(application: Application) -> Licence | None:
    return getattr(application, "licence", None)


def start(request: HttpRequest) -> HttpResponse:
    """Start an application; what `/check/` was asked comes along in the address."""
    companies = [
        (company.organisation, name_in(company.name_en, company.name_zh))
        for company in companies_of(request, FILING_ROLES)
    ]
    initial = from_check(request.GET)
    form = StartForm(request.POST or None, organisations=companies, initial=initial)
    if request.method == "POST" and form.is_valid():
        fields = form.values()
        if request.GET.get("end_use") in END_USE_NAMES:
            fields["end_use_category"] = request.GET["end_use"]
        try:
            application = applications.start(
                organisation=Organisation(pk=int(form.cleaned_data["organisation"])),
                actor=person_of(request),
                **fields,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            goods = {name: request.GET[name] for name in ("item", "hs") if request.GET.get(name)}
            return redirect(reverse("exporter-goods-add", args=[application.reference], query=goods or None))
    return render(request, "exporter/start.html", {"form": form, "carried": bool(initial)})


def application(request: HttpRequest, reference: str) -> HttpResponse:
    """The task list of a draft, or how a filed application stands."""
    found = application_of(request, reference)
    if found.editable:
        return _task_list(request, found, on=timezone.localdate())
    return _state(request, found)


def _task_list(request: HttpRequest, found: Application, *, on: date) -> HttpResponse:
    progress = progress_of(found, on=on)
    returned = Return.objects.filter(application=found).first() if found.stage == Status.RETURNED else None
    context = {
        "application": found,
        "tasks": task_rows(found, progress),
        "gaps": gap_rows(found, progress.gaps),
        "law": law_so_far(progress),
        "returned": returned,
        "defects": [
            {"section": SECTION_NAMES.get(defect["section"], ""), "text": defect["text"]} for defect in returned.defects
        ]
        if returned
        else [],
        "may_file": may_file(request, found),
    }
    return render(request, "exporter/task_list.html", context)


def _state(request: HttpRequest, found: Application) -> HttpResponse:
    filing = found.filings.order_by("-number").first()
    licence = Licence.objects.filter(application=found).prefetch_related("lines").first()
    decision = getattr(found, "decision", None) if found.closed else None
    content = filing.content if filing else applications.content_of(found)
    context = {
        "application": found,
        "step": steps.next_step(found, licence),
        "in_review": found.stage == Status.REVIEW,
        "passed": steps.working_days_passed(found),
        "events": steps.timeline(found, licence),
        "answers": answers.of_content(content),
        "files": set(found.documents.values_list("pk", flat=True)),
        "filing": filing,
        "decision": decision,
        "grounds": decision.recommendation.grounds if decision and decision.outcome != Outcome.GRANT else "",
        "licence": licence,
        "licence_state": licence.state_on(timezone.localdate()) if licence else "",
        "may_withdraw": may_file(request, found) and found.stage in (Status.SUBMITTED, Status.REVIEW),
    }
    return render(request, "exporter/state.html", context)
