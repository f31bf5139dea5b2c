"""The form of the declaration."""

from django import forms
from django.utils.translation import gettext_lazy as _


class DeclarationForm(forms.Form):
    """One tick that signs."""

    declared = forms.BooleanField(
        label=_("I declare this for the company"),
        error_messages={"required": _("Tick the box to sign. Without a signature the application cannot be filed.")},
    )
