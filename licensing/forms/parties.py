"""The form of a party and of those who own it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from licensing.forms.drafts import ask_later
from licensing.forms.fields import CountryField, on_paper
from licensing.forms.goods import NumberField
from licensing.models import Party

FIELDS = ("role", "name", "name_local", "country", "address", "contact")
MOST_OWNERS = 20


class PartyForm(forms.Form):
    """A foreign party. Only role and name are needed to save; the rest is asked before submission."""

    role = forms.ChoiceField(
        label=_("Role"),
        choices=Party.Role.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say which role the party has.")},
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        validators=[on_paper],
        help_text=_("In Latin letters, complete, as in the company register."),
        error_messages={"required": _("Give the name of the party.")},
    )
    name_local = forms.CharField(
        label=_("Name in its own script"),
        max_length=200,
        required=False,
        help_text=_("Where it is written in another script, such as 日本語."),
    )
    country = CountryField(label=_("Country"), required=False)
    address = forms.CharField(
        label=_("Address"),
        max_length=300,
        required=False,
        validators=[on_paper],
        widget=forms.Textarea({"rows": 2}),
    )
    contact = forms.CharField(
        label=_("Contact"), max_length=200, required=False, help_text=_("A person, with telephone or mail.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_later(self, ("country", "address"))

    @staticmethod
    def initial_of(party: Party) -> dict[str, Any]:
        return {name: getattr(party, name) for name in FIELDS} | {"country": str(party.country or "")}


class OwnerForm(forms.Form):
    """Who holds a share of a party."""

    name = forms.CharField(label=_("Owner"), max_length=200, required=False)
    country = CountryField(label=_("Country"), required=False)
    percent = NumberField(
        label=_("Share in %"),
        required=False,
        max_digits=9,
        decimal_places=6,
        min_value=Decimal("0.000001"),
        max_value=Decimal(100),
        error_messages={"min_value": _("A share is above 0 %%."), "max_value": _("A share is at most 100 %%.")},
        widget=forms.TextInput({"inputmode": "decimal", "class": "govuk-input--width-4"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_later(self, self.fields)

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if not told.get("name") and (told.get("country") or told.get("percent") is not None):
            self.add_error("name", _("Name the owner, or empty the row."))
        return told


class BaseOwners(forms.BaseFormSet):
    """The owners of one party; rows left empty do not count."""

    def clean(self) -> None:
        shares = [form.cleaned_data.get("percent") or Decimal(0) for form in self.forms if form.is_valid()]
        whole = sum(shares, Decimal(0))
        if whole > 100:
            raise forms.ValidationError(
                gettext("The shares add up to %(sum)s %%: more than the whole.") % {"sum": f"{whole.normalize():f}"}
            )

    def values(self) -> list[dict[str, str]]:
        """The rows as a party keeps them."""
        rows = [form.cleaned_data for form in self.forms if form.cleaned_data.get("name")]
        return [
            {
                "name": row["name"],
                "country": row["country"],
                "percent": "" if row["percent"] is None else f"{row['percent'].normalize():f}",
            }
            for row in rows
        ]


def owners_form(
    data: Mapping[str, Any] | None = None, *, rows: list[dict[str, str]] | None = None, extra: int = 1
) -> BaseOwners:
    """The owners' rows: bound to what was posted, or showing stored rows and ``extra`` empty ones."""
    kind = forms.formset_factory(
        OwnerForm,
        formset=BaseOwners,
        extra=extra,
        max_num=MOST_OWNERS,
        absolute_max=MOST_OWNERS + 1,
        validate_max=True,
    )
    return cast(BaseOwners, kind(data, initial=rows or [], prefix="owners"))


def typed_rows(data: Mapping[str, Any]) -> list[dict[str, str]]:
    """The owners' rows as typed, unchecked, without the empty ones."""
    try:
        count = min(int(data.get("owners-TOTAL_FORMS", 0)), MOST_OWNERS)
    except ValueError:
        count = 0
    rows = [{name: data.get(f"owners-{n}-{name}", "") for name in ("name", "country", "percent")} for n in range(count)]
    return [row for row in rows if any(row.values())]
