"""The queue: every case on the desk, one dense row each; the same rows as a CSV file."""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from licensing.access import person_of
from licensing.forms.queues import EVERY, SORT_NAMES, WAITING_NAMES, QueueForm
from licensing.forms.words import FAMILY_NAMES, OUTCOME_NAMES, country_name
from licensing.models import Application, Assignment, Determination
from licensing.models.applications import STATUS_NAMES
from licensing.regimes.calendar import working_calendar
from licensing.rules.determination import from_json
from licensing.rules.workflow import CLOSED, OPEN, Status
from licensing.services import queues
from licensing.services.queues import Place
from licensing.services.review import STATUTORY_WORKING_DAYS
from licensing.views.check import marked_stops

PAGE = 50
MOST_EXPORTED = 5000
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
EXPORT_COLUMNS = (
    "reference", "exporter", "goods", "quantity", "families", "route", "determination", "measure", "status",
    "waiting for", "received", "accepted", "due", "age in working days", "officer",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Clock:
    """The statutory clock of a case on a day, in working days; ``runs`` once it is accepted, ``due`` where limited."""

    runs: bool
    elapsed: int
    due: date | None
    late: bool
    total: int = STATUTORY_WORKING_DAYS


@dataclass(frozen=True, slots=True)
class Row:
    """One case as the queue shows it."""

    case: Application
    goods: str
    more_goods: int
    quantities: tuple[tuple[Decimal, str], ...]
    families: tuple[str, ...]
    stops: tuple[str, ...]
    marked: frozenset[str]
    outcome: str
    measure: str
    waiting: str
    age: int
    clock: Clock
    officer: str
    mine: bool
    filed_on: date


def queue(request: HttpRequest) -> HttpResponse:
    """The cases on this person's desk that the filter asks for, fifty at a time."""
    person, today = person_of(request), timezone.localdate()
    form = QueueForm(request.GET)
    chosen = form.values
    every = queues.queue(person)
    cases = queues.narrowed(every, chosen, person=person)
    rows, before, after = queues.page(_with_officer(cases), chosen["sort"], size=PAGE, place=_place(request.GET))
    by_outcome = queues.counts(queues.narrowed(every, _without(chosen, "outcome"), person=person), "outcome")
    by_status = queues.counts(queues.narrowed(every, {**chosen, "status": EVERY}, person=person), "status")
    total = sum(by_outcome.values()) if "outcome" not in chosen else by_outcome.get(chosen["outcome"], 0)
    return render(
        request,
        "officer/queue.html",
        {
            "form": form,
            "filtering": bool(_without(chosen, "sort")),
            "rows": list(_rows(rows, person.pk, today)),
            "total": total,
            "lead": ngettext("%(count)d case:", "%(count)d cases:", total) % {"count": total},
            "chips": list(_chips(chosen, request.GET)),
            "status_counts": list(_status_counts(by_status, chosen, request.GET)),
            "outcome_counts": list(_outcome_counts(by_outcome, chosen, request.GET)),
            "page": {
                "previous": _page_url(request.GET, queues.place_of(rows[0], chosen["sort"], back=True))
                if before and rows
                else "",
                "next": _page_url(request.GET, queues.place_of(rows[-1], chosen["sort"])) if after and rows else "",
            },
            "export_url": f"{reverse('officer-export')}?{_query(request.GET).urlencode()}",
        },
    )


def export(request: HttpRequest) -> HttpResponse:
    """The filtered queue as CSV, at most 5,000 rows. No cell can start a formula."""
    person, today = person_of(request), timezone.localdate()
    chosen = QueueForm(request.GET).values
    cases = queues.narrowed(queues.queue(person), chosen, person=person)
    rows, _before, _after = queues.page(_with_officer(cases), chosen["sort"], size=MOST_EXPORTED)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="queue-{today.isoformat()}.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    response.write("\ufeff")  # so that spreadsheets read the Chinese names
    writer = csv.writer(response)
    writer.writerow(EXPORT_COLUMNS)
    for row in _rows(rows, person.pk, today):
        writer.writerow([harmless(cell) for cell in _cells(row)])
    return response


def harmless(cell: Any) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = str(cell)
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) else text


def _cells(row: Row) -> list[Any]:
    case = row.case
    return [
        case.reference,
        case.organisation.names,
        row.goods + (f" (+{row.more_goods})" if row.more_goods else ""),
        "; ".join(f"{amount.normalize():f} {unit}" for amount, unit in row.quantities),
        "; ".join(row.families),
        " > ".join(row.stops),
        OUTCOME_NAMES.get(row.outcome, ""),
        row.measure,
        case.get_status_display(),
        row.waiting,
        row.filed_on,
        case.accepted_on or "",
        case.due_on or "",
        row.age,
        row.officer,
    ]


def _with_officer(cases: QuerySet[Application]) -> QuerySet[Application]:
    standing = Assignment.objects.filter(left_at=None).select_related("officer")
    return cases.select_related("organisation").prefetch_related(Prefetch("assignments", standing, to_attr="standing"))


def _rows(cases: Iterable[Any], person: int, today: date) -> Iterator[Row]:
    """The rows of a page; one query for all determinations."""
    cases = list(cases)
    found = Determination.objects.in_bulk({case.determination_id for case in cases if case.determination_id})
    for case in cases:
        answer = found.get(case.determination_id)
        officer = case.standing[0].officer if case.standing else None
        goods = case.filed["goods"]
        yield Row(
            case=case,
            goods=goods[0]["description"] if goods else "",
            more_goods=max(len(goods) - 1, 0),
            quantities=quantities(goods),
            families=tuple(
                str(FAMILY_NAMES.get(f, f)) for f in dict.fromkeys(g["family"] for g in goods if g["family"])
            ),
            stops=stops(case.filed),
            marked=frozenset(marked_stops(from_json(answer.content))) if answer else frozenset(),
            outcome=answer.outcome if answer else "",
            measure=answer.deciding_measure if answer else "",
            waiting=str(WAITING_NAMES.get(case.waiting, "")),
            age=age(case, today),
            clock=clock(case, today),
            officer=officer.name if officer else "",
            mine=officer is not None and officer.pk == person,
            filed_on=timezone.localdate(case.first_submitted_at),
        )


def quantities(goods: Iterable[dict[str, Any]]) -> tuple[tuple[Decimal, str], ...]:
    """The quantities of a filing added up by unit."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for line in goods:
        if line["quantity"]:
            sums[line["unit"]] += Decimal(line["quantity"])
    return tuple((amount, unit) for unit, amount in sums.items())


def stops(filed: dict[str, Any]) -> tuple[str, ...]:
    """The way of the goods in a filing: from where, by way of, to where, and to which end user elsewhere."""
    start = filed["facts"].get("ship_from", "") if filed["transaction"] == "reexport" else "CN"
    ends = [p["country"] for p in filed["parties"] if p["role"] == "end_user"]
    return tuple(dict.fromkeys(code for code in (start, *filed["transit"], filed["destination"], *ends) if code))


def age(case: Application, today: date) -> int:
    """Working days since the case was first filed, until today or its end."""
    if case.first_submitted_at is None:
        return 0
    end = timezone.localdate(case.closed_at) if case.closed_at else today
    return working_calendar().between(timezone.localdate(case.first_submitted_at), end)


def clock(case: Application, today: date) -> Clock:
    """The clock as it stands today, or stood when the case closed."""
    if case.accepted_on is None:
        return Clock(runs=False, elapsed=0, due=None, late=False)
    end = timezone.localdate(case.closed_at) if case.closed_at else today
    elapsed = max(working_calendar().between(case.accepted_on, end), 0)
    return Clock(runs=True, elapsed=elapsed, due=case.due_on, late=case.due_on is not None and end > case.due_on)


def _query(given: QueryDict, **changes: str) -> QueryDict:
    """The address's question with changes; an empty value leaves the name out. The page is forgotten."""
    query = given.copy()
    for name in ("after", "before"):
        query.pop(name, None)
    for name, value in changes.items():
        query[name] = value
    for name in [n for n, value in query.items() if not value]:
        del query[name]
    return query


def _url(given: QueryDict, **changes: str) -> str:
    return f"?{_query(given, **changes).urlencode()}"


def _without(chosen: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in chosen.items() if key != name}


def _place(given: QueryDict) -> Place | None:
    for name, back in (("after", False), ("before", True)):
        key, _sign, number = given.get(name, "").rpartition("~")
        if key and number.isdecimal() and len(number) < 19:
            try:
                date.fromisoformat(key[:10])
            except ValueError:
                continue
            return Place(key, int(number), back)
    return None


def _page_url(given: QueryDict, place: Place) -> str:
    return _url(given, **{"before" if place.back else "after": f"{place.key}~{place.id}"})


def _chips(chosen: dict[str, Any], given: QueryDict) -> Iterator[dict[str, str]]:
    """The filter as a sentence, each part with the way to take it out."""
    words = {
        "q": lambda v: _("with “%(text)s”") % {"text": v},
        "status": lambda v: _("open and closed") if v == EVERY else str(STATUS_NAMES[v]),
        "outcome": lambda v: str(OUTCOME_NAMES[v]),
        "family": lambda v: str(FAMILY_NAMES[v]),
        "destination": lambda v: _("to %(country)s") % {"country": country_name(v)},
        "waiting": lambda v: _("waiting for: %(whom)s") % {"whom": WAITING_NAMES[v]},
        "officer": lambda v: _("my cases") if v == "mine" else _("nobody has them"),
    }
    for name, say in words.items():
        if name in chosen:
            yield {"text": say(chosen[name]), "remove_url": _url(given, **{name: ""})}
    if chosen["sort"] != "deadline":
        yield {"text": str(SORT_NAMES[chosen["sort"]]), "remove_url": _url(given, sort="")}


def _status_counts(found: dict[str, int], chosen: dict[str, Any], given: QueryDict) -> Iterator[dict[str, Any]]:
    """Open cases together, then each status that has any."""
    current = chosen.get("status", "")
    yield {
        "label": _("All open"),
        "count": sum(found.get(s, 0) for s in OPEN),
        "url": _url(given, status=""),
        "current": not current,
    }
    for status in Status:
        if found.get(status) or current == status:
            yield {
                "label": STATUS_NAMES[status],
                "count": found.get(status, 0),
                "url": _url(given, status=status),
                "current": current == status,
                "closed": status in CLOSED,
            }


def _outcome_counts(found: dict[str, int], chosen: dict[str, Any], given: QueryDict) -> Iterator[dict[str, Any]]:
    current = chosen.get("outcome", "")
    for outcome, name in OUTCOME_NAMES.items():
        if found.get(outcome) or current == outcome:
            yield {
                "label": name,
                "count": found.get(outcome, 0),
                "url": _url(given, outcome="" if current == outcome else outcome),
                "current": current == outcome,
            }
    if found.get(""):
        yield {"label": _("Not determined yet"), "count": found[""], "url": "", "current": False}
