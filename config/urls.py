"""Every address of Sluice, face by face. Each is named in `licensing.access.POLICY`, or it is denied."""

from django.urls import include, path
from django.views.i18n import set_language

handler500 = "licensing.views.faults.fault"

urlpatterns = [
    path("language/", set_language, name="set_language"),
    path("", include("licensing.urls.public")),
    path("", include("licensing.urls.accounts")),
    path("exporter/", include("licensing.urls.exporter")),
    path("officer/", include("licensing.urls.officer")),
    path("officer/", include("enforcement.urls")),
    path("lists/", include("licensing.urls.lists")),
    path("api/", include("licensing.urls.api")),
]
