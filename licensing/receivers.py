"""Who hears the bells of licensing: each starts a task.

A broker that is away is logged by the bell; the sweep follows.
"""

from typing import Any

from django.dispatch import receiver

from licensing import signals, tasks


@receiver(signals.application_submitted)
def determine(application_id: int, **_: Any) -> None:
    tasks.determine.apply_async((application_id,), retry=False)


@receiver(signals.licence_issued)
def print_licence(licence_id: int, **_: Any) -> None:
    tasks.print_licence.apply_async((licence_id,), retry=False)


@receiver(signals.application_submitted)
@receiver(signals.application_decided)
def send_notices(**_: Any) -> None:
    tasks.send_notices.apply_async(retry=False)
