"""Recommending how a case ends, declining a recommendation, and signing it as the second person."""

from typing import Any, cast

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from licensing.forms.fields import on_paper
from licensing.models.review import Outcome
from licensing.rules.licences import CONDITIONS, LONGEST_MONTHS, Condition


def condition_words(condition: Condition) -> str:
    """A standing condition in the reader's language; the licence carries both."""
    return condition.zh if (get_language() or "").startswith("zh") else condition.en


class RecommendationForm(forms.Form):
    """The whole content of a decision. Months and conditions count for a grant only."""

    outcome = forms.ChoiceField(
        label=_("How shall the case end?"),
        choices=Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one.")},
    )
    grounds = forms.CharField(
        label=_("Grounds"),
        help_text=_("The second officer reads them. The exporter reads them where you refuse."),
        max_length=8000,
        widget=forms.Textarea({"rows": 6}),
        error_messages={"required": _("Give the grounds.")},
    )
    months = forms.IntegerField(
        label=_("Licence valid for how many months?"),
        min_value=1,
        widget=forms.NumberInput({"class": "govuk-input--width-3", "inputmode": "numeric"}),
        error_messages={"required": _("Give the months."), "invalid": _("Give a whole number of months.")},
    )
    conditions = forms.MultipleChoiceField(
        label=_("Standing conditions"), required=False, widget=forms.CheckboxSelectMultiple
    )
    further_conditions = forms.CharField(
        label=_("Further conditions"),
        help_text=_("One a line, as they shall stand on the licence."),
        required=False,
        max_length=4000,
        validators=[on_paper],
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        longest = LONGEST_MONTHS[kind]
        months = self.fields["months"]
        months.initial = longest
        months.help_text = _("At most %(months)d for a licence of this kind.") % {"months": longest}
        conditions = cast("forms.MultipleChoiceField", self.fields["conditions"])
        conditions.choices = [(c.key, condition_words(c)) for c in CONDITIONS]
        conditions.initial = [c.key for c in CONDITIONS if c.usual]

    @property
    def terms(self) -> dict[str, Any]:
        """What `review.recommend` takes. Only a grant has conditions."""
        given = self.cleaned_data
        grants = given["outcome"] == Outcome.GRANT
        return {
            "outcome": Outcome(given["outcome"]),
            "grounds": given["grounds"],
            "months": given["months"],
            "conditions": given["conditions"] if grants else (),
            "further_conditions": given["further_conditions"].splitlines() if grants else (),
        }


class DeclineForm(forms.Form):
    """Why a recommendation goes back to its author."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Its author reads it and writes a new recommendation."),
        max_length=4000,
        widget=forms.Textarea({"rows": 4}),
        error_messages={"required": _("Say why, so that its author knows what to change.")},
    )


class CountersignForm(forms.Form):
    """What the person saw, as the hash of its content."""

    content_hash = forms.CharField(widget=forms.HiddenInput, max_length=64)
