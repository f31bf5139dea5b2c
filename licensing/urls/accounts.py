"""Addresses of log-in and registration."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
