"""Addresses of log-in and registration: of allauth's views only those that Sluice uses."""

from allauth.account import views as allauth
from django.urls import path, re_path
from django.views.generic import RedirectView

from licensing.views import accounts

urlpatterns = [
    path("register/", accounts.register, name="register"),
    path("desk/", accounts.desk, name="desk"),
    path("account/login/", allauth.login, name="account_login"),
    # allauth names this address in a mail; nobody signs up alone, so it leads to the registration of a company.
    path("account/register/", RedirectView.as_view(pattern_name="register"), name="account_signup"),
    path("account/logout/", allauth.logout, name="account_logout"),
    path("account/inactive/", allauth.account_inactive, name="account_inactive"),
    path("account/password/", allauth.password_change, name="account_change_password"),
    path("account/confirm/", allauth.reauthenticate, name="account_reauthenticate"),
    path("account/reset/", allauth.password_reset, name="account_reset_password"),
    path("account/reset/sent/", allauth.password_reset_done, name="account_reset_password_done"),
    path("account/reset/done/", allauth.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    re_path(
        r"^account/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
]
