"""The acts at the side of a case: what this person may do now, and why not the rest."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from licensing.models import Application, User
from licensing.services import moves

LABELS = {
    "claim": _("Take this case"),
    "release": _("Put back into the queue"),
    "accept": _("Accept for review"),
    "send_back": _("Return for completion"),
    "advise": _("Give advice"),
    "recommend": _("Recommend"),
    "countersign": _("Countersign"),
    "decline": _("Decline the recommendation"),
}
PAGES = {"send_back": "officer-return"}
AT_ONCE = frozenset({"claim", "release"})
"""Acts that one click does; all others lead to a page."""
FIRST = ("countersign", "recommend", "accept")
"""The act that moves the case on: one of them is the page's main button."""


@dataclass(frozen=True, slots=True)
class Button:
    """One act on the page. ``why``: every reason against it, as one text; empty where it may be done."""

    label: str
    url: str
    at_once: bool
    style: str
    why: str


def buttons(case: Application, person: User, *, on: date) -> list[Button]:
    """What the side of the case page shows to this person."""
    acts = moves.acts_of(case, person, on=on)
    main = next((name for name in FIRST for act in acts if act.name == name and not act.against), "")
    return [
        Button(
            label=str(LABELS[act.name]),
            url=reverse(PAGES.get(act.name, f"officer-{act.name}"), args=[case.reference]),
            at_once=act.name in AT_ONCE,
            style="" if act.name == main else "secondary",
            why=" ".join(act.against),
        )
        for act in sorted(acts, key=lambda act: act.name != main)
    ]
