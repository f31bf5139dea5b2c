"""Licences: what was granted, for how long, and what is left of it."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Self

import pgtrigger
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from licensing.models.applications import Application
from licensing.models.organisations import Membership, Organisation, User
from licensing.models.periods import PeriodField
from licensing.models.review import Decision
from licensing.rules.roles import CASE_ROLES, EXPORTER_ROLES, Role
from licensing.rules.workflow import LicenceStatus

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

LICENCE_STATUS_NAMES = {
    LicenceStatus.ACTIVE: _("Active"),
    LicenceStatus.SUSPENDED: _("Suspended"),
    LicenceStatus.REVOKED: _("Revoked"),
    LicenceStatus.SURRENDERED: _("Surrendered"),
}


class Series(models.Model):
    """A counter per series and year, moved in the transaction that uses the number. Gaps are allowed, reuse never."""

    name = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "series"
        constraints = [models.UniqueConstraint(fields=["name", "year"], name="one_counter_per_series_and_year")]

    def __str__(self) -> str:
        return f"{self.name} {self.year}: {self.last}"


class LicenceQuerySet(models.QuerySet["Licence"]):
    def visible_to(self, person: "User | AnonymousUser") -> Self:
        """An exporter's people see their own licences; case officers, customs officers and auditors all."""
        if not person.is_authenticated:
            return self.none()
        acting = Membership.objects.acting().filter(user=person)
        own = acting.filter(organisation=OuterRef("organisation"), role__in=EXPORTER_ROLES)
        official = acting.filter(role__in=[*CASE_ROLES, Role.AUDITOR, Role.CUSTOMS_OFFICER])
        return self.filter(Exists(own) | Exists(official))


class Licence(models.Model):
    """Permission to export what its lines say within ``valid`` (half-open days of the authority's zone).

    ``statement`` is all that the paper says; ``code`` finds it on line, ``qr`` proves it off line. The PDF is made
    after the grant by a task: until then ``pdf`` is empty.
    """

    number = models.CharField(max_length=24, unique=True)
    code = models.CharField(max_length=24, unique=True)
    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="licence")
    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="licence")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="licences")
    kind = models.CharField(max_length=24, choices=Application.Kind)
    status = models.CharField(
        max_length=12,
        choices=[(s.value, LICENCE_STATUS_NAMES[s]) for s in LicenceStatus],
        default=LicenceStatus.ACTIVE,
    )
    valid = PeriodField()
    statement = models.JSONField()
    qr = models.TextField()
    pdf = models.FileField(upload_to="licences/", blank=True)
    pdf_sha256 = models.CharField(max_length=64, blank=True)
    issued_at = models.DateTimeField(default=timezone.now)

    objects = LicenceQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "-id"], name="licence_by_holder"),
            models.Index(fields=["id"], condition=Q(pdf=""), name="licence_unprinted"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid__isempty=False) & Q(valid__upper_inf=False) & Q(valid__lower_inf=False),
                name="licence_has_first_and_last_day",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="licence_follows_its_decision",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM licensing_decision d JOIN licensing_application a ON a.id = d.application_id
                        WHERE d.id = NEW.decision_id AND d.outcome = 'grant' AND a.id = NEW.application_id
                              AND a.organisation_id = NEW.organisation_id
                    ) THEN
                        RAISE EXCEPTION 'licence: no decision grants it';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="licence_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="licence_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "number", "code", "application", "decision", "organisation", "kind", "valid", "statement", "qr"
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def stream(self) -> str:
        return f"licence:{self.number}"

    def state_on(self, day: date) -> str:
        """Its stored status, or what the day makes of an active one: ``expired``, ``not_yet_valid``, ``used_up``."""
        if self.status != LicenceStatus.ACTIVE:
            return self.status
        if self.valid.end and day >= self.valid.end:
            return "expired"
        if day < self.valid.start:
            return "not_yet_valid"
        return "used_up" if all(line.left == 0 for line in self.lines.all()) else "active"


class LicenceLine(models.Model):
    """One kind of goods on a licence, with what is drawn and reserved of it, in ``unit``."""

    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="lines")
    number = models.PositiveSmallIntegerField()
    item_code = models.CharField(max_length=20, blank=True)
    description = models.CharField(max_length=300)
    hs_code = models.CharField(max_length=10, blank=True)
    quantity = models.DecimalField(max_digits=18, decimal_places=6)
    unit = models.CharField(max_length=10)
    drawn = models.DecimalField(max_digits=18, decimal_places=6, default=Decimal(0))
    reserved = models.DecimalField(max_digits=18, decimal_places=6, default=Decimal(0))

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["licence", "number"], name="licence_lines_are_numbered"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="granted_quantity_is_positive"),
            models.CheckConstraint(
                condition=Q(drawn__gte=0) & Q(reserved__gte=0) & Q(quantity__gte=F("drawn") + F("reserved")),
                name="never_over_never_under",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.licence} line {self.number}"

    @property
    def left(self) -> Decimal:
        """What may still be declared, in ``unit``."""
        return self.quantity - self.drawn - self.reserved
