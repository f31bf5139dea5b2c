"""The filter of the officers' queue. Everything is optional; what makes no sense is left out, never an error page."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from licensing.forms.fields import CountryField
from licensing.models.applications import STATUS_NAMES
from licensing.models.determinations import OUTCOME_NAMES
from licensing.models.law import FAMILY_NAMES
from licensing.rules.workflow import Status

WAITING_NAMES = {
    "officer": _("Officer"),
    "countersigner": _("Countersigner"),
    "screening": _("Screening"),
    "exporter": _("Exporter"),
}
SORT_NAMES = {
    "deadline": _("Deadline, nearest first"),
    "age": _("Age, oldest first"),
    "received": _("Received, newest first"),
}
OPEN = "open"
EVERY = "all"


class QueueForm(forms.Form):
    """Which cases to show, and in which order. ``values`` are those that make sense."""

    q = forms.CharField(label=_("Search"), required=False, max_length=100)
    family = forms.ChoiceField(
        label=_("Item family"), required=False, choices=[("", _("All")), *sorted(FAMILY_NAMES.items())]
    )
    destination = CountryField(label=_("Destination"), required=False, max_length=80)
    outcome = forms.ChoiceField(
        label=_("Determination"), required=False, choices=[("", _("All")), *OUTCOME_NAMES.items()]
    )
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[
            ("", _("All open")),
            *((s.value, STATUS_NAMES[s]) for s in Status if s is not Status.DRAFT),
            (EVERY, _("Open and closed")),
        ],
    )
    waiting = forms.ChoiceField(
        label=_("Waiting for"), required=False, choices=[("", _("Anybody")), *WAITING_NAMES.items()]
    )
    officer = forms.ChoiceField(
        label=_("Officer"),
        required=False,
        choices=[("", _("Everybody")), ("mine", _("My cases")), ("none", _("Nobody yet"))],
    )
    sort = forms.ChoiceField(label=_("Order"), required=False, choices=[*SORT_NAMES.items()])

    @property
    def values(self) -> dict[str, Any]:
        """The chosen values that are valid, without the empty ones. Nothing chosen: the nearest deadline first."""
        self.is_valid()
        return {"sort": "deadline"} | {name: value for name, value in self.cleaned_data.items() if value}
