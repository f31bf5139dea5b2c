"""Listing events of the published lists: which party, by which announcement, from when to when."""

from datetime import date
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from licensing.models.law import LIST_NAMES, Announcement, holds_on_a_day, no_overlap
from licensing.models.periods import PeriodField
from licensing.rules import law
from licensing.rules.law_rows import ListingRow, facts


class ListingQuerySet(models.QuerySet["Listing"]):
    def listed_on(self, day: date) -> Self:
        """Listings whose measures have begun and not ended on the day, each with ``is_suspended``."""
        suspensions = ListingSuspension.objects.filter(listing=OuterRef("pk"), period__contains=day)
        return self.filter(in_force__contains=day).annotate(is_suspended=Exists(suspensions))

    def in_force_on(self, day: date) -> Self:
        return self.listed_on(day).filter(is_suspended=False)


class Listing(models.Model):
    """One listing event. The same company may stand on several lists, or twice on one, by different announcements."""

    list = models.CharField(max_length=30, choices=[*LIST_NAMES.items()])
    name_en = models.CharField(max_length=300, blank=True)
    name_zh = models.CharField(max_length=300, blank=True)
    country = models.CharField(max_length=2, blank=True)
    aliases = ArrayField(models.CharField(max_length=300), default=tuple, blank=True)
    announcement = models.ForeignKey(Announcement, on_delete=models.PROTECT, to_field="ref", related_name="+")
    in_force = PeriodField()
    status = models.CharField(max_length=120, blank=True)
    note = models.TextField(blank=True)
    source = models.TextField()
    cross_check = models.TextField(blank=True)
    confidence = models.CharField(max_length=20)

    objects: ClassVar[ListingQuerySet] = ListingQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["list", "announcement", "name_en", "name_zh"]
        constraints = [
            holds_on_a_day("in_force", "listing_holds_on_a_day"),
            models.CheckConstraint(condition=~Q(name_en="", name_zh=""), name="listing_has_a_name"),
            models.UniqueConstraint(
                fields=["list", "announcement", "name_en"], condition=~Q(name_en=""), name="listing_once_by_name_en"
            ),
            models.UniqueConstraint(
                fields=["list", "announcement", "name_zh"], condition=Q(name_en=""), name="listing_once_by_name_zh"
            ),
        ]
        verbose_name = _("listing")

    def __str__(self) -> str:
        return f"{self.name_en or self.name_zh} ({self.get_list_display()}, {self.announcement_id})"

    @property
    def value(self) -> law.Listing:
        """The listing as determinations and screening read it; reads its suspensions."""
        return self.row.listing()

    @property
    def row(self) -> ListingRow:
        """The row as a pack holds it; reads its suspensions."""
        return ListingRow(
            **facts(
                self,
                ListingRow,
                aliases=tuple(self.aliases),
                announcement=self.announcement_id,
                listed_on=self.in_force.start,
                delisted_on=self.in_force.end,
                suspensions=tuple(suspension.value for suspension in self.suspensions.all()),
            )
        )


class ListingSuspension(models.Model):
    """Days on which a listing has no effect, and the announcement that says so."""

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="suspensions")
    ordered_by = models.ForeignKey(
        Announcement, null=True, blank=True, on_delete=models.PROTECT, to_field="ref", related_name="+"
    )
    period = PeriodField()

    class Meta:
        ordering = ["period", "id"]
        constraints = [
            holds_on_a_day("period", "listing_suspension_holds_on_a_day"),
            no_overlap("period", "listing", "listing_suspended_once"),
        ]
        verbose_name = _("suspension of a listing")

    def __str__(self) -> str:
        return f"{self.listing}: {self.period.start} to {self.period.last_day}"

    @property
    def value(self) -> law.Suspension:
        return law.Suspension(self.period, self.ordered_by_id)
