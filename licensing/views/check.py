"""Do I need a licence? Three questions and a day; the answer, its reasons, and what to do next. No log-in.

Nobody is named here, so the answer says nothing of any list of names, published or not.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from licensing.forms.check import CheckForm, entry_label, without_lists
from licensing.forms.words import (
    CLOCK_SENTENCES,
    DOCUMENT_KIND_NAMES,
    FAMILY_NAMES,
    LICENCE_KIND_NAMES,
    OUTCOME_NAMES,
    country_name,
    name_in,
    sentence,
    walk,
)
from licensing.rules.classification import Standing
from licensing.rules.countries import EU_MEMBERS
from licensing.rules.determination import Determination, determine
from licensing.rules.facts import Facts
from licensing.rules.findings import Outcome
from licensing.rules.law import ControlItem, LawBook, NoLawInForce
from licensing.rules.outlook import Change, next_change
from licensing.services.law import law_book
from licensing.views.reasons import announcement_url, flag_words, in_words, outcome_sentence

FILES = frozenset({Outcome.LICENCE_REQUIRED, Outcome.PRESUMPTION_OF_DENIAL, Outcome.REFER})
"""Outcomes after which an application can be filed."""
TOLD_OTHERWISE = frozenset({"suspension_ends_soon", "future_measure_known", "parameters_missing"})
"""Flags whose content a note with its date says."""


def check(request: HttpRequest) -> HttpResponse:
    """The questions and, once they are asked, the answer. A GET form: every answer has an address."""
    today = timezone.localdate()
    try:
        book = law_book()
    except NoLawInForce:
        return render(request, "public/check.html", {"no_law": gettext("No law is loaded yet.")}, status=503)
    asked = any(name in request.GET for name in ("goods", "destination", "end_use"))
    form = CheckForm(request.GET if asked else None, book=book, today=today)
    context: dict[str, Any] = {"form": form, "asked": asked}
    if asked and form.is_valid():
        on = form.cleaned_data["on"]
        if form.to_choose:
            context |= {"choices": [_choice(item, request, on) for item in form.entries], "none_url": _none(request)}
        else:
            context |= _answer(request, form, book, on, today)
    return render(request, "public/check.html", context)


def _answer(request: HttpRequest, form: CheckForm, book: LawBook, on: date, today: date) -> dict[str, Any]:
    facts = form.facts()
    try:
        answer = determine(facts, book, on=on)
        change = next_change(facts, book, on=on)
    except NoLawInForce:
        return {"no_law": _no_law(book, on)}
    item = form.item or _classified(answer, book)
    notes = list(_notes(answer, change, facts, today))
    return {
        "answer": answer,
        "sentence": outcome_sentence(answer),
        "decider": {
            "label": answer.deciding_measure,
            "url": announcement_url(answer.deciding_measure, on=on),
            "title": _title(book, answer.deciding_measure),
        },
        "item": item,
        "item_label": entry_label(item) if item else "",
        "item_url": reverse("control-item", args=[item.key], query={"on": on.isoformat()}) if item else "",
        "others": [_choice(other, request, on) for other in form.found.entries if item and other.key != item.key],
        "notes": notes,
        "has_watch": any(note["kind"] != "note" for note in notes),
        "stops": _stops(facts),
        "marked": marked_stops(answer),
        "reasons": in_words(without_lists(answer.reasons, book), on=on),
        "documents": [DOCUMENT_KIND_NAMES[kind] for kind in answer.documents],
        "licence_kinds": [LICENCE_KIND_NAMES[kind] for kind in answer.licence_kinds],
        "clock": CLOCK_SENTENCES[answer.clock],
        "start_url": _start(request, form, item) if answer.outcome in FILES else "",
        "missing_properties": "parameters_missing" in answer.flags or "classification_unclear" in answer.flags,
    }


def _classified(answer: Determination, book: LawBook) -> ControlItem | None:
    """The entry that the customs code and properties led to."""
    line = answer.lines[0]
    if line.classification != Standing.LISTED:
        return None
    return next((item for item in book.items if item.key == line.item_key), None)


def _no_law(book: LawBook, on: date) -> str:
    first = book.framework[0].in_force if book.framework else None
    if first is None:
        return gettext("No law is loaded yet.")
    return gettext(
        "No export-control law of this regime was in force on %(day)s. The first day covered is %(first)s."
    ) % {"day": on.isoformat(), "first": first.start.isoformat()}


def _title(book: LawBook, ref: str) -> str:
    announcement = book.announcements.get(ref)
    return name_in(announcement.title_en, announcement.title_zh) if announcement else ""


def _notes(answer: Determination, change: Change | None, facts: Facts, today: date) -> Iterator[dict[str, str]]:
    """What to watch, gravest first: suspensions with their last day, the next change, flags, the end user's country."""
    seen: set[str] = set()
    for reason in walk(answer.reasons):
        last = reason.values.get("last_day", "-")
        if last == "-" or (text := sentence(reason)) in seen:
            continue
        seen.add(text)
        left = (date.fromisoformat(last) - answer.on).days + 1
        days = ngettext("%(count)s day is left.", "%(count)s days are left, the last one included.", left) % {
            "count": left
        }
        yield {"kind": "note", "title": flag_words("suspension_ends_soon", ends=date.fromisoformat(last)),
               "text": f"{text} {days}"}  # fmt: skip
    if change:
        yield _coming(change, today)
    for flag in answer.flags:
        if flag not in TOLD_OTHERWISE or (flag == "future_measure_known" and not change):
            yield {"kind": "neutral", "title": "", "text": flag_words(flag)}
    end_user = next((party.country for party in facts.parties if party.role == "end_user"), "")
    if end_user and end_user != facts.final_destination:
        yield {
            "kind": "neutral",
            "title": "",
            "text": gettext(
                "The end user is in another country (%(end_user)s) than the final destination (%(destination)s): "
                "say so when you apply and declare, or customs asks about it and holds the goods."
            )
            % {"end_user": country_name(end_user), "destination": country_name(facts.final_destination)},
        }


def _coming(change: Change, today: date) -> dict[str, str]:
    values = {
        "day": change.on.isoformat(),
        "outcome": OUTCOME_NAMES[change.determination.outcome],
        "measure": change.determination.deciding_measure,
    }
    if change.unless_extended and change.on > today:
        text = gettext("From %(day)s, unless extended: %(outcome)s (%(measure)s).")
    else:
        text = gettext("From %(day)s: %(outcome)s (%(measure)s).")
    return {"kind": "note", "title": gettext("The answer changes"), "text": text % values}


def _stops(facts: Facts) -> list[str]:
    ends = [facts.final_destination, *(party.country for party in facts.parties)]
    return list(dict.fromkeys(stop for stop in (facts.ship_from, *facts.transit, *ends) if stop))


def marked_stops(answer: Determination) -> set[str]:
    """Countries that a measure tried on this case speaks of, and that it does not leave alone."""
    places = {
        reason.values["destination"]
        for reason in walk(answer.reasons)
        if reason.rule in ("measure", "reexport") and reason.verdict != "not" and "destination" in reason.values
    }
    return places | (set(EU_MEMBERS) if "EU" in places else set())


def _choice(item: ControlItem, request: HttpRequest, on: date) -> dict[str, Any]:
    query = request.GET.copy()
    query["goods"] = entry_label(item)
    query.pop("none", None)
    return {
        "code": item.code,
        "name": name_in(item.name_en, item.name_zh),
        "other_name": item.name_zh if name_in("a", "b") == "a" else item.name_en,
        "family": FAMILY_NAMES[item.family],
        "threshold": item.threshold,
        "listed": on in item.in_force and not item.suspended(on),
        "url": f"?{query.urlencode()}",
    }


def _none(request: HttpRequest) -> str:
    query = request.GET.copy()
    query["none"] = request.GET.get("goods", "")
    return f"?{query.urlencode()}"


def _start(request: HttpRequest, form: CheckForm, item: ControlItem | None) -> str:
    """The first page of an application, with these answers: countries as codes, the entry and customs code found."""
    given = form.cleaned_data
    query = QueryDict(mutable=True)
    for name in request.GET:
        if name.startswith("p_") or name in ("goods", "named"):
            query.setlist(name, [str(value) for value in request.GET.getlist(name)])
    query["item"] = item.key if item else ""
    query["hs"] = form.found.hs
    for name in ("destination", "end_user_country", "end_use", "transaction"):
        query[name] = given[name]
    query.setlist("transit", given["transit"])
    return f"{reverse('exporter-start')}?{query.urlencode()}"
