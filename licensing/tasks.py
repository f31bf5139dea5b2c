"""Tasks of licensing: thin, repeatable, bounded. Each reads rows and calls one service.

The sweep finds what a lost message left.
"""

from celery import shared_task
from django.db.models import Exists, OuterRef
from django.utils import timezone

from licensing.models import Application, Determination, Filing, Licence
from licensing.rules.workflow import OPEN
from licensing.services import determination, licences, notices, sweeps

BATCH = 200


@shared_task
def determine(application_id: int) -> None:
    """Determine a filed application under the law of today, if nobody has yet."""
    application = Application.objects.select_related("organisation").get(pk=application_id)
    if determination.latest(application) is None:
        determination.classify(application=application, on=timezone.localdate())


@shared_task
def print_licence(licence_id: int) -> None:
    """Make the PDF of a licence."""
    licences.print_pdf(licence=Licence.objects.get(pk=licence_id))


@shared_task
def send_notices() -> int:
    """Mail the notices that wait."""
    return notices.send_waiting()


@shared_task
def sweep() -> None:
    """Once a minute: do what a lost message left undone. Rows are the queue."""
    newest = Filing.objects.filter(application=OuterRef("pk")).order_by("-number")
    undetermined = (
        Application.objects.filter(status__in=OPEN)
        .annotate(newest=newest.values("pk")[:1])
        .filter(newest__isnull=False)
        .exclude(Exists(Determination.objects.filter(filing=OuterRef("newest"))))
    )
    unprinted = Licence.objects.filter(pdf="")
    sweeps.each(determine, undetermined.order_by("-pk").values_list("pk", flat=True)[:BATCH], what="determine")
    sweeps.each(print_licence, unprinted.order_by("-pk").values_list("pk", flat=True)[:BATCH], what="print")
    notices.send_waiting()
