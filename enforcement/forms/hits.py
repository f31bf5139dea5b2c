"""Judging a resemblance between a party and a listed entity."""

from django import forms
from django.utils.translation import gettext_lazy as _

SAME = "same"
NOT_SAME = "not_same"


class HitForm(forms.Form):
    """The same or not, and why."""

    judgement = forms.ChoiceField(
        label=_("Are they the same?"),
        choices=[(NOT_SAME, _("Not the same party")), (SAME, _("The same party"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one.")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("What you compared: country, address, owners, business, a register."),
        max_length=4000,
        widget=forms.Textarea({"rows": 4}),
        error_messages={"required": _("Give the reason: the next officer will ask for it.")},
    )
