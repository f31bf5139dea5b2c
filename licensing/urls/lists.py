"""Addresses of the list keepers' face."""

from django.urls import path

from licensing.views import lists

urlpatterns = [path("", lists.lists, name="lists")]
