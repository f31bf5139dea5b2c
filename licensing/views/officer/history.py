"""The journal of a case in words: who did what, when."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from licensing.forms.words import OUTCOME_NAMES
from licensing.models import Application, Journal
from licensing.models.review import Advice, Outcome

ACTS = {
    "submit": gettext_lazy("filed the application"),
    "withdraw": gettext_lazy("withdrew the application"),
    "determine": gettext_lazy("determined what the law says"),
    "claim": gettext_lazy("took the case"),
    "release": gettext_lazy("put the case back into the queue"),
    "send_back": gettext_lazy("returned the application for completion"),
    "accept": gettext_lazy("accepted the application for review"),
    "advise": gettext_lazy("gave advice"),
    "recommend": gettext_lazy("recommended and signed"),
    "decline": gettext_lazy("declined the recommendation"),
    "grant": gettext_lazy("countersigned: licence granted"),
    "refuse": gettext_lazy("countersigned: licence refused"),
    "close_not_required": gettext_lazy("countersigned: no licence needed"),
    "judge_hit": gettext_lazy("judged a resemblance to a listed entity"),
    "issue": gettext_lazy("issued the licence"),
    "print": gettext_lazy("made the licence document"),
}
"""Acts that the officer reads. An exporter's work on a draft is not among them: it is not filed."""

DISPOSITIONS = {"same": gettext_lazy("the same party"), "not_same": gettext_lazy("not the same party")}


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the history."""

    at: datetime
    who: str
    what: str
    detail: str


def history(case: Application, licence: str = "") -> list[Event]:
    """Everything that happened since the first filing, oldest first. ``licence``: the stream of its licence."""
    rows = Journal.objects.filter(stream__in=[case.stream, licence], act__in=ACTS).select_related("actor")
    return [
        Event(row.at, row.actor.name if row.actor else _("Sluice"), str(ACTS[row.act]), _detail(row.act, row.data))
        for row in rows.order_by("id")
    ]


def _detail(act: str, data: Mapping[str, Any]) -> str:
    return _(" · ").join(part for part in _details(act, data) if part)


def _details(act: str, data: Mapping[str, Any]) -> Iterator[str]:
    match act:
        case "submit":
            yield _("filing %(number)s, %(hash)s") % {"number": data["filing"], "hash": data["sha256"][:12]}
        case "determine":
            yield str(OUTCOME_NAMES.get(data["outcome"], data["outcome"]))
            yield data["deciding_measure"]
            yield _("law of %(day)s") % {"day": data["on"]}
            if "with_listings" in data:
                yield _("with what screening confirmed") if data["with_listings"] else _("before screening")
        case "send_back":
            yield from (defect["text"] for defect in data["defects"])
        case "accept":
            yield _("due %(day)s") % {"day": data["due_on"]} if data["due_on"] else _("no time limit")
        case "advise":
            yield str(Advice.Stance(data["stance"]).label)
            yield data["text"]
        case "recommend":
            yield str(Outcome(data["outcome"]).label)
            yield data["grounds"]
            yield data["content_hash"][:12]
        case "decline":
            yield data["reason"]
        case "grant" | "refuse" | "close_not_required":
            yield data["content_hash"][:12]
        case "judge_hit":
            yield _("%(party)s and %(listing)s: %(disposition)s") % {
                "party": data["party"],
                "listing": data["listing"],
                "disposition": DISPOSITIONS[data["disposition"]],
            }
        case "issue":
            yield data["code"]
        case "print":
            yield data["sha256"][:12]
