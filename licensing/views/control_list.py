"""The control list of any chosen day, its entries with their lives, and the announcements behind them. No log-in."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from licensing.forms.control_list import ControlListForm
from licensing.forms.words import (
    ANNOUNCEMENT_KIND_NAMES,
    FAMILY_NAMES,
    MEASURE_KIND_NAMES,
    SCOPE_NAMES,
    condition_words,
    country_name,
    name_in,
)
from licensing.models import Announcement, ControlItem, Suspension
from licensing.rules import law
from licensing.rules.law import LawBook, NoLawInForce
from licensing.rules.law_lines import LawLine
from licensing.rules.law_lives import life, line
from licensing.rules.legal_bases import UNIFIED_LIST
from licensing.services.law import law_book
from licensing.views.reasons import announcement_url

PAGE = 50
SHOWN_CODES = 2
CSV_HEAD = (
    "code", "key", "name_en", "name_zh", "family", "hs_codes", "hs_codes_as_announced", "unit", "threshold",
    "announcement", "first_day", "last_day", "suspended_from", "suspended_until", "source", "confidence",
)  # fmt: skip
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
OVERSEAS_FAMILIES = frozenset({"rare_earth_mh", "rare_earth_magnet"})


def control_list(request: HttpRequest) -> HttpResponse:
    """Entries in force on a day, found by code, name, HS code or family; a page at a time, or all as CSV."""
    today = timezone.localdate()
    form = ControlListForm(request.GET or None, today=today)
    if form.is_bound and not form.is_valid():
        return render(request, "public/control_list.html", {"form": form}, status=400)
    given = form.cleaned_data if form.is_bound else {}
    on = form.day if form.is_bound else today
    listed = ControlItem.objects.listed_on(on)
    found = listed.search(given.get("q", ""), hs=given.get("hs", ""), family=given.get("family", ""))
    if request.GET.get("format") == "csv":
        return _csv(_with_suspensions(found, on), on)
    counts = found.aggregate(found=Count("pk"), suspended=Count("pk", filter=Q(is_suspended=True)))
    rows, page = _page(request, _with_suspensions(found, on))
    context = {
        "form": form,
        "on": on,
        "rows": [_row(item, on) for item in rows],
        "counts": counts,
        "total": listed.count(),
        "page": page,
        "csv_url": _url(request, format="csv"),
        "filtered": any(given.get(name) for name in ("q", "family", "hs")),
        "clear_url": reverse("control-list", query={"on": on.isoformat()}),
    }
    return render(request, "public/control_list.html", context)


def _with_suspensions(items: QuerySet[ControlItem], on: date) -> QuerySet[ControlItem]:
    of_day = Suspension.objects.filter(period__contains=on)
    return items.prefetch_related(Prefetch("suspensions", queryset=of_day, to_attr="suspensions_of_day"))


def _page(request: HttpRequest, items: QuerySet[ControlItem]) -> tuple[list[ControlItem], dict[str, str]]:
    """A page after, or before, a key. On one day a key names one entry, so it is the whole cursor."""
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    if "\0" in after + before:
        raise Http404
    if before:
        rows = list(items.filter(key__lt=before).order_by("-key")[: PAGE + 1])
        more_before, more_after = len(rows) > PAGE, True
        rows = rows[:PAGE][::-1]
    else:
        rows = list((items.filter(key__gt=after) if after else items)[: PAGE + 1])
        more_before, more_after = bool(after), len(rows) > PAGE
        rows = rows[:PAGE]
    return rows, {
        "next": _url(request, after=rows[-1].key) if rows and more_after else "",
        "previous": _url(request, before=rows[0].key) if rows and more_before else "",
    }


def _url(request: HttpRequest, **changed: str) -> str:
    query = request.GET.copy()
    for name in ("after", "before", "format"):
        query.pop(name, None)
    for name, value in changed.items():
        query[name] = value
    return f"?{query.urlencode()}"


def _row(item: ControlItem, on: date) -> dict[str, Any]:
    suspension: Suspension | None = next(iter(item.suspensions_of_day), None)  # type: ignore[attr-defined]
    codes = item.hs_codes or item.hs_codes_as_announced
    return {
        "code": item.code,
        "name": name_in(item.name_en, item.name_zh),
        "other_name": _other_name(item.name_en, item.name_zh),
        "family": FAMILY_NAMES[item.family],
        "hs_codes": codes,
        "more_codes": max(len(codes) - SHOWN_CODES, 0),
        "threshold": item.threshold,
        "since": item.in_force.start,
        "announcement": item.announcement_id,
        "announcement_url": announcement_url(item.announcement_id, on=on),
        "suspended_until": suspension.period.last_day if suspension else None,
        "is_suspended": suspension is not None,
        "url": reverse("control-item", args=[item.key], query={"on": on.isoformat()}),
    }


def _other_name(english: str, chinese: str) -> str:
    """The name that `name_in` does not show, if there is one."""
    shown = name_in(english, chinese)
    return next((name for name in (english, chinese) if name and name != shown), "")


def _csv(items: QuerySet[ControlItem], on: date) -> HttpResponse:
    """Every entry found, for spreadsheets: with a byte order mark, and nothing that one would run as a formula."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="control-list-{on.isoformat()}.csv"'
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow(CSV_HEAD)
    for item in items:
        suspension = next(iter(item.suspensions_of_day), None)  # type: ignore[attr-defined]
        period = suspension.period if suspension else None
        cells = (
            item.code, item.key, item.name_en, item.name_zh, item.family, ";".join(item.hs_codes),
            ";".join(item.hs_codes_as_announced), item.unit, item.threshold, item.announcement_id, item.in_force.start,
            item.in_force.last_day, period and period.start, period and period.last_day, item.source, item.confidence,
        )  # fmt: skip
        writer.writerow([_cell(cell) for cell in cells])
    return response


def _cell(value: Any) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text


@dataclass(frozen=True)
class RuleLife:
    """A rule of the law as a page shows it: its name, its line, and every turn of its life with what ordered it."""

    name: str
    url: str
    line: LawLine
    turns: tuple[dict[str, Any], ...]


def _life(rule: law.ControlItem | law.Measure, book: LawBook, *, name: str, on: date, today: date) -> RuleLife:
    turns = tuple(
        {
            "on": event.on,
            "turn": event.turn.value,
            "label": event.announcement or "",
            "url": announcement_url(event.announcement, on=event.on) if event.announcement else "",
        }
        for event in life(rule, book.announcements)
    )
    return RuleLife(
        name, announcement_url(rule.announcement, on=on), line(rule, book.announcements, today=today), turns
    )


def _book() -> LawBook:
    try:
        return law_book()
    except NoLawInForce as error:
        raise Http404 from error


def _day(request: HttpRequest) -> date:
    """The day asked for; today when none is, or none that is one."""
    try:
        return date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return timezone.localdate()


def item(request: HttpRequest, key: str) -> HttpResponse:
    """One entry: names, codes, threshold, its life, and the measures that bear on its family."""
    on, today = _day(request), timezone.localdate()
    records = [] if "\0" in key else list(ControlItem.objects.filter(key=key).order_by("in_force"))
    if not records:
        raise Http404
    record = next((record for record in records if on in record.in_force), records[-1])
    book = _book()
    entry = next(i for i in book.items if i.key == key and i.in_force == record.in_force)
    suspension = entry.suspended(on)
    list_notice = book.announcements.get(UNIFIED_LIST)
    context = {
        "item": record,
        "name": name_in(record.name_en, record.name_zh),
        "other_name": _other_name(record.name_en, record.name_zh),
        "family": FAMILY_NAMES[record.family],
        "on": on,
        "in_force": on in record.in_force,
        "suspended_until": suspension.period.last_day if suspension else None,
        "suspended": suspension,
        "condition": condition_words(entry.condition),
        "announcement": _link(book, entry.announcement, on),
        "unified_list": _link(book, UNIFIED_LIST, on)
        if list_notice and list_notice.in_force and on in list_notice.in_force
        else None,
        "life": _life(entry, book, name=record.code or name_in(record.name_en, record.name_zh), on=on, today=today),
        "measures": [
            _measure(measure, book, on=on, today=today)
            for measure in _bearing_on(book, record.family)
            if measure.scope != "all" and measure.scope != "unlisted"
        ],
        "general_measures": [
            _measure(measure, book, on=on, today=today)
            for measure in _bearing_on(book, record.family)
            if measure.scope == "all"
        ],
        "sources": record.source.split(" ; "),
        "check_url": reverse("check", query={"goods": f"{record.code} {record.name_en}".strip(), "on": on.isoformat()}),
        "back_url": reverse("control-list", query={"on": on.isoformat()}),
    }
    return render(request, "public/control_item.html", context)


def _bearing_on(book: LawBook, family: str) -> Iterable[law.Measure]:
    """Measures on the family, on all listed goods, and on rare earths abroad; none that turn on a list of names."""
    scopes = {family, "all"} | ({"rare_earth_overseas"} if family in OVERSEAS_FAMILIES else set())
    return (m for m in book.measures if m.scope in scopes and not m.turns_on_listing)


def _measure(measure: law.Measure, book: LawBook, *, on: date, today: date) -> dict[str, Any]:
    suspension = measure.suspended(on)
    name = f"{measure.announcement} ({measure.paragraph})" if measure.paragraph else measure.announcement
    state = "none"
    if on in measure.in_force:
        state = "suspended" if suspension else "in_force"
    elif on < measure.in_force.start:
        state = "coming"
    return {
        "name": name,
        "kind": MEASURE_KIND_NAMES[measure.kind],
        "scope": SCOPE_NAMES[measure.scope],
        "destination": country_name(measure.destination),
        "text": measure.text,
        "state": state,
        "until": suspension.period.last_day if suspension else None,
        "life": _life(measure, book, name=name, on=on, today=today),
    }


def _link(book: LawBook, ref: str, on: date) -> dict[str, str]:
    announcement = book.announcements.get(ref)
    title = name_in(announcement.title_en, announcement.title_zh) if announcement else ""
    return {"label": ref, "title": title, "url": announcement_url(ref, on=on)}


def announcement(request: HttpRequest, ref: str) -> HttpResponse:
    """One announcement: titles, days, and all that it lists, measures, or suspends."""
    on, today = _day(request), timezone.localdate()
    record = None if "\0" in ref else Announcement.objects.filter(ref=ref).first()
    if record is None:
        raise Http404
    book = _book()
    listed = [entry for entry in book.items if entry.announcement == ref]
    measures = [_measure(m, book, on=on, today=today) for m in book.measures if m.announcement == ref]
    context = {
        "announcement": record,
        "on": on,
        "title": name_in(record.title_en, record.title_zh),
        "other_title": _other_name(record.title_en, record.title_zh),
        "kind": ANNOUNCEMENT_KIND_NAMES[record.kind],
        "in_force": record.in_force is not None and on in record.in_force,
        "items": [
            {
                "code": entry.code,
                "name": name_in(entry.name_en, entry.name_zh),
                "family": FAMILY_NAMES[entry.family],
                "since": entry.in_force.start,
                "last_day": entry.in_force.last_day,
                "url": reverse("control-item", args=[entry.key], query={"on": on.isoformat()}),
            }
            for entry in listed
        ],
        "measures": measures,
        "lives": _lives(measures),
        "suspends": list(_suspended_by(book, ref, on)),
        "suspensions": [
            {
                "start": s.period.start,
                "last_day": s.period.last_day,
                "label": s.ordered_by_id or "",
                "url": announcement_url(s.ordered_by_id, on=on) if s.ordered_by_id else "",
            }
            for s in record.suspensions.all()
        ],
        "sources": record.source.split(" ; "),
    }
    return render(request, "public/announcement.html", context)


def _lives(measures: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines of measures that were ever suspended; scopes of one paragraph with the same life share one."""
    shared: dict[tuple[str, LawLine], dict[str, Any]] = {}
    for measure in measures:
        if len(measure["life"].line.spans) > 1:
            key = measure["name"], measure["life"].line
            row = shared.setdefault(key, {"name": measure["name"], "line": key[1], "scopes": []})
            if measure["scope"] not in row["scopes"]:
                row["scopes"].append(measure["scope"])
    return list(shared.values())


def _suspended_by(book: LawBook, ref: str, on: date) -> Iterable[dict[str, Any]]:
    for entry in book.items:
        for suspension in entry.suspensions:
            if suspension.announcement == ref:
                name = f"{entry.code} {name_in(entry.name_en, entry.name_zh)}".strip()
                yield {"name": name, "url": reverse("control-item", args=[entry.key]), "period": suspension.period}
    for measure in book.measures:
        for suspension in measure.suspensions:
            if suspension.announcement == ref:
                name = gettext("%(ref)s para %(paragraph)s") % {
                    "ref": measure.announcement,
                    "paragraph": measure.paragraph,
                }
                yield {
                    "name": f"{name}: {SCOPE_NAMES[measure.scope]}",
                    "url": announcement_url(measure.announcement, on=on),
                    "period": suspension.period,
                }
