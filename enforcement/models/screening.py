"""Screening: which listings the parties of a filing resemble, and what a person made of each."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enforcement.models.listings import Listing
from licensing.models import Application, Filing, User
from licensing.models.journal import append_only


class Screening(models.Model):
    """One run over every party and owner of one filing against one version of the lists."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="screenings")
    filing = models.ForeignKey(Filing, on_delete=models.PROTECT, related_name="+")
    lists_version = models.CharField(max_length=64)
    screened_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]
        triggers = append_only("screening")

    def __str__(self) -> str:
        return f"{self.application} {self.screened_at:%Y-%m-%d %H:%M}"


class Hit(models.Model):
    """A party, or an owner of one, that resembles a listing. ``owner`` is empty where the party itself does."""

    class Disposition(models.TextChoices):
        OPEN = "open", _("Not judged yet")
        SAME = "same", _("The same party")
        NOT_SAME = "not_same", _("Not the same party")

    screening = models.ForeignKey(Screening, on_delete=models.PROTECT, related_name="hits")
    party = models.PositiveBigIntegerField()
    party_name = models.CharField(max_length=200)
    owner = models.CharField(max_length=200, blank=True)
    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="hits")
    disposition = models.CharField(max_length=10, choices=Disposition, default=Disposition.OPEN)
    disposed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    disposed_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["screening", "party", "owner", "listing"], name="one_hit_per_listing"),
            models.CheckConstraint(
                condition=Q(disposition="open") | (Q(disposed_by__isnull=False) & ~Q(reason="")),
                name="judged_hit_has_person_and_reason",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="hit_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="hit_judged_once", operation=pgtrigger.Update, condition=~pgtrigger.Q(old__disposition="open")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party_name} ~ {self.listing}"
