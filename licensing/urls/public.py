"""Addresses of the public face: no log-in."""

from django.urls import path

from licensing.views import check, control_list, health, home, verify

urlpatterns = [
    path("", home.home, name="home"),
    path("check/", check.check, name="check"),
    path("control-list/", control_list.control_list, name="control-list"),
    path("control-list/<str:key>/", control_list.item, name="control-item"),
    path("announcements/<str:ref>/", control_list.announcement, name="announcement"),
    path("verify/", verify.ask, name="verify"),
    path("verify/<str:code>/", verify.code, name="verify-code"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
