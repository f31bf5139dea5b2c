"""Tasks of enforcement: thin and repeatable; the sweep finds what a lost message left."""

from celery import shared_task
from django.utils import timezone

from enforcement.services import screening
from licensing.models import Application
from licensing.services import sweeps

BATCH = 200


@shared_task
def screen(application_id: int) -> None:
    """Screen the newest filing of an application."""
    screening.screen(application=Application.objects.get(pk=application_id), on=timezone.localdate())


@shared_task
def sweep() -> None:
    """Once a minute: screen what is still waiting, after a lost message or a change of the lists."""
    sweeps.each(screen, screening.waiting().order_by("-pk").values_list("pk", flat=True)[:BATCH], what="screen")
