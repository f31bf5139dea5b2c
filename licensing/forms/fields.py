"""Fields that Django does not have: a day in three boxes and a country found by typing."""

import unicodedata
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from licensing.rules.countries import COUNTRIES
from licensing.services.letters import unprintable


def on_paper(text: str) -> None:
    """Validator of whatever a licence prints."""
    if letters := unprintable(text):
        shown = ", ".join(f"U+{ord(one):04X}" if unicodedata.category(one)[0] in "CMZ" else one for one in letters[:10])
        raise ValidationError(
            _("A licence cannot print: %(letters)s. Write this in Latin or Chinese letters."),
            code="unprintable",
            params={"letters": shown},
        )


class DayInput(forms.MultiWidget):
    """Year, month and day in three boxes, in the order of 2026-11-27."""

    template_name = "django/forms/widgets/day.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        number = forms.TextInput({"inputmode": "numeric", "autocomplete": "off"})
        super().__init__({"year": number, "month": number, "day": number}, attrs)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        labels = ((_("Year"), 4), (_("Month"), 2), (_("Day"), 2))
        for part, (label, width) in zip(context["widget"]["subwidgets"], labels, strict=True):
            part["label"] = label
            part["attrs"]["class"] = f"{part['attrs'].get('class', '')} govuk-input--width-{width}".strip()
        return context

    def decompress(self, value: date | str | None) -> list[str | None]:
        if not value:
            return [None, None, None]
        return list(str(value).rsplit("-", 2))

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """The day as ``2026-11-27``; an unfinished one as typed, for the field to refuse; ``None`` when empty."""
        parts = [(part or "").strip() for part in super().value_from_datadict(data, files, name)]
        return "-".join(parts) if any(parts) else None


class DayField(forms.DateField):
    """A day that the person types as year, month and day."""

    widget = DayInput
    default_error_messages = {"invalid": _("This is not a day of the calendar. Give year, month and day in numbers.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d"], **kwargs)


class SuggestingInput(forms.TextInput):
    """A text box with suggestions of the browser's own, found by typing any part of them."""

    template_name = "django/forms/widgets/suggesting.html"
    suggestions: list[str]

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "off", **(attrs or {})})
        self.suggestions = []

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        list_id = f"{context['widget']['attrs'].get('id', name)}_list"
        context["widget"]["attrs"]["list"] = list_id
        context["widget"]["list_id"] = list_id
        context["widget"]["suggestions"] = self.suggestions
        return context


class CountryInput(SuggestingInput):
    """Countries in the reader's language, with their codes."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        self.suggestions = [f"{country} ({code})" for code, country in countries]
        return super().get_context(name, value, attrs)

    def format_value(self, value: Any) -> str | None:
        name = countries.name(value) if value and len(str(value)) == 2 else ""
        return f"{name} ({value})" if name else value


class CountryField(forms.CharField):
    """A country, typed by its code or its name in English or Chinese; cleaned to its ISO 3166 code."""

    widget = CountryInput
    default_error_messages = {"unknown": _("“%(typed)s” is not a country of the list. Choose one of the suggestions.")}

    def to_python(self, value: Any) -> str:
        typed = super().to_python(value) or ""
        if not typed:
            return typed
        code = typed[-3:-1] if typed.endswith(")") and typed[-4:-3] == "(" else typed
        if code.upper() in COUNTRIES:
            return code.upper()
        for language in ("en", "zh-hans"):
            if found := countries.by_name(typed, language=language):
                return found
        raise ValidationError(self.error_messages["unknown"], code="unknown", params={"typed": typed})
