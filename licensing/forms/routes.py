"""The form of where the goods go, and of starting an application, which asks the same."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from licensing.forms.drafts import ask_later
from licensing.forms.fields import CountryField
from licensing.models import Application
from licensing.rules.countries import COUNTRIES

STOPS = ("stop_1", "stop_2", "stop_3")


class RouteForm(forms.Form):
    """Licence kind, transaction and way of the goods. Nothing is needed to save."""

    kind = forms.ChoiceField(
        label=_("Kind of licence"),
        choices=Application.Kind.choices,
        initial=Application.Kind.SINGLE,
        widget=forms.RadioSelect,
        help_text=_(
            "A single licence is for one contract. A general licence needs an approved compliance programme. "
            "A registration voucher is for exhibitions, repairs and tests."
        ),
    )
    transaction = forms.ChoiceField(
        label=_("What happens to the goods"),
        choices=Application.Transaction.choices,
        initial=Application.Transaction.EXPORT,
        widget=forms.RadioSelect,
    )
    ship_from = CountryField(
        label=_("Country that the goods leave"),
        required=False,
        help_text=_("Only for a re-export from another country."),
    )
    destination = CountryField(
        label=_("Country of final destination"),
        required=False,
        help_text=_("Where the end user uses the goods, not where the ship calls."),
    )
    stop_1 = CountryField(label=_("By way of"), required=False, help_text=_("Empty where the goods go straight there."))
    stop_2 = CountryField(label=_("then"), required=False)
    stop_3 = CountryField(label=_("then"), required=False)
    contract_number = forms.CharField(label=_("Number of the contract"), max_length=80, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_later(self, ("destination", "contract_number"))

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if told.get("transaction") == Application.Transaction.REEXPORT and told.get("ship_from") == "CN":
            self.add_error("ship_from", _("A re-export leaves another country than China. Choose export instead."))
        return told

    @staticmethod
    def initial_of(application: Application) -> dict[str, Any]:
        return {
            "kind": application.kind,
            "transaction": application.transaction,
            "ship_from": application.facts.get("ship_from", ""),
            "destination": str(application.destination or ""),
            "contract_number": application.contract_number,
            **dict(zip(STOPS, application.transit, strict=False)),
        }

    def values(self, facts: dict[str, Any] | None = None) -> dict[str, Any]:
        """The fields of an application. ``facts``: those it holds besides."""
        told = self.cleaned_data
        known = {key: value for key, value in (facts or {}).items() if key != "ship_from"}
        if told["transaction"] == Application.Transaction.REEXPORT and told["ship_from"]:
            known["ship_from"] = told["ship_from"]
        return {
            "kind": told["kind"],
            "transaction": told["transaction"],
            "destination": told["destination"],
            "transit": [told[stop] for stop in STOPS if told[stop]],
            "contract_number": told["contract_number"],
            "facts": known,
        }


class StartForm(RouteForm):
    """Starting an application: for which company, of which kind, where to."""

    organisation = forms.ChoiceField(label=_("For which company"), widget=forms.RadioSelect)

    field_order = ("organisation", *RouteForm.base_fields)

    def __init__(self, *args: Any, organisations: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = organisations  # type: ignore[attr-defined]
        if len(organisations) == 1:
            self.fields["organisation"].initial = organisations[0][0]
            self.fields["organisation"].widget = forms.HiddenInput()


class VersionField(forms.IntegerField):
    """The version of the application that the person read, carried through the form."""

    def __init__(self) -> None:
        super().__init__(widget=forms.HiddenInput())


class VersionedRouteForm(RouteForm):
    version = VersionField()


def from_check(query: QueryDict) -> dict[str, Any]:
    """What the page "Do I need a licence?" hands over in its address; anything unknown is left out."""
    places = [code.strip().upper() for text in query.getlist("transit") for code in text.split(",") if code.strip()]
    known = [code for code in places if code in COUNTRIES]
    destination = query.get("destination", "").upper()
    initial: dict[str, Any] = dict(zip(STOPS, known, strict=False))
    if destination in COUNTRIES:
        initial["destination"] = destination
    if query.get("transaction") in Application.Transaction.values:
        initial["transaction"] = query["transaction"]
    return initial
