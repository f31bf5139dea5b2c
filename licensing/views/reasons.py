"""Reasons of the engine as pages show them: words, with every citation a link to the rule on that day."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse

from licensing.forms.words import (
    DOCUMENT_KIND_NAMES,
    FAMILY_NAMES,
    LICENCE_KIND_NAMES,
    cite_label,
    flag_words,
    outcome_sentence,
    sentence,
)
from licensing.rules.findings import Reason

__all__ = [
    "announcement_url",
    "document_kind_names",
    "family_names",
    "flag_words",
    "in_words",
    "licence_kind_names",
    "outcome_sentence",
]

document_kind_names = DOCUMENT_KIND_NAMES
family_names = FAMILY_NAMES
licence_kind_names = LICENCE_KIND_NAMES


def announcement_url(ref: str, *, on: date | None = None) -> str:
    """The public page of an announcement, as it stood on a day."""
    return reverse("announcement", args=[ref], query={"on": on.isoformat()} if on else None)


def in_words(reasons: Iterable[Reason], *, on: date | None = None) -> list[dict[str, Any]]:
    """A tree of reasons for ``parts/reasons.html``; ``on``: the day whose law was asked, for the links."""
    return [
        {
            "verdict": reason.verdict,
            "text": sentence(reason),
            "cites": [
                {"label": cite_label(cite), "url": announcement_url(cite.announcement, on=on)} for cite in reason.cites
            ],
            "children": in_words(reason.children, on=on),
        }
        for reason in reasons
    ]
