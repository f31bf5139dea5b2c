"""Addresses of the API, its description, and its documentation for people."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from licensing.api.check import CheckView
from licensing.api.control_items import ControlItemsView
from licensing.api.verify import VerifyView

urlpatterns = [
    path("v1/check/", CheckView.as_view(), name="api-check"),
    path("v1/control-items/", ControlItemsView.as_view(), name="api-control-items"),
    path("v1/licences/verify/", VerifyView.as_view(), name="api-verify"),
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
]
