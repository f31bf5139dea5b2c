"""Forms about an organisation: its registration, and who may act for it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from licensing.forms.accounts import PasswordField, PersonForm
from licensing.forms.fields import on_paper
from licensing.models import Organisation
from licensing.models.organisations import ROLE_NAMES
from licensing.rules.organisations import is_credit_code
from licensing.rules.roles import Role


class CompanyForm(forms.ModelForm):
    """What the authority has to know of a company before it may file."""

    class Meta:
        model = Organisation
        fields = ("name_en", "name_zh", "uscc", "address", "legal_representative", "telephone")
        help_texts = {
            "name_en": _("As on contracts. It is printed on licences."),
            "name_zh": _("As in the business licence."),
            "uscc": _("18 signs, as on the business licence."),
        }
        widgets = {
            "name_en": forms.TextInput({"autocomplete": "organization"}),
            "uscc": forms.TextInput({"class": "govuk-input--width-20", "autocomplete": "off", "spellcheck": "false"}),
            "telephone": forms.TextInput({"class": "govuk-input--width-20", "type": "tel", "autocomplete": "tel"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("name_zh", "uscc", "address", "legal_representative"):
            self.fields[name].required = True
        for name in ("name_en", "name_zh"):
            self.fields[name].validators.append(on_paper)
        for field in self.fields.values():
            field.label = str(field.label)[:1].upper() + str(field.label)[1:]
            field.error_messages["required"] = _("Fill this in.")

    def clean_uscc(self) -> str:
        code = self.cleaned_data["uscc"].replace(" ", "").upper()
        if not is_credit_code(code):
            raise forms.ValidationError(
                _("This is no unified social credit code: it has 18 signs, and the last one checks the others.")
            )
        return code

    def clean(self) -> dict[str, Any]:
        """Whether the code is registered already is the service's to say, so no constraint is asked here."""
        return self.cleaned_data


class RegistrationForm(PersonForm, CompanyForm):
    """A company and its first person, on one page."""

    field_order = (*CompanyForm.Meta.fields, "name", "email", "password")

    @property
    def company_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in CompanyForm.Meta.fields]

    @property
    def person_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("name", "email", "password")]


class MemberForm(forms.Form):
    """A person who shall act for the company."""

    name = forms.CharField(label=_("Name"), max_length=120, error_messages={"required": _("Give the name.")})
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        error_messages={"required": _("Give the e-mail address."), "invalid": _("This is no e-mail address.")},
    )
    role = forms.ChoiceField(
        label=_("Role"),
        choices=[(role.value, ROLE_NAMES[role]) for role in (Role.VIEWER, Role.FILER, Role.COMPANY_ADMIN)],
        initial=Role.FILER,
        widget=forms.RadioSelect,
        help_text=_(
            "Viewers read. Filers also write and submit applications. Administrators also add and remove people."
        ),
    )
    password = PasswordField(
        label=_("First password"),
        error_messages={"required": _("Choose a first password.")},
        help_text=_(
            "At least 15 characters. Hand it over by another way than mail; the person changes it after log-in."
        ),
    )
