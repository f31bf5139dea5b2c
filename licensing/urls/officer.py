"""Addresses of the officer face."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
