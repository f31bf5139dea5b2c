"""Addresses of the exporter face."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
