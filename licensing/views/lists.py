"""The desk of list keepers: which law is loaded, what turns in the next weeks, what has to be verified. Read only."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from licensing.forms.words import ANNOUNCEMENT_KIND_NAMES, SCOPE_NAMES, name_in
from licensing.models import Announcement, ControlItem, DestinationMeasure, HsCode
from licensing.rules import law
from licensing.rules.law import LawBook, NoLawInForce
from licensing.rules.law_lines import Turn
from licensing.rules.law_lives import life
from licensing.services.law import current_version, law_book
from licensing.views.reasons import announcement_url

type Table = type[Announcement] | type[ControlItem] | type[DestinationMeasure] | type[HsCode]
TABLES: dict[Table, Promise] = {
    Announcement: _("Announcements"),
    ControlItem: _("Entries"),
    DestinationMeasure: _("Measures"),
    HsCode: _("HS codes"),
}
AHEAD = 60
"""Days that the page looks ahead."""
BACK = 14
"""Days that it looks back: what ended just now may have been extended."""
TO_VERIFY = Q(status__endswith="_check") | Q(status__startswith="verify")


def lists(request: HttpRequest) -> HttpResponse:
    """Version and size of the law, its turns from two weeks ago to two months ahead, and rows to verify."""
    today = timezone.localdate()
    version = current_version()
    try:
        book = law_book(version)
    except NoLawInForce:
        return render(request, "lists/lists.html", {"version": None})
    context = {
        "version": version,
        "tables": [_size(model) for model in TABLES],
        "turns": _turns(book, today - timedelta(days=BACK), today + timedelta(days=AHEAD), today),
        "ahead": AHEAD,
        "back": BACK,
        "to_verify": [
            {
                "ref": announcement.ref,
                "url": announcement_url(announcement.ref),
                "title": name_in(announcement.title_en, announcement.title_zh),
                "kind": ANNOUNCEMENT_KIND_NAMES[announcement.kind],
                "status": announcement.status,
            }
            for announcement in Announcement.objects.filter(TO_VERIFY).order_by("ref")
        ],
        "unofficial_codes": ControlItem.objects.filter(hs_confidence="decoded_2026").count(),
    }
    return render(request, "lists/lists.html", context)


def _size(model: Table) -> dict[str, Any]:
    counts = model.objects.aggregate(
        rows=Count("pk"),
        recalled=Count("pk", filter=Q(confidence="recalled")),
        derived=Count("pk", filter=Q(confidence="derived")),
    )
    return {"name": TABLES[model], **counts}


def _turns(book: LawBook, first: date, last: date, today: date) -> list[dict[str, Any]]:
    """Days on which rules begin, end, are suspended or resume; rules with the same turn and notice in one row."""
    rows: dict[tuple[date, Turn, str, str], list[dict[str, str]]] = {}
    all_rules: tuple[law.ControlItem | law.Measure, ...] = (*book.items, *book.measures)
    for rule in all_rules:
        for event in life(rule, book.announcements):
            if first <= event.on <= last and event.turn is not Turn.ANNOUNCED:
                key = (event.on, event.turn, rule.announcement, event.announcement or "")
                rows.setdefault(key, []).append(_named(rule))
    return [
        {
            "on": on,
            "turn": turn.value,
            "ref": ref,
            "url": announcement_url(ref, on=on),
            "by": by,
            "by_url": announcement_url(by, on=on) if by else "",
            "rules": rules,
            "days": (on - today).days,
            "past": on < today,
        }
        for (on, turn, ref, by), rules in sorted(rows.items(), key=lambda pair: pair[0])
    ]


def _named(rule: law.ControlItem | law.Measure) -> dict[str, str]:
    if isinstance(rule, law.Measure):
        return {"name": f"({rule.paragraph}) {SCOPE_NAMES[rule.scope]}", "url": announcement_url(rule.announcement)}
    name = rule.code or name_in(rule.name_en, rule.name_zh)
    return {"name": name, "url": reverse("control-item", args=[rule.key])}
