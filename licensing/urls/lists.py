"""Addresses of the lists face."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
