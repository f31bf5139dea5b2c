"""Organisations and the persons who act for them."""

from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractBaseUser
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from licensing.rules.roles import OrganisationKind, Role

KIND_NAMES = {
    OrganisationKind.EXPORTER: _("Exporter"),
    OrganisationKind.AUTHORITY: _("Authority"),
    OrganisationKind.AGENCY: _("Agency"),
    OrganisationKind.CUSTOMS: _("Customs"),
}
ROLE_NAMES = {
    Role.VIEWER: _("Viewer"),
    Role.FILER: _("Filer"),
    Role.COMPANY_ADMIN: _("Company administrator"),
    Role.OFFICER: _("Licensing officer"),
    Role.COUNTERSIGNER: _("Countersigning officer"),
    Role.LIST_KEEPER: _("List keeper"),
    Role.AGENCY_OFFICER: _("Agency officer"),
    Role.CUSTOMS_OFFICER: _("Customs officer"),
    Role.AUDITOR: _("Auditor"),
}


class Persons(BaseUserManager["User"]):
    """Log-ins by e-mail address, compared without case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        person = self.model(email=self.normalize_email(email).lower(), **fields)
        person.set_password(password)
        person.save()
        return person

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person. One person has one log-in, so that two signatures are always two persons."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(_("language"), max_length=10, default="en")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[Persons] = Persons()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="one_person_per_address")]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name


class Organisation(models.Model):
    """A company or an office. Exporters act only once an officer has approved them."""

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting for approval")
        APPROVED = "approved", _("Approved")
        REFUSED = "refused", _("Refused")

    kind = models.CharField(max_length=12, choices=[(k.value, KIND_NAMES[k]) for k in OrganisationKind])
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    name_en = models.CharField(_("name in English"), max_length=200)
    name_zh = models.CharField(_("name in Chinese"), max_length=200, blank=True)
    uscc = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    address = models.CharField(_("registered address"), max_length=300, blank=True)
    legal_representative = models.CharField(_("legal representative"), max_length=120, blank=True)
    telephone = models.CharField(_("telephone"), max_length=40, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    refusal_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "uscc", condition=~Q(uscc="") & ~Q(state="refused"), name="one_organisation_per_credit_code"
            ),
            models.CheckConstraint(
                condition=Q(state="pending") | Q(decided_at__isnull=False), name="decided_organisation_has_a_day"
            ),
        ]

    def __str__(self) -> str:
        return self.name_en

    @property
    def name(self) -> str:
        """The name in the reader's language; in English where no other is known."""
        return (self.name_zh if (get_language() or "").startswith("zh") else "") or self.name_en

    @property
    def other_name(self) -> str:
        """The name in the other language, or nothing."""
        return self.name_zh if self.name == self.name_en else self.name_en

    @property
    def names(self) -> str:
        return f"{self.name} · {self.other_name}" if self.other_name else self.name


class MembershipQuerySet(models.QuerySet["Membership"]):
    def acting(self) -> Self:
        """Memberships that count: the person may log in, the organisation is approved, the membership has not ended."""
        return self.filter(ended_at__isnull=True, user__is_active=True, organisation__state=Organisation.State.APPROVED)


class Membership(models.Model):
    """A person's role in one organisation, from a day until it ends. Ended, never deleted."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=[(r.value, ROLE_NAMES[r]) for r in Role])
    since = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "user", "organisation", "role", condition=Q(ended_at__isnull=True), name="one_membership_per_role"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("since")), name="membership_ends_after_it_began"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()}, {self.organisation})"
