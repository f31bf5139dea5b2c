"""Pages of a long list, newest first, by the id of the last row seen: stable while rows are added."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Model, QuerySet
from django.http import HttpRequest

SIZE = 25


@dataclass(frozen=True, slots=True)
class Page[M: Model]:
    """Rows of one page; ``next`` and ``previous`` are addresses, or empty."""

    rows: Sequence[M]
    next: str = ""
    previous: str = ""


def page_of[M: Model](rows: QuerySet[M], request: HttpRequest, size: int = SIZE) -> Page[M]:
    """The page that the address asks for with ``before`` or ``after`` an id. One query."""
    before, after = _id(request, "before"), _id(request, "after")
    if after is not None:
        found = list(rows.filter(pk__gt=after).order_by("pk")[: size + 1])
        older, newer = True, len(found) > size
        found = found[:size][::-1]
    else:
        found = list((rows.filter(pk__lt=before) if before is not None else rows).order_by("-pk")[: size + 1])
        older, newer = len(found) > size, before is not None
        found = found[:size]
    if not found:
        return Page(found)
    return Page(
        found,
        next=_address(request, before=found[-1].pk) if older else "",
        previous=_address(request, after=found[0].pk) if newer else "",
    )


def _id(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _address(request: HttpRequest, **place: int) -> str:
    query = request.GET.copy()
    for name in ("before", "after"):
        query.pop(name, None)
    query.update({name: str(value) for name, value in place.items()})
    return f"{request.path}?{query.urlencode()}"
