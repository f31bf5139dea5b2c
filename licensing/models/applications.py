"""An application, from the exporter's first click to its end."""

from typing import TYPE_CHECKING, Any, Self

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from licensing.models.journal import append_only
from licensing.models.organisations import Membership, Organisation, User
from licensing.rules.roles import CASE_ROLES, EXPORTER_ROLES, Role
from licensing.rules.workflow import CLOSED, EDITABLE, OPEN, TRANSITIONS, Status

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

STATUS_NAMES = {
    Status.DRAFT: _("Draft"),
    Status.SUBMITTED: _("Submitted"),
    Status.RETURNED: _("Returned"),
    Status.REVIEW: _("In review"),
    Status.GRANTED: _("Granted"),
    Status.REFUSED: _("Refused"),
    Status.NOT_REQUIRED: _("No licence needed"),
    Status.WITHDRAWN: _("Withdrawn"),
    Status.SUPERSEDED: _("Superseded"),
}


class ApplicationQuerySet(models.QuerySet["Application"]):
    def visible_to(self, person: "User | AnonymousUser") -> Self:
        """What this person may see: an exporter's people their own, case officers and auditors all that was filed."""
        if not person.is_authenticated:
            return self.none()
        acting = Membership.objects.acting().filter(user=person)
        own = acting.filter(organisation=OuterRef("organisation"), role__in=EXPORTER_ROLES)
        official = acting.filter(role__in=[*CASE_ROLES, Role.AUDITOR])
        return self.filter(Exists(own) | (Exists(official) & Q(first_submitted_at__isnull=False)))

    def on_desk_of(self, person: "User | AnonymousUser") -> Self:
        """What this person may examine for the authority: all that was filed, never by an exporter of one's own."""
        if not person.is_authenticated:
            return self.none()
        own = Membership.objects.filter(user=person, organisation=OuterRef("organisation"))
        return self.visible_to(person).filter(~Exists(own), first_submitted_at__isnull=False)

    def of(self, organisation: Organisation) -> Self:
        return self.filter(organisation=organisation)

    def open(self) -> Self:
        return self.filter(status__in=OPEN)

    def with_officers(self) -> Self:
        """Cases on which the authority has to act next."""
        return self.filter(status__in=[Status.SUBMITTED, Status.REVIEW])


class Application(models.Model):
    """A request of one exporter for one licence. ``destination`` is where the goods finally go, as the exporter says.

    ``version`` counts edits, so that two persons editing at once are told. ``parties_changed_at`` is what a
    screening has to be younger than. ``due_on`` is the last of the 45 working days, set on acceptance; empty where
    the law sets no limit, which only officers see.
    """

    class Kind(models.TextChoices):
        SINGLE = "single", _("Single licence")
        GENERAL = "general", _("General licence")
        VOUCHER = "registration_voucher", _("Registration voucher")

    class Transaction(models.TextChoices):
        EXPORT = "export", _("Export from China")
        REEXPORT = "reexport", _("Re-export from another country")
        BONDED = "domestic_to_bonded", _("Move into a bonded area in China")

    class EndUse(models.TextChoices):
        CIVIL = "civil", _("Civil")
        MILITARY = "military", _("Military")
        WMD = "wmd", _("Weapons of mass destruction or their carriers")
        TERRORISM = "terrorism", _("Terrorism")
        UNKNOWN = "unknown", _("Not known")

    reference = models.CharField(max_length=24, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="applications")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    status = models.CharField(max_length=14, choices=[(s.value, STATUS_NAMES[s]) for s in Status], default=Status.DRAFT)
    version = models.PositiveIntegerField(default=1)

    kind = models.CharField(_("licence kind"), max_length=24, choices=Kind, default=Kind.SINGLE)
    transaction = models.CharField(_("transaction"), max_length=20, choices=Transaction, default=Transaction.EXPORT)
    destination = CountryField(_("country of final destination"), blank=True)
    transit = ArrayField(models.CharField(max_length=2), default=list, blank=True, verbose_name=_("by way of"))
    contract_number = models.CharField(_("contract number"), max_length=80, blank=True)
    end_use_category = models.CharField(_("end use"), max_length=12, choices=EndUse, blank=True)
    end_use = models.TextField(_("what the goods are used for"), blank=True)
    end_use_site = models.CharField(_("site of use"), max_length=300, blank=True)
    facts = models.JSONField(default=dict, blank=True)

    declared_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    declared_at = models.DateTimeField(null=True, blank=True)
    parties_changed_at = models.DateTimeField(default=timezone.now)
    first_submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    accepted_on = models.DateField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "-id"], name="application_by_exporter"),
            models.Index(fields=["status", "due_on", "id"], name="application_by_deadline"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status=Status.DRAFT) | Q(status=Status.WITHDRAWN) | Q(submitted_at__isnull=False),
                name="filed_application_has_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[Status.REVIEW, Status.GRANTED, Status.REFUSED]) | Q(accepted_on__isnull=False),
                name="accepted_application_has_a_day",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="application_moves", field="status", transitions=[(str(a), str(b)) for a, b in TRANSITIONS]
            ),
            pgtrigger.Trigger(
                name="application_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF OLD.status NOT IN ('draft', 'returned') AND (
                        NEW.organisation_id, NEW.reference, NEW.kind, NEW.transaction, NEW.destination, NEW.transit,
                        NEW.end_use_category, NEW.end_use, NEW.end_use_site, NEW.contract_number, NEW.facts,
                        NEW.declared_by_id
                    ) IS DISTINCT FROM (
                        OLD.organisation_id, OLD.reference, OLD.kind, OLD.transaction, OLD.destination, OLD.transit,
                        OLD.end_use_category, OLD.end_use, OLD.end_use_site, OLD.contract_number, OLD.facts,
                        OLD.declared_by_id
                    ) THEN
                        RAISE EXCEPTION 'application % is filed: its content is frozen', OLD.reference;
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="application_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def stage(self) -> Status:
        return Status(self.status)

    @property
    def editable(self) -> bool:
        return self.stage in EDITABLE

    @property
    def closed(self) -> bool:
        return self.stage in CLOSED

    @property
    def stream(self) -> str:
        """The journal's name for it."""
        return f"application:{self.reference}"


def frozen_with_application(what: str) -> list[pgtrigger.Trigger]:
    """A trigger that refuses any change to a part of an application that is filed."""
    return [
        pgtrigger.Trigger(
            name=f"{what}_frozen",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
            declare=[("part", "RECORD")],
            func="""
                IF TG_OP = 'DELETE' THEN part := OLD; ELSE part := NEW; END IF;
                IF EXISTS (SELECT 1 FROM licensing_application a
                           WHERE a.id = part.application_id AND a.status NOT IN ('draft', 'returned')) THEN
                    RAISE EXCEPTION 'application % is filed: its content is frozen', part.application_id;
                END IF;
                IF TG_OP = 'UPDATE' AND OLD.application_id <> NEW.application_id THEN
                    RAISE EXCEPTION 'application %: its parts stay with it, frozen', OLD.application_id;
                END IF;
                RETURN part;
            """,
        )
    ]


class GoodsLine(models.Model):
    """One kind of goods in an application.

    ``parameters``: measured properties as decimal text, e.g. {"purity_pct": "99.65"}.
    """

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="goods")
    number = models.PositiveSmallIntegerField()
    description = models.CharField(_("description"), max_length=300)
    item_code = models.CharField(_("control code"), max_length=20, blank=True)
    family = models.CharField(_("family"), max_length=30, blank=True)
    hs_code = models.CharField(_("HS code"), max_length=10, blank=True)
    parameters = models.JSONField(default=dict, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=18, decimal_places=6, null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=10, default="kg")
    value = models.DecimalField(_("value"), max_digits=18, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    origin = CountryField(_("country of origin"), default="CN", blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "number"], name="goods_lines_are_numbered", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(condition=Q(quantity__isnull=True) | Q(quantity__gt=0), name="quantity_is_positive"),
            models.CheckConstraint(condition=Q(value__isnull=True) | Q(value__gte=0), name="value_is_not_negative"),
        ]
        triggers = frozen_with_application("goods")

    def __str__(self) -> str:
        return self.description


class Party(models.Model):
    """A foreign party of the transaction.

    ``owners``: [{"name", "country", "percent"}], percent as decimal text or "".
    """

    class Role(models.TextChoices):
        CONSIGNEE = "consignee", _("Consignee")
        IMPORTER = "importer", _("Importer")
        END_USER = "end_user", _("End user")
        INTERMEDIARY = "intermediary", _("Intermediary")

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="parties")
    role = models.CharField(_("role"), max_length=14, choices=Role)
    name = models.CharField(_("name"), max_length=200)
    name_local = models.CharField(_("name in its own script"), max_length=200, blank=True)
    country = CountryField(_("country"), blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    contact = models.CharField(_("contact"), max_length=200, blank=True)
    owners = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "parties"
        triggers = frozen_with_application("party")

    def __str__(self) -> str:
        return self.name

    @property
    def owner_rows(self) -> list[dict[str, Any]]:
        return list(self.owners)


def document_path(document: "Document", filename: str) -> str:
    """Where an upload is kept: by its own hash, never by the name it came with."""
    return f"documents/{document.sha256[:2]}/{document.sha256}-{document.application_id}"


class Document(models.Model):
    """A paper of an application. Kinds are those that a determination asks for (`licensing.rules.completeness`)."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="documents")
    kind = models.CharField(_("kind"), max_length=50)
    name = models.CharField(_("file name"), max_length=200)
    file = models.FileField(upload_to=document_path)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        triggers = frozen_with_application("document")

    def __str__(self) -> str:
        return self.name


class Filing(models.Model):
    """What was submitted, word for word, and its hash. A resubmission after a return is a new filing."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="filings")
    number = models.PositiveSmallIntegerField()
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    submitted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["application", "number"], name="filings_are_numbered")]
        triggers = append_only("filing")

    def __str__(self) -> str:
        return f"{self.application} #{self.number}"
