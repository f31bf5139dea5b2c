"""Forms of a draft: what may be empty now but is asked before submission."""

from collections.abc import Iterable

from django import forms


def ask_later(form: forms.Form, names: Iterable[str]) -> None:
    """Mark fields that may be left empty in a draft, so that they are not called optional."""
    for name in names:
        form.fields[name].asked_later = True  # type: ignore[attr-defined]
