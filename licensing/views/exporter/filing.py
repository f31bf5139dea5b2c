"""From a finished draft to a filed application, or out of it: check the answers, sign, submit, withdraw."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from licensing.access import person_of
from licensing.forms.declarations import DeclarationForm
from licensing.models import Application
from licensing.rules.workflow import Status
from licensing.services import applications
from licensing.services.errors import Incomplete, NotAllowed
from licensing.views.exporter import answers as reading
from licensing.views.exporter.cases import application_of, draft_of, may_file, refusals_told
from licensing.views.exporter.progress import SECTION_PAGES, gap_rows, law_so_far, progress_of

ORDER = ("goods", "parties", "route", "end_use", "documents", "declaration")


def next_section(application: Application, after: str) -> str:
    """The page to go on with: the next section that is not visibly settled, without any query."""
    for section in ORDER[ORDER.index(after) + 1 :]:
        settled = {
            "route": application.destination and application.contract_number,
            "end_use": application.end_use_category and application.end_use and application.end_use_site,
        }
        if not settled.get(section):
            return reverse(SECTION_PAGES[section], args=[application.reference])
    return reverse("exporter-answers", args=[application.reference])


@refusals_told
def declaration(request: HttpRequest, reference: str) -> HttpResponse:
    """Sign that all is true."""
    application = draft_of(request, reference)
    form = DeclarationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        applications.declare(application=application, actor=person_of(request))
        messages.success(request, _("The declaration is signed."))
        return redirect("exporter-answers", reference)
    return render(request, "exporter/declaration.html", {"application": application, "form": form})


@refusals_told
def answers(request: HttpRequest, reference: str) -> HttpResponse:
    """Everything as the authority will read it."""
    application = application_of(request, reference)
    if not application.editable:
        return redirect("exporter-application", reference)
    progress = progress_of(application, on=timezone.localdate())
    may_edit = may_file(request, application)
    context = {
        "application": application,
        "answers": reading.of_content(progress.content, reference=reference if may_edit else ""),
        "gaps": gap_rows(application, progress.gaps),
        "law": law_so_far(progress),
        "may_file": may_edit,
    }
    return render(request, "exporter/answers.html", context)


@refusals_told
def submit(request: HttpRequest, reference: str) -> HttpResponse:
    """Submit, asked once. What is missing is listed, each with its field."""
    application = draft_of(request, reference)
    if request.method != "POST":
        return render(request, "exporter/submit.html", {"application": application})
    try:
        applications.submit(application=application, actor=person_of(request), on=timezone.localdate())
    except Incomplete as incomplete:
        context = {
            "application": application,
            "refusal": str(incomplete),
            "gaps": gap_rows(application, incomplete.gaps),
        }
        return render(request, "exporter/submit.html", context, status=422)
    messages.success(request, _("%(reference)s is submitted.") % {"reference": reference})
    return redirect("exporter-application", reference)


@refusals_told
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    """Withdraw an application or discard a draft, asked once."""
    application = application_of(request, reference)
    if not may_file(request, application) or application.closed:
        raise NotAllowed(_("This application cannot be withdrawn now, or not by you."))
    draft = application.stage == Status.DRAFT
    if request.method == "POST":
        applications.withdraw(application=application, actor=person_of(request))
        messages.success(request, _("%(reference)s is withdrawn.") % {"reference": reference})
        return redirect("exporter")
    context = {
        "question": (_("Discard the draft %(reference)s?") if draft else _("Withdraw %(reference)s?"))
        % {"reference": reference},
        "consequences": [
            _("It cannot be taken up again. To export the goods you start a new application."),
            _("The draft stays readable.") if draft else _("The authority stops its review."),
        ],
        "action": request.path,
        "label": _("Discard the draft") if draft else _("Withdraw the application"),
        "grave": True,
        "cancel_url": reverse("exporter-application", args=[reference]),
    }
    return render(request, "exporter/confirm.html", context)
