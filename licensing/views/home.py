"""The front page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def home(request: HttpRequest) -> HttpResponse:
    """What Sluice is and where its doors are. Asks nothing of the database."""
    return render(request, "public/home.html")
