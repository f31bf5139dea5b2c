"""Log-in, and the registration of a company with its first person."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from licensing.models import User


class Adapter(DefaultAccountAdapter):
    """Nobody signs up alone: a company registers, and its administrator adds people."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("Address and password do not belong together. Check both, or set a new password."),
        "too_many_login_attempts": _("Too many attempts failed. Wait a quarter of an hour, or set a new password."),
        "invalid_password_reset": _("This link was used already or is too old. Ask for a new one."),
        "incorrect_password": _("This is not your password."),
        "enter_current_password": _("This is not your present password."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_login")

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The address in the mail comes from the settings, never from the request's Host header."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.PUBLIC_URL + path.replace("UID-KEY", key)

    def format_email_subject(self, subject: str) -> str:
        return str(subject)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        super().send_mail(template_prefix, email, {**context, "public_url": settings.PUBLIC_URL})


class PasswordField(forms.CharField):
    """A new password, held against the validators of the settings."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("At least 15 characters. Three or four unconnected words are good."))
        widget = forms.PasswordInput({"autocomplete": "new-password"})
        super().__init__(strip=False, max_length=128, widget=widget, **kwargs)

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value:
            password_validation.validate_password(value)


class PersonForm(forms.Form):
    """The first person of a company, who becomes its administrator."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        error_messages={"required": _("Give your name.")},
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        help_text=_("You log in with it, and notices go there."),
        error_messages={"required": _("Give your e-mail address."), "invalid": _("This is no e-mail address.")},
        widget=forms.EmailInput({"autocomplete": "email"}),
    )
    password = PasswordField(label=_("Password"), error_messages={"required": _("Choose a password.")})

    def clean(self) -> dict[str, Any]:
        """Refuse a password that repeats the name or the address."""
        cleaned = super().clean() or {}
        if password := cleaned.get("password"):
            person = User(name=cleaned.get("name", ""), email=cleaned.get("email", ""))
            try:
                password_validation.validate_password(password, person)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return cleaned
