"""Approving or refusing the registration of a company."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from licensing.forms.drafts import ask_later

APPROVE = "approve"
REFUSE = "refuse"


class RegistrationDecisionForm(forms.Form):
    """The decision, with the reason of a refusal."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[(APPROVE, _("Approve: the company can file applications")), (REFUSE, _("Refuse"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one.")},
    )
    reason = forms.CharField(
        label=_("Reason of a refusal"),
        help_text=_("The company reads it."),
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_later(self, ["reason"])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("decision") == REFUSE and not given.get("reason"):
            self.add_error("reason", _("Give the reason, so that the company knows what to change."))
        return given
