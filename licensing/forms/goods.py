"""The form of a goods line: an entry of the control list, what it asks to be measured, and the figures."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from licensing.forms.drafts import ask_later
from licensing.forms.fields import CountryField, SuggestingInput, on_paper
from licensing.forms.words import parameter_label
from licensing.models import ControlItem, GoodsLine
from licensing.models.law import FAMILY_NAMES
from licensing.rules.conditions import parameters_of, parse
from licensing.rules.parameters import PARAMETERS

UNITS = ("kg", "g", "t", "piece", "set", "m", "m2", "l")
UNIT_CHOICES = (
    ("kg", _("kilograms (kg)")),
    ("g", _("grams (g)")),
    ("t", _("tonnes (t)")),
    ("piece", _("pieces")),
    ("set", _("sets")),
    ("m", _("metres (m)")),
    ("m2", _("square metres (m²)")),
    ("l", _("litres (l)")),
)
CURRENCIES = ("CNY", "USD", "EUR", "JPY", "KRW", "GBP", "HKD", "CHF", "SGD", "AUD", "CAD", "THB", "VND", "INR", "RUB")
GROUPED = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?")
ASKED = "measured_"
"""Prefix of the fields for measured properties."""


class NumberField(forms.DecimalField):
    """A figure; digits may be grouped as in 20,000 or 20 000."""

    default_error_messages = {"invalid": _("Give a number in digits, with a point before decimals: 20000 or 99.65.")}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput({"inputmode": "decimal", "class": "govuk-input--width-10"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        text = str(value or "").replace("\N{NO-BREAK SPACE}", "").replace(" ", "")
        return super().to_python(text.replace(",", "") if GROUPED.fullmatch(text) else text)

    def prepare_value(self, value: Any) -> Any:
        return f"{value.normalize():f}" if isinstance(value, Decimal) else value


def asked_by(item: ControlItem | None) -> list[str]:
    """Keys of the measured properties that an entry's threshold asks for, in its order, each once."""
    if item is None or not item.condition:
        return []
    return list(dict.fromkeys(param.key for param in parameters_of(parse(item.condition))))


class GoodsForm(forms.Form):
    """One goods line. ``item`` is the chosen entry: it decides which properties are asked and which codes suggested.

    Only the description is needed to save; what is missing besides is told before submission.
    """

    description = forms.CharField(
        label=_("Description"),
        max_length=300,
        validators=[on_paper],
        help_text=_("As in the contract, with grade and form."),
        error_messages={"required": _("Describe the goods in a few words.")},
    )
    hs_code = forms.CharField(
        label=_("HS code"),
        max_length=16,
        required=False,
        widget=SuggestingInput({"inputmode": "numeric", "class": "govuk-input--width-10"}),
    )
    family = forms.ChoiceField(
        label=_("Family of goods"),
        required=False,
        choices=[("", _("none of these, or not known")), *FAMILY_NAMES.items()],
        help_text=_("Only where you have not chosen an entry of the control list."),
    )
    quantity = NumberField(
        label=_("Quantity"),
        required=False,
        max_digits=18,
        decimal_places=6,
        min_value=Decimal("0.000001"),
        error_messages={"min_value": _("The quantity is above zero.")},
    )
    unit = forms.ChoiceField(label=_("Unit"), choices=UNIT_CHOICES, initial="kg")
    value = NumberField(
        label=_("Value of the line"),
        required=False,
        max_digits=18,
        decimal_places=2,
        min_value=Decimal(0),
        error_messages={"min_value": _("The value is not below zero.")},
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=[(code, code) for code in CURRENCIES], initial="CNY")
    origin = CountryField(
        label=_("Country of origin"), required=False, initial="CN", help_text=_("Where the goods were made.")
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, item: ControlItem | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.item = item
        self.asked = asked_by(item)
        for key in self.asked:
            self.fields[ASKED + key] = NumberField(label=parameter_label(key, PARAMETERS[key]), required=False)
        ask_later(self, ["hs_code", "quantity", "value", "origin", *(ASKED + key for key in self.asked)])
        codes = (item.hs_codes or item.hs_codes_as_announced) if item else []
        self.fields["hs_code"].widget.suggestions = list(codes)
        self.fields["hs_code"].help_text = (
            _("This entry is declared under %(codes)s.") % {"codes": ", ".join(codes)}
            if codes
            else _("10 digits where there are 10.")
        )
        if item:
            del self.fields["family"]

    @classmethod
    def of(cls, line: GoodsLine, item: ControlItem | None) -> "GoodsForm":
        """The form of a line as it is stored."""
        fields = ("description", "hs_code", "family", "quantity", "unit", "value", "currency", "origin")
        initial = {name: getattr(line, name) for name in fields}
        initial["origin"] = str(line.origin or "")
        initial |= {ASKED + key: text for key, text in line.parameters.items()}
        return cls(item=item, initial=initial)

    @property
    def measured(self) -> list[forms.BoundField]:
        return [self[ASKED + key] for key in self.asked]

    def clean_hs_code(self) -> str:
        code = re.sub(r"[\s.\-]", "", self.cleaned_data["hs_code"])
        if code and not (code.isascii() and code.isdigit() and len(code) in (6, 8, 10)):
            raise forms.ValidationError(_("An HS code has 6, 8 or 10 digits."))
        return code

    def values(self) -> dict[str, Any]:
        """What a goods line keeps of it."""
        told = self.cleaned_data
        return {
            "item_code": self.item.code if self.item else "",
            "family": self.item.family if self.item else told["family"],
            "parameters": {
                key: f"{told[ASKED + key].normalize():f}" for key in self.asked if told[ASKED + key] is not None
            },
            **{
                name: told[name]
                for name in ("description", "hs_code", "quantity", "unit", "value", "currency", "origin")
            },
        }
