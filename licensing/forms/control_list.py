"""Searching the control list of a day."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from licensing.forms.words import FAMILY_NAMES


class ControlListForm(forms.Form):
    """What to look for and on which day. Sent by GET; every field may be empty."""

    q = forms.CharField(
        label=_("Code, name or HS code"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    family = forms.ChoiceField(
        label=_("Family"), required=False, choices=[("", _("All families")), *FAMILY_NAMES.items()]
    )
    on = forms.DateField(
        label=_("As of"),
        required=False,
        input_formats=["%Y-%m-%d", "%Y/%m/%d"],
        widget=forms.DateInput(attrs={"class": "govuk-input--width-10", "autocomplete": "off"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("This is not a day. Write it as 2026-11-27.")},
    )
    hs = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None = None, *, today: date) -> None:
        self.today = today
        if data is not None and not data.get("on"):
            data = dict(data.items()) | {"on": today.isoformat()}
        super().__init__(data, initial={"on": today})

    @property
    def day(self) -> date:
        """The day meant: today when none is given, or none that is one."""
        return self.cleaned_data.get("on") or self.today
