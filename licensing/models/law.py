"""The law of a regime as dated rows: what was announced, what it controls, when it is suspended, under which version.

Periods are half-open. The database refuses two entries under one key, two measures under one key and two suspensions
of one thing that hold on the same day.
"""

from datetime import date, timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Value
from django.db.models.functions import Concat
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from licensing.models.journal import append_only
from licensing.models.periods import PeriodField
from licensing.rules import law
from licensing.rules.law_rows import AnnouncementRow, HsRow, ItemRow, MeasureRow, facts

ANNOUNCEMENT_KIND_NAMES = {
    "law": pgettext_lazy("kind of text", "Law"),
    "regulation": _("Regulation"),
    "announcement": _("Announcement"),
    "entity_list": _("Entity list notice"),
    "unreliable_entity_list": _("Unreliable entity list notice"),
    "statement": _("Statement"),
    "draft": pgettext_lazy("kind of text", "Draft"),
}
LIST_NAMES = {
    "control_list": _("Control name list"),
    "watch_list": _("Watch list"),
    "unreliable_entity": _("Unreliable entity list"),
}
FAMILY_NAMES = {
    "gallium": _("Gallium"),
    "germanium": _("Germanium"),
    "antimony": _("Antimony"),
    "superhard": _("Superhard materials"),
    "graphite": _("Graphite"),
    "tungsten": _("Tungsten"),
    "tellurium": _("Tellurium"),
    "bismuth": _("Bismuth"),
    "molybdenum": _("Molybdenum"),
    "indium": _("Indium"),
    "rare_earth_mh": _("Medium and heavy rare earths"),
    "rare_earth_magnet": _("Rare earth magnets"),
    "rare_earth_equipment": _("Rare earth equipment"),
    "rare_earth_technology": _("Rare earth technology"),
    "battery": _("Batteries"),
}
SCOPE_NAMES = FAMILY_NAMES | {
    "all": _("All listed items"),
    "unlisted": _("Unlisted items"),
    "rare_earth_overseas": _("Rare earth items abroad"),
}
MEASURE_KIND_NAMES = {
    "ban": _("Ban"),
    "presumption_of_denial": _("Presumption of denial"),
    "enhanced_review": _("Enhanced review"),
    "military_end_use_ban": _("Military end-use ban"),
    "extraterritorial": _("Reach abroad"),
    "catch_all": _("Catch-all"),
}


def holds_on_a_day(field: str, name: str) -> models.CheckConstraint:
    """The period, where there is one, has a first day and is not empty."""
    return models.CheckConstraint(
        condition=Q(**{f"{field}__isnull": True})
        | Q(**{f"{field}__isempty": False, f"{field}__startswith__isnull": False}),
        name=name,
    )


def no_overlap(field: str, of: str, name: str) -> ExclusionConstraint:
    """No two rows with the same value of ``of`` hold on the same day."""
    return ExclusionConstraint(name=name, expressions=[(of, RangeOperators.EQUAL), (field, RangeOperators.OVERLAPS)])


class LawVersion(models.Model):
    """The whole law at one moment of the base, word by word: what a determination was made under.

    ``content`` is the canonical text of all rows (`licensing.rules.law_rows`), ``hash`` its sha256.
    """

    number = models.PositiveIntegerField(unique=True)
    hash = models.CharField(max_length=64)
    content = models.TextField()
    counts = models.JSONField()
    source = models.CharField(max_length=200)
    loaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    loaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-number"]
        verbose_name = _("version of the law")
        triggers = append_only("law_version")

    def __str__(self) -> str:
        return f"{self.number} ({self.hash[:12]})"


class LivesQuerySet[M: models.Model](models.QuerySet[M]):
    """Rows with a life: a period in force and suspensions.

    ``suspended`` names the field of `Suspension` that points here, and the field of ours that it holds.
    """

    suspended: ClassVar[tuple[str, str]]

    def listed_on(self, day: date) -> Self:
        """Rows whose period holds on the day, each with ``is_suspended``."""
        theirs, ours = self.suspended
        suspensions = Suspension.objects.filter(**{theirs: OuterRef(ours)}, period__contains=day)
        return self.filter(in_force__contains=day).annotate(is_suspended=Exists(suspensions))

    def in_force_on(self, day: date) -> Self:
        """Rows that operate on the day: their period holds and no suspension hides them."""
        return self.listed_on(day).filter(is_suspended=False)


class AnnouncementQuerySet(LivesQuerySet["Announcement"]):
    suspended = ("announcement", "ref")

    def search(self, text: str) -> Self:
        """By reference or title, English or Chinese; every word has to be found."""
        return _by_words(self, text, "ref", "title_en", "title_zh")


class Announcement(models.Model):
    """A law, regulation, notice or statement. ``in_force`` is empty for drafts and undated notices."""

    ref = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=24, choices=list(ANNOUNCEMENT_KIND_NAMES.items()))
    number = models.PositiveIntegerField(null=True, blank=True)
    year = models.PositiveSmallIntegerField()
    issuer = models.CharField(max_length=200)
    title_en = models.CharField(max_length=400)
    title_zh = models.CharField(max_length=400, blank=True)
    issued_on = models.DateField(null=True, blank=True)
    in_force = PeriodField(null=True, blank=True)
    status = models.CharField(max_length=80, blank=True)
    summary = models.TextField(blank=True)
    source = models.TextField()
    confidence = models.CharField(max_length=20)

    objects: ClassVar[AnnouncementQuerySet] = AnnouncementQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["ref"]
        constraints = [holds_on_a_day("in_force", "announcement_holds_on_a_day")]
        verbose_name = _("announcement")

    @property
    def title(self) -> str:
        """The title in the reader's language, in the other where only that is known."""
        first, other = self.title_en, self.title_zh
        if (get_language() or "").startswith("zh"):
            first, other = other, first
        return first or other

    def __str__(self) -> str:
        return self.ref

    @property
    def row(self) -> AnnouncementRow:
        """The row as a pack holds it; reads its suspensions."""
        return AnnouncementRow(
            **facts(
                self,
                AnnouncementRow,
                effective_from=self.in_force.start if self.in_force else None,
                effective_to=self.in_force.last_day if self.in_force else None,
                suspensions=_suspensions(self),
            )
        )


class ControlItemQuerySet(LivesQuerySet["ControlItem"]):
    suspended = ("item", "pk")

    def search(self, text: str = "", hs: str = "", family: str = "") -> Self:
        """By control code, name or HS code in ``text``; by HS prefix; by family. Ordered by key."""
        found = self
        if text.strip():
            found = found._with_codes()
            for word in text.split():
                found = found.filter(
                    Q(code__istartswith=word)
                    | Q(name_en__icontains=word)
                    | Q(name_zh__contains=word)
                    | Q(material__iexact=word)
                    | (Q(codes__contains=f" {word}") if _is_hs(word) else Q())
                )
        if hs.strip():
            digits = "".join(character for character in hs if character.isdigit())
            found = found._with_codes().filter(codes__contains=f" {digits}") if digits else found.none()
        if family:
            found = found.filter(family=family)
        return found.order_by("key", "id")

    def _with_codes(self) -> Self:
        if "codes" in self.query.annotations:
            return self
        blank = Value(" ", output_field=models.TextField())
        codes = Concat(blank, _joined("hs_codes"), blank, _joined("hs_codes_as_announced"))
        return self.annotate(codes=codes)


class ControlItem(models.Model):
    """One entry of the control list. ``key`` is its control code, or a stable stand-in where no code was seen.

    ``threshold`` is the legal text of its parameters; ``condition`` is what it encodes (`licensing.rules.conditions`).
    """

    key = models.CharField(max_length=200)
    code = models.CharField(max_length=20, blank=True)
    name_en = models.CharField(max_length=400)
    name_zh = models.CharField(max_length=200, blank=True)
    material = models.CharField(max_length=60, blank=True)
    family = models.CharField(max_length=30, choices=list(FAMILY_NAMES.items()))
    hs_codes = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    hs_codes_as_announced = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    unit = models.CharField(max_length=10, blank=True)
    threshold = models.TextField(blank=True)
    condition = models.JSONField(null=True, blank=True)
    announcement = models.ForeignKey(Announcement, on_delete=models.PROTECT, to_field="ref", related_name="items")
    in_force = PeriodField()
    hs_confidence = models.CharField(max_length=20, blank=True)
    note = models.TextField(blank=True)
    source = models.TextField()
    confidence = models.CharField(max_length=20)

    objects: ClassVar[ControlItemQuerySet] = ControlItemQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["key", "id"]
        constraints = [
            holds_on_a_day("in_force", "item_holds_on_a_day"),
            no_overlap("in_force", "key", "item_once_a_day"),
        ]
        indexes = [models.Index(fields=["family", "key"], name="item_by_family")]
        verbose_name = _("control list entry")

    def __str__(self) -> str:
        return self.code or self.name_en

    @property
    def row(self) -> ItemRow:
        """The row as a pack holds it; reads its suspensions."""
        return ItemRow(
            **facts(
                self,
                ItemRow,
                announcement=self.announcement_id,
                effective_from=self.in_force.start,
                effective_to=self.in_force.last_day,
                hs_codes=tuple(self.hs_codes),
                hs_codes_as_announced=tuple(self.hs_codes_as_announced),
                suspensions=_suspensions(self),
            )
        )


class DestinationMeasureQuerySet(LivesQuerySet["DestinationMeasure"]):
    suspended = ("measure", "pk")

    def search(self, text: str) -> Self:
        """By key, announcement, destination or words of the condition; every word has to be found."""
        return _by_words(self, text, "key", "announcement__ref", "destination", "text")


class DestinationMeasure(models.Model):
    """A paragraph that bears on a destination (ISO code, ``EU`` or ``*`` for any), an end use or a party.

    ``text`` is its condition in words; ``condition`` is what it encodes.
    """

    key = models.CharField(max_length=40)
    announcement = models.ForeignKey(Announcement, on_delete=models.PROTECT, to_field="ref", related_name="measures")
    paragraph = models.CharField(max_length=20, blank=True)
    destination = models.CharField(max_length=2)
    scope = models.CharField(max_length=30, choices=list(SCOPE_NAMES.items()))
    kind = models.CharField(max_length=30, choices=list(MEASURE_KIND_NAMES.items()))
    text = models.TextField(blank=True)
    condition = models.JSONField(null=True, blank=True)
    in_force = PeriodField()
    note = models.TextField(blank=True)
    source = models.TextField()
    confidence = models.CharField(max_length=20)

    objects: ClassVar[DestinationMeasureQuerySet] = DestinationMeasureQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["key", "id"]
        constraints = [
            holds_on_a_day("in_force", "measure_holds_on_a_day"),
            no_overlap("in_force", "key", "measure_once_a_day"),
        ]
        verbose_name = _("destination measure")

    def __str__(self) -> str:
        return self.key

    @property
    def row(self) -> MeasureRow:
        """The row as a pack holds it; reads its suspensions."""
        return MeasureRow(
            **facts(
                self,
                MeasureRow,
                announcement=self.announcement_id,
                effective_from=self.in_force.start,
                effective_to=self.in_force.last_day,
                suspensions=_suspensions(self),
            )
        )


class HsCode(models.Model):
    """A customs heading (6 digits), tariff line (8) or customs code (10) and how it stands to a family of items."""

    code = models.CharField(max_length=10)
    description = models.TextField(blank=True)
    family = models.CharField(max_length=30, choices=list(FAMILY_NAMES.items()))
    relation = models.CharField(max_length=40)
    note = models.TextField(blank=True)
    source = models.TextField()
    confidence = models.CharField(max_length=20)

    class Meta:
        ordering = ["code", "family", "relation"]
        constraints = [models.UniqueConstraint(fields=["code", "family", "relation"], name="hs_code_once")]
        verbose_name = _("HS code")

    def __str__(self) -> str:
        return self.code

    @property
    def row(self) -> HsRow:
        return HsRow(**facts(self, HsRow))


class SuspensionQuerySet(models.QuerySet["Suspension"]):
    def in_force_on(self, day: date) -> Self:
        return self.filter(period__contains=day)

    def ending_within(self, days: int, *, of: date) -> Self:
        """Suspensions in force on ``of`` with ``days`` or fewer left, their last day counted as 1."""
        return (
            self.in_force_on(of)
            .annotate(ends=Func(F("period"), function="upper", output_field=models.DateField()))
            .filter(ends__lte=of + timedelta(days=days))
        )


class Suspension(models.Model):
    """Days on which one entry, measure or announcement does not operate, and the announcement that orders it."""

    item = models.ForeignKey(ControlItem, null=True, blank=True, on_delete=models.CASCADE, related_name="suspensions")
    measure = models.ForeignKey(
        DestinationMeasure, null=True, blank=True, on_delete=models.CASCADE, related_name="suspensions"
    )
    announcement = models.ForeignKey(
        Announcement, null=True, blank=True, on_delete=models.CASCADE, to_field="ref", related_name="suspensions"
    )
    ordered_by = models.ForeignKey(
        Announcement, null=True, blank=True, on_delete=models.PROTECT, to_field="ref", related_name="orders_suspensions"
    )
    period = PeriodField()

    objects: ClassVar[SuspensionQuerySet] = SuspensionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["period", "id"]
        constraints = [
            holds_on_a_day("period", "suspension_holds_on_a_day"),
            models.CheckConstraint(
                condition=Q(item__isnull=False, measure__isnull=True, announcement__isnull=True)
                | Q(item__isnull=True, measure__isnull=False, announcement__isnull=True)
                | Q(item__isnull=True, measure__isnull=True, announcement__isnull=False),
                name="suspension_of_one_thing",
            ),
            no_overlap("period", "item", "item_suspended_once"),
            no_overlap("period", "measure", "measure_suspended_once"),
            no_overlap("period", "announcement", "announcement_suspended_once"),
        ]
        verbose_name = _("suspension")

    def __str__(self) -> str:
        return f"{self.item or self.measure or self.announcement_id}: {self.period.start} to {self.period.last_day}"

    @property
    def value(self) -> law.Suspension:
        return law.Suspension(self.period, self.ordered_by_id)


def _suspensions(record: Announcement | ControlItem | DestinationMeasure) -> tuple[law.Suspension, ...]:
    return tuple(suspension.value for suspension in record.suspensions.all())


def _by_words[Q_: models.QuerySet[Any]](rows: Q_, text: str, *fields: str) -> Q_:
    for word in text.split():
        found = Q()
        for field in fields:
            found |= Q(**{f"{field}__icontains": word})
        rows = rows.filter(found)
    return rows


def _joined(field: str) -> Func:
    """The values of an array with blanks between them."""
    return Func(F(field), Value(" "), function="array_to_string", output_field=models.TextField())


def _is_hs(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) >= 4
