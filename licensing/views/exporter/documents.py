"""Documents: what is asked for and why, upload, download, removal."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from licensing.access import person_of
from licensing.forms.documents import WHY, DocumentsForm, with_other
from licensing.forms.words import DOCUMENT_KIND_NAMES, cite_label
from licensing.models import Application
from licensing.rules.findings import Cite
from licensing.services import applications
from licensing.views.downloads import attachment
from licensing.views.exporter.cases import application_of, draft_of, may_file, refusals_told
from licensing.views.exporter.filing import next_section
from licensing.views.exporter.progress import Progress, progress_of
from licensing.views.reasons import announcement_url


@refusals_told
def documents(request: HttpRequest, reference: str) -> HttpResponse:
    """A slot for each document that is asked for; several can be filled at once."""
    if request.method == "POST":
        application = draft_of(request, reference)
        form = DocumentsForm(request.POST, request.FILES, kinds=list(DOCUMENT_KIND_NAMES))
        if form.is_valid():
            papers = form.papers()
            if papers:
                applications.attach_all(application=application, actor=person_of(request), papers=papers)
                said = ngettext("%(count)d document is kept.", "%(count)d documents are kept.", len(papers))
                messages.success(request, said % {"count": len(papers)})
            if request.POST.get("act") == "next":
                return redirect(next_section(application, "documents"))
            return redirect("exporter-documents", reference)
    else:
        application = application_of(request, reference)
        form = None
    progress = progress_of(application, on=timezone.localdate())
    kinds = with_other((*progress.wanted, *(paper["kind"] for paper in progress.content["documents"])))
    if form is None:
        form = DocumentsForm(kinds=kinds)
    context = {
        "application": application,
        "form": form,
        "slots": [_slot(kind, form, progress) for kind in kinds],
        "may_edit": application.editable and may_file(request, application),
        "next_url": next_section(application, "documents"),
    }
    return render(request, "exporter/documents.html", context)


def _slot(kind: str, form: DocumentsForm, progress: Progress) -> dict[str, Any]:
    why, cites = WHY[kind]
    lines = [line.line for line in progress.found.lines if kind in line.documents] if progress.found else []
    several = progress.found is not None and 0 < len(lines) < len(progress.found.lines)
    return {
        "kind": kind,
        "name": DOCUMENT_KIND_NAMES[kind],
        "why": why,
        "lines": ", ".join(map(str, lines)) if several else "",
        "cites": [{"label": cite_label(Cite(*cite)), "url": announcement_url(cite[0])} for cite in cites],
        "papers": [paper for paper in progress.content["documents"] if paper["kind"] == kind],
        "field": form[kind],
        "wanted": kind in progress.wanted,
    }


def document(request: HttpRequest, reference: str, document: int) -> HttpResponseBase:
    """Download a document, always as a file, never shown by the browser."""
    application = application_of(request, reference)
    return download(application, document)


def download(application: Application, document: int) -> HttpResponseBase:
    paper = get_object_or_404(application.documents, pk=document)
    return attachment(paper.file, name=paper.name, media_type=paper.media_type)


@refusals_told
def remove(request: HttpRequest, reference: str, document: int) -> HttpResponse:
    """Remove a document, asked once."""
    application = draft_of(request, reference)
    paper = get_object_or_404(application.documents, pk=document)
    if request.method == "POST":
        applications.detach(application=application, actor=person_of(request), document=paper.pk)
        return redirect("exporter-documents", reference)
    context = {
        "question": _("Remove “%(name)s”?") % {"name": paper.name},
        "consequences": [_("Keep your own copy: it is not offered for download here any more.")],
        "action": request.path,
        "label": _("Remove the document"),
        "grave": True,
        "cancel_url": reverse("exporter-documents", args=[reference]),
    }
    return render(request, "exporter/confirm.html", context)
