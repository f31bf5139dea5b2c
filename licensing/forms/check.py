"""The questions of "Do I need a licence?": goods, the way they take, what they are for, and the day.

The form is sent by GET, so that an answer is an address. Its names: ``goods`` (words, control code, customs code),
``p_<parameter>`` (a measured figure), ``named`` (what the goods are, where an entry tells kinds apart), ``none`` (the
same text as ``goods``: no entry shown describes them), ``destination``, ``transit`` and ``end_user_country``
(countries), ``end_use``, ``transaction``, ``ship_from``, ``origin``, ``on``.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from licensing.forms.fields import CountryField, SuggestingInput
from licensing.forms.words import END_USE_NAMES, TRANSACTION_NAMES, country_name, name_in, parameter_label
from licensing.rules.classification import classify
from licensing.rules.conditions import Param, facts_of, parameters_of
from licensing.rules.entry_search import Found, find
from licensing.rules.facts import END_USES, TRANSACTIONS, Facts, Goods, PartyFacts
from licensing.rules.findings import Reason
from licensing.rules.law import ControlItem, LawBook

LAST_DAY = date(2100, 12, 31)
MOST_STOPS = 6
END_USER = "end user"
"""Stands for the end user, whom nobody has to name here."""


def entry_label(item: ControlItem) -> str:
    """An entry as the goods box takes it: code and name, which find it again."""
    return f"{item.code} {name_in(item.name_en, item.name_zh)}".strip()


def check_facts(
    *,
    goods: Goods,
    destination: str,
    transit: Sequence[str] = (),
    end_user_country: str = "",
    end_use: str = "unknown",
    transaction: str = "export",
    ship_from: str = "",
) -> Facts:
    """The facts of a question: no party is named, so no list of names can play a part.

    Nothing is declared yet, so an end user in another country than the destination contradicts nothing.
    """
    return Facts(
        transaction=transaction,
        ship_from=ship_from or ("" if transaction == "reexport" else "CN"),
        goods=(goods,),
        parties=(PartyFacts(role="end_user", name=END_USER, country=end_user_country or destination),),
        final_destination=destination,
        transit=tuple(transit),
        end_use=end_use,
    )


def without_lists(reasons: Iterable[Reason], book: LawBook) -> tuple[Reason, ...]:
    """The reasons but those that say no more than that a list of names did not decide: nobody looked at one."""
    listed = {(m.announcement, m.paragraph) for m in book.measures if m.turns_on_listing}
    return tuple(
        reason
        for reason in reasons
        if reason.verdict == "applies"
        or (reason.values.get("announcement"), reason.values.get("paragraph")) not in listed
    )


class CountriesInput(forms.TextInput):
    """One box; in an address the name may also be repeated, once for each country."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str | None:
        values = data.getlist(name) if hasattr(data, "getlist") else [data.get(name)]
        return ", ".join(value for value in values if value) or None

    def format_value(self, value: Any) -> str | None:
        codes = [code.strip() for code in str(value or "").split(",") if code.strip()]
        return ", ".join(country_name(code.upper()) if len(code) == 2 else code for code in codes) or None


class CountriesField(CountryField):
    """Several countries in order, with commas between them; cleaned to a list of ISO 3166 codes."""

    widget = CountriesInput  # type: ignore[assignment]

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        typed = [part.strip() for part in str(value or "").replace("，", ",").replace("、", ",").split(",")]
        codes = list(dict.fromkeys(super(CountriesField, self).to_python(part) for part in typed if part))
        if len(codes) > MOST_STOPS:
            raise ValidationError(_("Name %(most)s countries at most."), params={"most": MOST_STOPS})
        return codes


class CheckForm(forms.Form):
    """Three questions and a day. ``book`` is the law that the goods are found in; ``today`` the day meant by none."""

    goods = forms.CharField(
        label=_("Words, control code or HS code"),
        help_text=_("For example antimony ingot, 3C003.b or 8110101000."),
        max_length=200,
        widget=SuggestingInput(),
        error_messages={"required": _("Say what the goods are, in words or by a code.")},
    )
    none = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)
    destination = CountryField(
        label=_("Country where the goods finally go"),
        error_messages={"required": _("Give the country where the goods finally go.")},
    )
    transit = CountriesField(
        label=_("By way of"),
        help_text=_("Countries on the way, in order, with commas between them. Transit and transshipment count."),
        required=False,
    )
    end_user_country = CountryField(
        label=_("Country of the end user, if it is another one"),
        required=False,
    )
    end_use = forms.ChoiceField(
        label=_("End use"),
        choices=[(use, END_USE_NAMES[use]) for use in END_USES],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what the goods are for. Choose “Not known” if you do not know.")},
    )
    transaction = forms.ChoiceField(
        label=_("Kind of move"),
        choices=[(kind, TRANSACTION_NAMES[kind]) for kind in TRANSACTIONS],
        widget=forms.RadioSelect,
        required=False,
        initial="export",
    )
    ship_from = CountryField(
        label=_("Country that the goods leave"),
        help_text=_("For a re-export."),
        required=False,
    )
    origin = CountryField(
        label=_("Country where the goods were made"),
        help_text=_("For a re-export. Leave it empty if they were made abroad of Chinese input."),
        required=False,
    )
    on = forms.DateField(
        label=_("As of"),
        help_text=_("Today, or another day such as 2026-11-27: the law of that day answers."),
        required=False,
        input_formats=["%Y-%m-%d", "%Y/%m/%d"],
        widget=forms.DateInput(attrs={"class": "govuk-input--width-10", "autocomplete": "off"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("This is not a day. Write it as 2026-11-27.")},
    )

    def __init__(self, data: Any = None, *, book: LawBook, today: date) -> None:
        self.book = book
        self.today = today
        if data is not None and not data.get("on"):
            data = data.copy()
            data["on"] = today.isoformat()
        super().__init__(data, initial={"on": today, "transaction": "export"})
        goods_box = self.fields["goods"].widget
        goods_box.suggestions = [entry_label(item) for item in book.items]
        for param in self.parameters:
            self.fields[f"p_{param.key}"] = forms.DecimalField(
                label=parameter_label(param.key, param.unit),
                required=False,
                max_digits=18,
                localize=False,
                widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "govuk-input--width-5"}),
                error_messages={"invalid": _("Give a number, with a point before decimals.")},
            )
        if self.names:
            self.fields["named"] = forms.MultipleChoiceField(
                label=_("The goods are"),
                choices=[(name, name) for name in self.names],
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )

    @cached_property
    def found(self) -> Found:
        """What the text of the goods stands for."""
        text = str(self.data.get("goods", "") if self.is_bound else "")[:200]
        return find(self.book.items, text)

    @cached_property
    def item(self) -> ControlItem | None:
        """The entry that the goods are taken for, if one is settled."""
        return None if self._none_fits else self.found.item

    @property
    def item_label(self) -> str:
        """The entry found, by its code, or by its name where it has none."""
        return (self.item.code or name_in(self.item.name_en, self.item.name_zh)) if self.item else ""

    @cached_property
    def entries(self) -> tuple[ControlItem, ...]:
        """Entries to choose from, or that are in question, while none is settled."""
        if self.item or self._none_fits:
            return ()
        return self.found.entries

    @cached_property
    def in_question(self) -> tuple[ControlItem, ...]:
        """Entries that a customs code alone leaves open: their properties decide."""
        if self.item or self.entries or len(self.found.hs) < 6:
            return ()
        goods = Goods(description=self.found.words, hs_declared=self.found.hs)
        return classify(goods, self.book.on(self.today)).candidates

    @property
    def _none_fits(self) -> bool:
        return bool(self.is_bound and self.data.get("none") and self.data.get("none") == self.data.get("goods"))

    @cached_property
    def parameters(self) -> tuple[Param, ...]:
        """The measured properties that matter here, each once."""
        asked = {p.key: p for item in self._asking() if item.condition for p in parameters_of(item.condition)}
        return tuple(asked.values())[:12]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Kinds of goods that the entry tells apart."""
        return tuple(fact.value for item in self._asking() for fact in facts_of(item.condition) if fact.name == "named")

    def _asking(self) -> Iterable[ControlItem]:
        return (self.item,) if self.item else self.in_question

    @property
    def property_fields(self) -> list[forms.BoundField]:
        """The fields about measured properties, in order."""
        return [self[name] for name in self.fields if name.startswith("p_") or name == "named"]

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"] or self.today
        if on > LAST_DAY:
            raise ValidationError(_("Choose a day up to %(last)s."), params={"last": LAST_DAY.isoformat()})
        return on

    def clean_transaction(self) -> str:
        return self.cleaned_data["transaction"] or "export"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name, value in cleaned.items():
            if name.startswith("p_") and value is not None and value < 0:
                self.add_error(name, gettext("A measured property is not below zero."))
        return cleaned

    @property
    def to_choose(self) -> bool:
        """Whether the words fit several entries, so that one has to be chosen before there is an answer."""
        return len(self.entries) > 0 and self.item is None

    def facts(self) -> Facts:
        """The case that the answers describe. The form must be valid."""
        given = self.cleaned_data
        parameters: dict[str, Decimal | str] = {
            param.key: given[f"p_{param.key}"] for param in self.parameters if given.get(f"p_{param.key}") is not None
        }
        description = " ".join([self.found.words, *given.get("named", ())])
        goods = Goods(
            description=description,
            item_code=self.item.key if self.item else None,
            hs_declared=self.found.hs,
            origin=given["origin"] if given["transaction"] == "reexport" else "CN",
            parameters=parameters,
        )
        return check_facts(
            goods=goods,
            destination=given["destination"],
            transit=given["transit"],
            end_user_country=given["end_user_country"],
            end_use=given["end_use"],
            transaction=given["transaction"],
            ship_from=given["ship_from"],
        )
