"""Holds: placed with a filing, lifted with evidence. Both run inside the transaction of another act."""

from django.utils import timezone

from licensing.models import Application, Hold


def place(application: Application, *, reason: Hold.Reason) -> None:
    """Hold the case back for a reason; one standing hold a reason, however often it is placed."""
    Hold.objects.bulk_create([Hold(application=application, reason=reason)], ignore_conflicts=True)


def lift(application: Application, *, reason: Hold.Reason, evidence: str) -> None:
    """Lift the standing hold of a reason. ``evidence`` names the row that proves it, e.g. "screening:17"."""
    Hold.objects.standing().filter(application=application, reason=reason).update(
        lifted_at=timezone.now(), evidence=evidence
    )
