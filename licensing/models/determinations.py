"""What the law says of an application on a day, and what holds a decision back."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from licensing.models.applications import Application, Filing
from licensing.models.journal import append_only
from licensing.models.law import LawVersion

OUTCOME_NAMES = {
    "prohibited": _("Prohibited"),
    "presumption_of_denial": _("Presumption of denial"),
    "refer": _("A person must decide"),
    "licence_required": _("Licence required"),
    "no_licence_required": _("No licence required"),
}


class Determination(models.Model):
    """One answer of the engine, with the filing, the findings and the law it was made from: it can be replayed.

    ``with_listings`` says whether screening had spoken; ``findings`` are then the listings it confirmed. An exporter
    only ever sees answers made without.
    """

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="determinations")
    outcome = models.CharField(max_length=24, choices=list(OUTCOME_NAMES.items()))
    deciding_measure = models.CharField(max_length=40)
    content = models.JSONField()
    filing = models.ForeignKey(Filing, on_delete=models.PROTECT, related_name="+")
    findings = models.JSONField(null=True, blank=True)
    law_version = models.ForeignKey(LawVersion, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    with_listings = models.BooleanField(default=False)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["application", "-id"], name="determination_latest")]
        triggers = append_only("determination")

    def __str__(self) -> str:
        return f"{self.application} {self.outcome} {self.on}"


class HoldQuerySet(models.QuerySet["Hold"]):
    def standing(self) -> "HoldQuerySet":
        return self.filter(lifted_at__isnull=True)


class Hold(models.Model):
    """Something that must be settled before a decision. Placed with the filing; lifted only with evidence."""

    class Reason(models.TextChoices):
        SCREENING = "screening", _("Parties are being screened")

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="holds")
    reason = models.CharField(max_length=20, choices=Reason)
    placed_at = models.DateTimeField(default=timezone.now)
    lifted_at = models.DateTimeField(null=True, blank=True)
    evidence = models.CharField(max_length=80, blank=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application", "reason"], condition=Q(lifted_at__isnull=True), name="one_standing_hold_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True) | ~Q(evidence=""), name="hold_is_lifted_with_evidence"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application}: {self.reason}"
