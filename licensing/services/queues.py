"""The officers' queue: which cases, in which order, waiting for whom. Reads only; the filings speak, never a draft."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    DateField,
    Exists,
    F,
    Func,
    JSONField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from licensing.models import Application, Assignment, Determination, Filing, Hold, Recommendation, User
from licensing.rules.workflow import OPEN, Status

FAR = date(9999, 12, 31)
ORDERS = {"deadline": ("due", False), "age": ("first_submitted_at", False), "received": ("submitted_at", True)}
"""Order -> the column it goes by, and whether the greatest comes first. The id breaks ties in the same direction."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the queue: the column's value and the id of the row next to it. ``back``: the page before it."""

    key: str
    id: int
    back: bool = False


def queue(person: User) -> QuerySet[Any]:
    """Every case on this person's desk, with what the queue shows and filters by."""
    newest_filing = Filing.objects.filter(application=OuterRef("pk")).order_by("-number")
    newest_answer = Determination.objects.filter(filing=OuterRef("filing_id")).order_by("-id")
    held = Hold.objects.standing().filter(application=OuterRef("pk"))
    recommended = Recommendation.objects.filter(application=OuterRef("pk"), declined_at=None)
    return (
        Application.objects.on_desk_of(person)
        .annotate(
            filing_id=Subquery(newest_filing.values("pk")[:1]),
            filed=Subquery(newest_filing.values("content")[:1], output_field=JSONField()),
            due=Coalesce("due_on", Value(FAR), output_field=DateField()),
            held=Exists(held),
            recommended=Exists(recommended),
        )
        .annotate(
            determination_id=Subquery(newest_answer.values("pk")[:1]),
            outcome=Coalesce(Subquery(newest_answer.values("outcome")[:1]), Value("")),
            waiting=Case(
                When(status=Status.RETURNED, then=Value("exporter")),
                When(status=Status.SUBMITTED, then=Value("officer")),
                When(status=Status.REVIEW, held=True, then=Value("screening")),
                When(status=Status.REVIEW, recommended=True, then=Value("countersigner")),
                When(status=Status.REVIEW, then=Value("officer")),
                default=Value(""),
                output_field=CharField(),
            ),
        )
    )


def narrowed(cases: QuerySet[Any], chosen: Mapping[str, Any], *, person: User) -> QuerySet[Any]:
    """The cases that the filter asks for. ``chosen``: q, family, destination, outcome, status, waiting, officer."""
    status = chosen.get("status", "")
    if not status:
        cases = cases.filter(status__in=OPEN)
    elif status != "all":
        cases = cases.filter(status=status)
    if family := chosen.get("family"):
        cases = cases.filter(filed__goods__contains=[{"family": family}])
    if destination := chosen.get("destination"):
        cases = cases.filter(filed__destination=destination)
    if outcome := chosen.get("outcome"):
        cases = cases.filter(outcome=outcome)
    if waiting := chosen.get("waiting"):
        cases = cases.filter(waiting=waiting)
    if officer := chosen.get("officer"):
        standing = Assignment.objects.filter(application=OuterRef("pk"), left_at=None)
        cases = cases.filter(Exists(standing.filter(officer=person)) if officer == "mine" else ~Exists(standing))
    if text := chosen.get("q", "").strip():
        cases = cases.alias(found=_names(text)).filter(
            Q(reference__icontains=text)
            | Q(organisation__name_en__icontains=text)
            | Q(organisation__name_zh__icontains=text)
            | Q(found=True)
        )
    return cases


def _names(text: str) -> Func:
    """Whether goods or parties of the filing contain the text, whatever its case."""
    like = f'like_regex {json.dumps(text, ensure_ascii=False)} flag "iq"'
    goods = f"exists(@.goods[*] ? (@.description {like} || @.item_code {like}))"
    parties = f"exists(@.parties[*] ? (@.name {like} || @.name_local {like}))"
    return Func(
        F("filed"),
        Value(f"$ ? ({goods} || {parties})"),
        function="jsonb_path_exists",
        template="%(function)s(%(expressions)s::jsonpath)",
        output_field=BooleanField(),
    )


def page(
    cases: QuerySet[Any], order: str, *, size: int, place: Place | None = None
) -> tuple[list[Application], bool, bool]:
    """One page of the queue, and whether there is one before and one after it. A place of no sense is the first."""
    column, descending = ORDERS[order]
    key = _typed(column, place.key) if place is not None else None
    if key is None:
        place = None
    back = place is not None and place.back
    down = descending != back
    if place is not None:
        beyond = "lt" if down else "gt"
        cases = cases.filter(Q(**{f"{column}__{beyond}": key}) | Q(**{column: key, f"id__{beyond}": place.id}))
    sign = "-" if down else ""
    rows = list(cases.order_by(f"{sign}{column}", f"{sign}id")[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    if back:
        return rows[::-1], more, True
    return rows, place is not None, more


def place_of(case: Application, order: str, *, back: bool = False) -> Place:
    """The place of a row in this order."""
    return Place(getattr(case, ORDERS[order][0]).isoformat(), case.pk, back)


def _typed(column: str, key: str) -> date | datetime | None:
    """The column's value in an address; None where it is none, for instance that of another order."""
    try:
        if column == "due":
            return date.fromisoformat(key)
        at = datetime.fromisoformat(key)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def counts(cases: QuerySet[Any], field: str) -> dict[str, int]:
    """How many cases there are by ``status`` or ``outcome``."""
    found = cases.order_by().values(field).annotate(n=Count("pk")).values_list(field, "n")
    return dict(found)
