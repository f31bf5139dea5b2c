"""Tasks of enforcement: thin and repeatable; the sweep finds what a lost message left."""

from itertools import islice

from celery import shared_task
from django.utils import timezone

from enforcement.services import screening
from licensing.models import Application

BATCH = 200


@shared_task
def screen(application_id: int) -> None:
    """Screen the newest filing of an application."""
    screening.screen(application=Application.objects.get(pk=application_id), on=timezone.localdate())


@shared_task
def sweep() -> None:
    """Once a minute: screen what is still waiting, after a lost message or a change of the lists."""
    for application in islice(screening.waiting(), BATCH):
        screening.screen(application=application, on=timezone.localdate())
