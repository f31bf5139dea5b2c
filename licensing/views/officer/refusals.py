"""What a service refuses, said beside the form that asked for it."""

from django import forms

from licensing.services.errors import Barred, Refused


def tell(form: forms.Form, refusal: Refused) -> None:
    """Add every reason to the form, so that the page shows them and loses nothing."""
    reasons = refusal.reasons if isinstance(refusal, Barred) else (str(refusal),)
    for reason in reasons:
        form.add_error(None, reason)
