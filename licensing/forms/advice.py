"""Advice on a case in review."""

from django import forms
from django.utils.translation import gettext_lazy as _

from licensing.models.review import Advice


class AdviceForm(forms.Form):
    """What an officer thinks, and why."""

    stance = forms.ChoiceField(
        label=_("Your advice"),
        choices=Advice.Stance.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one.")},
    )
    text = forms.CharField(
        label=_("Reasons"),
        max_length=8000,
        widget=forms.Textarea({"rows": 6}),
        error_messages={"required": _("Give the reasons: the deciding officers read them.")},
    )
