"""What an exporter is told of a case: the next step, and what happened so far, made from the public state only.

Nothing here reads holds, screenings, determinations of a filed case, assignments or the day by which officers aim to
decide: an exporter sees the same words whatever happens behind them.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from licensing.models import Application, Journal, Licence
from licensing.regimes.calendar import working_calendar
from licensing.rules.workflow import Status

STATUTORY_WORKING_DAYS = 45
"""CN-REG-2024-792 Art 17."""

SHOWN_ACTS = {
    "start": gettext_lazy("started the application"),
    "submit": gettext_lazy("submitted the application"),
    "send_back": gettext_lazy("asked for the application to be completed"),
    "accept": gettext_lazy("accepted the application for review"),
    "grant": gettext_lazy("granted the licence"),
    "refuse": gettext_lazy("refused the licence"),
    "close_not_required": gettext_lazy("found that no licence is needed"),
    "withdraw": gettext_lazy("withdrew the application"),
    "issue": gettext_lazy("issued the licence"),
}
"""The acts an exporter sees; every other stays with the authority."""
OWN_ACTS = frozenset({"start", "submit", "withdraw"})


@dataclass(frozen=True, slots=True)
class Step:
    """What happens next in one sentence, who has to act (``you``, ``authority`` or nobody), a link for the exporter."""

    text: str
    who: str = ""
    url: str = ""
    label: str = ""


def next_step(application: Application, licence: Licence | None = None) -> Step:
    """The next step of a case in words."""
    url = reverse("exporter-application", args=[application.reference])
    match application.stage:
        case Status.DRAFT:
            return Step(_("You complete the application and submit it."), "you", url, _("Go on"))
        case Status.RETURNED:
            return Step(
                _("You mend what the authority listed, and submit again."), "you", url, _("See what is missing")
            )
        case Status.SUBMITTED:
            return Step(
                _("The authority checks whether the application is complete. You need do nothing."), "authority"
            )
        case Status.REVIEW:
            return Step(
                _("The authority decides by %(day)s. Days on which the law stops the clock come on top.")
                % {"day": decision_day(application)},
                "authority",
            )
        case Status.GRANTED if licence:
            return Step(
                _("You may export with licence %(number)s.") % {"number": licence.number},
                "",
                reverse("exporter-licence", args=[licence.number]),
                _("Open the licence"),
            )
        case Status.GRANTED:
            return Step(_("The licence is granted."))
        case Status.REFUSED:
            return Step(_("The licence is refused. You may ask for reconsideration."), "", url, _("Read the grounds"))
        case Status.NOT_REQUIRED:
            return Step(_("No licence is needed for this export."), "", url, _("Read the grounds"))
        case Status.WITHDRAWN:
            return Step(_("You withdrew it. Nothing further happens."))
        case Status.SUPERSEDED:
            return Step(_("Another application took its place. Nothing further happens."))


def decision_day(application: Application) -> date | str:
    """The last of the 45 working days after acceptance, whatever else may bear on the case."""
    if application.accepted_on is None:
        return "–"
    return working_calendar().after(application.accepted_on, STATUTORY_WORKING_DAYS)


def working_days_passed(application: Application) -> int:
    """Working days since acceptance, at most the 45 that the law gives."""
    if application.accepted_on is None:
        return 0
    passed = working_calendar().between(application.accepted_on, timezone.localdate())
    return min(max(passed, 0), STATUTORY_WORKING_DAYS)


def timeline(application: Application, licence: Licence | None = None) -> list[dict[str, Any]]:
    """What happened, for ``parts/events.html``. Persons of the authority have no names here."""
    streams = [application.stream, *([licence.stream] if licence else [])]
    entries = Journal.objects.filter(stream__in=streams, act__in=SHOWN_ACTS).select_related("actor").order_by("id")
    return [
        {
            "at": entry.at,
            "who": str(entry.actor) if entry.act in OWN_ACTS and entry.actor else _("The authority"),
            "what": SHOWN_ACTS[entry.act],
            "detail": "",
        }
        for entry in entries
    ]
