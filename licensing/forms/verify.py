"""Asking about a licence by the code printed on it, or by the text of its QR."""

from django import forms
from django.utils.translation import gettext_lazy as _


class VerifyForm(forms.Form):
    """One box that takes either."""

    text = forms.CharField(
        label=_("Code on the licence, or the text of its QR code"),
        help_text=_("16 letters and digits such as 7K3M-9Q2X-00AB-CD12; spaces, dashes and case do not matter."),
        max_length=1200,
        error_messages={"required": _("Type the code that is printed beside the QR code.")},
    )
