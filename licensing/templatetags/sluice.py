"""The shapes that recur on Sluice's pages, each made once: ``{% load sluice %}``.

A tag takes plain values, never a model, so that the same shape serves pages of every desk. Meaning is never
colour alone: each tag carries a word and a sign, each bar its figures in words.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from licensing.forms import words
from licensing.models.applications import STATUS_NAMES
from licensing.models.determinations import OUTCOME_NAMES
from licensing.models.licences import LICENCE_STATUS_NAMES
from licensing.rules.findings import Outcome
from licensing.rules.law_lines import LawLine, draw
from licensing.rules.workflow import LicenceStatus, Status

register = template.Library()

# Meanings: go (may move), wait (somebody or something is due), stop (may not move), note (the law changes, or
# the case has come back), neutral (no alarm). Needing a licence is the ordinary case of a controlled item, so it
# stays neutral: in a queue of applications only what is unusual may draw the eye. The words are the models'.
OUTCOMES: dict[str, str] = {
    Outcome.PROHIBITED: "stop",
    Outcome.PRESUMPTION_OF_DENIAL: "stop",
    Outcome.REFER: "wait",
    Outcome.LICENCE_REQUIRED: "neutral",
    Outcome.NO_LICENCE_REQUIRED: "go",
}
STATUSES: dict[str, str] = {
    Status.DRAFT: "neutral",
    Status.SUBMITTED: "wait",
    Status.REVIEW: "wait",
    Status.RETURNED: "note",
    Status.GRANTED: "go",
    Status.REFUSED: "stop",
    Status.NOT_REQUIRED: "go",
    Status.WITHDRAWN: "neutral",
    Status.SUPERSEDED: "neutral",
}
LICENCE_STATUSES: dict[str, str] = {
    LicenceStatus.ACTIVE: "go",
    LicenceStatus.SUSPENDED: "wait",
    LicenceStatus.REVOKED: "stop",
    LicenceStatus.SURRENDERED: "neutral",
    "expired": "neutral",
    "used_up": "neutral",
}
COMPUTED_LICENCE_NAMES = {"expired": _("Expired"), "used_up": _("Used up")}


@register.inclusion_tag("parts/tag.html")
def tag(kind: str, text: object) -> dict[str, object]:
    """A word in the colour of its meaning. ``kind``: go, wait, stop, note or neutral."""
    return {"kind": kind, "text": text}


@register.inclusion_tag("parts/tag.html")
def outcome_tag(outcome: str, text: object = "") -> dict[str, object]:
    """The answer of a determination. ``text`` replaces the word, never the meaning."""
    return {"kind": OUTCOMES[outcome], "text": text or OUTCOME_NAMES[outcome]}


@register.inclusion_tag("parts/tag.html")
def status_tag(status: str, text: object = "") -> dict[str, object]:
    """The state of an application. ``text`` replaces the word, never the meaning."""
    return {"kind": STATUSES[status], "text": text or STATUS_NAMES[Status(status)]}


@register.inclusion_tag("parts/tag.html")
def licence_tag(status: str, text: object = "") -> dict[str, object]:
    """The state of a licence: a stored one, or the computed ``expired`` and ``used_up``."""
    word = COMPUTED_LICENCE_NAMES.get(status) or LICENCE_STATUS_NAMES[LicenceStatus(status)]
    return {"kind": LICENCE_STATUSES[status], "text": text or word}


@register.inclusion_tag("parts/route.html")
def route(stops: Sequence[str], marked: Collection[str] = ()) -> dict[str, object]:
    """The way of the goods. ``stops``: country codes in order; ``marked``: those that bear a measure."""
    named = [
        {"code": code, "name": countries.name(code) or code, "marked": code in marked, "last": at == len(stops)}
        for at, code in enumerate(stops, start=1)
    ]
    return {"stops": named, "marked": [stop["name"] for stop in named if stop["marked"]]}


@register.inclusion_tag("parts/clock.html")
def clock(
    elapsed: int, stopped: int = 0, total: int = 45, due: date | None = None, late: bool | None = None
) -> dict[str, object]:
    """The statutory clock in working days.

    ``elapsed``: days that count; ``stopped``: days on which the clock stood still; ``total``: days that the law
    gives; ``due``: the last lawful day, if known; ``late``: given, or taken from the figures.
    """
    late = elapsed > total if late is None else late
    over = max(elapsed - total, 0)
    whole = max(total, elapsed) + stopped or 1
    ran = min(elapsed, total)
    return {
        "elapsed": elapsed,
        "stopped": stopped,
        "total": total,
        "due": due,
        "late": late,
        "over": over,
        "ran_width": _share(ran, whole),
        "stopped_x": _share(ran, whole),
        "stopped_width": _share(stopped, whole),
        "over_x": _share(total + stopped, whole),
        "over_width": _share(over, whole),
    }


@register.inclusion_tag("parts/balance.html")
def balance(granted: Decimal, drawn: Decimal, reserved: Decimal, unit: str) -> dict[str, object]:
    """What a licence line still carries: granted = drawn + reserved + left, all in ``unit``."""
    left = granted - drawn - reserved
    whole = max(granted, drawn + reserved) or 1
    return {
        "granted": granted,
        "drawn": drawn,
        "reserved": reserved,
        "left": left,
        "over": -left if left < 0 else None,
        "unit": unit,
        "drawn_width": _share(drawn, whole),
        "reserved_x": _share(drawn, whole),
        "reserved_width": _share(reserved, whole),
        "granted_x": _share(granted, whole),
        "over_width": _share(max(-left, Decimal(0)), whole),
    }


def _share(part: Decimal | int, whole: Decimal | int) -> str:
    """``part`` of ``whole`` as a number from 0 to 100 that SVG understands in every language."""
    return f"{float(part) * 100 / float(whole):.2f}"


@register.inclusion_tag("parts/law_line.html")
def law_line(line: LawLine, name: str = "", table: bool = True) -> dict[str, object]:
    """The life of one rule, of this ``name``, drawn as a time line.

    The same days stand in a table behind it, but where the page has a ``table`` of its own.
    """
    return {"line": line, "drawing": draw(line) if line.spans else None, "name": name, "table": table}


@register.filter
def quantity(value: Decimal | int | None, unit: str = "") -> SafeString | str:
    """A quantity with grouped digits and its unit; no digit is dropped but trailing zeros behind the point."""
    if value is None:
        return "–"
    digits = f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"
    digits = digits.rstrip("0").rstrip(".") if "." in digits else digits
    if not unit:
        return format_html('<span class="sluice-number">{}</span>', digits)
    return format_html('<span class="sluice-number">{} <span class="sluice-unit">{}</span></span>', digits, unit)


@register.filter
def money(value: Decimal | None, currency: str) -> SafeString | str:
    """An amount with its currency code, always with two places."""
    if value is None:
        return "–"
    return format_html(
        '<span class="sluice-number"><span class="sluice-unit">{}</span> {}</span>', currency, f"{value:,.2f}"
    )


@register.filter
def day(value: date | None) -> SafeString | str:
    """A day as 2026-11-27, the weekday shown on hover."""
    if value is None:
        return "–"
    written = value.isoformat()[:10]
    return format_html('<time datetime="{}" title="{}">{}</time>', written, date_format(value, "l"), written)


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """A moment in the authority's zone as 2026-11-27 14:05, weekday and zone shown on hover."""
    if value is None:
        return "–"
    local = timezone.localtime(value)
    return format_html(
        '<time datetime="{}" title="{}, {}">{}</time>',
        local.isoformat(timespec="minutes"),
        date_format(local, "l"),
        settings.TIME_ZONE,
        local.strftime("%Y-%m-%d %H:%M"),
    )


@register.simple_block_tag
def scroll(content: str, label: str) -> SafeString:
    """A region that scrolls sideways instead of the page, and can be reached by keyboard. Wrap every table in it."""
    return format_html('<div class="sluice-scroll" role="region" aria-label="{}" tabindex="0">{}</div>', label, content)


@dataclass(frozen=True, slots=True)
class ErrorItem:
    """One line of an error summary."""

    text: str
    target: str


@register.simple_tag
def form_errors(*forms: Any) -> list[ErrorItem]:
    """Every error of the given forms, in the order of their fields, each with the id that it points at."""
    found: list[ErrorItem] = []
    for form in forms:
        if not getattr(form, "errors", None):
            continue
        found += [ErrorItem(str(text), "form-errors") for text in form.non_field_errors()]
        found += [
            ErrorItem(
                gettext("%(field)s: %(error)s") % {"field": str(field.label).rstrip(".:?。：？"), "error": text},
                field.error_target,
            )
            for field in form
            for text in field.errors
        ]
    return found


@register.filter
def law_text(text: str) -> str:
    """A text of the regime pack in the reader's language."""
    return words.law_text(text)


@register.filter
def working_days(count: int) -> str:
    """A number of working days in words."""
    return ngettext("%(count)s working day", "%(count)s working days", count) % {"count": count}


@register.filter
def verdict_word(verdict: str) -> str:
    """What the sign of a reason says to those who do not see it."""
    said = {"applies": gettext("Applies:"), "not": gettext("Does not apply:"), "person": gettext("Needs a person:")}
    return said[verdict]
