"""The form of what the goods are used for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from licensing.forms.drafts import ask_later
from licensing.forms.fields import on_paper
from licensing.forms.routes import VersionField
from licensing.models import Application

FIELDS = ("end_use_category", "end_use", "end_use_site")


class EndUseForm(forms.Form):
    """Category, words and site of the end use. Nothing is needed to save."""

    end_use_category = forms.ChoiceField(
        label=_("End use"),
        choices=Application.EndUse.choices,
        required=False,
        widget=forms.RadioSelect,
        help_text=_("Say what you know. A wrong answer is an offence; “not known” is lawful and is looked into."),
    )
    end_use = forms.CharField(
        label=_("What the end user makes with the goods"),
        max_length=4000,
        required=False,
        validators=[on_paper],
        widget=forms.Textarea({"rows": 4}),
        help_text=_("One or two sentences: product, process, customers."),
    )
    end_use_site = forms.CharField(
        label=_("Site of use"), max_length=300, required=False, help_text=_("Plant and address.")
    )
    version = VersionField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_later(self, FIELDS)

    @staticmethod
    def initial_of(application: Application) -> dict[str, Any]:
        return {name: getattr(application, name) for name in FIELDS} | {"version": application.version}

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in FIELDS}
