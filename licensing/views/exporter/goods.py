"""Goods: the lines of an application, and finding the entry of the control list for each."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from licensing.access import person_of
from licensing.forms.goods import GoodsForm
from licensing.forms.words import name_in
from licensing.models import Application, ControlItem, GoodsLine
from licensing.services import applications
from licensing.views.exporter.cases import application_of, draft_of, may_file, refusals_told
from licensing.views.exporter.filing import next_section

MOST_ENTRIES = 12
SHORTEST_SEARCH = 2


@refusals_told
def goods(request: HttpRequest, reference: str) -> HttpResponse:
    """The lines so far."""
    application = application_of(request, reference)
    lines = list(application.goods.all())
    may_edit = application.editable and may_file(request, application)
    if not lines and may_edit:
        return redirect("exporter-goods-add", reference)
    context = {
        "application": application,
        "lines": lines,
        "may_edit": may_edit,
        "next_url": next_section(application, "goods"),
    }
    return render(request, "exporter/goods.html", context)


@refusals_told
def add(request: HttpRequest, reference: str) -> HttpResponse:
    """A new line; ``item`` and ``hs`` of the address may say already what it is."""
    application = draft_of(request, reference)
    if request.method == "POST":
        return _posted(request, application)
    item = _entry(request.GET.get("item", ""))
    form = GoodsForm(item=item, initial=_filled({"hs_code": request.GET.get("hs", "")}, item))
    return _page(request, application, form)


@refusals_told
def line(request: HttpRequest, reference: str, line: int) -> HttpResponse:
    """Change a line."""
    application = draft_of(request, reference)
    stored = get_object_or_404(application.goods, pk=line)
    if request.method == "POST":
        return _posted(request, application, stored)
    item = _listed().filter(code=stored.item_code).first() if stored.item_code else None
    return _page(request, application, GoodsForm.of(stored, item), stored)


@refusals_told
def remove(request: HttpRequest, reference: str, line: int) -> HttpResponse:
    """Remove a line, asked once."""
    application = draft_of(request, reference)
    stored = get_object_or_404(application.goods, pk=line)
    if request.method == "POST":
        applications.remove_goods(application=application, actor=person_of(request), line=stored.pk)
        return redirect("exporter-goods", reference)
    context = {
        "question": _("Remove line %(number)d, %(description)s?")
        % {"number": stored.number, "description": stored.description},
        "consequences": [_("The lines after it move up by one number.")],
        "action": request.path,
        "label": _("Remove the line"),
        "grave": True,
        "cancel_url": reverse("exporter-goods", args=[reference]),
    }
    return render(request, "exporter/confirm.html", context)


def items(request: HttpRequest) -> HttpResponse:
    """Entries of the control list that match what is being typed: a fragment of the goods page."""
    text = request.GET.get("find", "")
    return render(request, "exporter/entries.html", {"entries": _search(text), "find": text})


def _posted(request: HttpRequest, application: Application, stored: GoodsLine | None = None) -> HttpResponse:
    act = request.POST.get("act", "save")
    item = _entry(request.POST.get("item", "")) if act != "forget" else None
    if act in ("search", "choose", "forget"):
        typed = {name: request.POST[name] for name in request.POST}
        form = GoodsForm(item=item, initial=_filled(typed, item) if act == "choose" else typed)
        entries = _search(request.POST.get("find", "")) if act == "search" else []
        return _page(request, application, form, stored, entries=entries, searched=act == "search")
    form = GoodsForm(request.POST, item=item)
    if not form.is_valid():
        return _page(request, application, form, stored)
    saved = applications.put_goods(
        application=application, actor=person_of(request), values=form.values(), line=stored.pk if stored else None
    )
    messages.success(request, _("Line %(number)d is saved.") % {"number": saved.number})
    if act == "another":
        return redirect("exporter-goods-add", application.reference)
    return redirect(next_section(application, "goods"))


def _page(
    request: HttpRequest,
    application: Application,
    form: GoodsForm,
    stored: GoodsLine | None = None,
    *,
    entries: list[dict[str, Any]] | None = None,
    searched: bool = False,
) -> HttpResponse:
    context = {
        "application": application,
        "form": form,
        "line": stored,
        "chosen": _words(form.item) if form.item else None,
        "entries": entries or [],
        "searched": searched,
        "find": request.POST.get("find", ""),
    }
    return render(request, "exporter/goods_line.html", context)


def _listed() -> Any:
    return ControlItem.objects.listed_on(timezone.localdate())


def _entry(key: str) -> ControlItem | None:
    """The entry of today's control list with this key or code."""
    key = key.replace("\0", "")
    found = (_listed().filter(key=key).first() or _listed().filter(code=key).first()) if key else None
    return found if isinstance(found, ControlItem) else None


def _search(text: str) -> list[dict[str, Any]]:
    text = text.replace("\0", "").strip()
    if len(text) < SHORTEST_SEARCH:
        return []
    return [_words(item) for item in _listed().search(text)[:MOST_ENTRIES]]


def _words(item: ControlItem) -> dict[str, Any]:
    """An entry as the search shows it."""
    return {
        "key": item.key,
        "code": item.code,
        "name": name_in(item.name_en, item.name_zh),
        "other_name": item.name_zh if name_in(item.name_en, item.name_zh) == item.name_en else item.name_en,
        "hs": ", ".join(item.hs_codes or item.hs_codes_as_announced),
        "threshold": item.threshold,
    }


def _filled(typed: dict[str, Any], item: ControlItem | None) -> dict[str, Any]:
    """What an entry can say for the person where nothing was typed."""
    filled = {key: value for key, value in typed.items() if value}
    if item:
        codes = item.hs_codes or item.hs_codes_as_announced
        filled.setdefault("description", item.name_en)
        if len(codes) == 1:
            filled.setdefault("hs_code", codes[0])
        if "unit" not in filled and item.unit in {"kg", "g", "t", "piece", "set", "m", "m2", "l"}:
            filled["unit"] = item.unit
    return filled
