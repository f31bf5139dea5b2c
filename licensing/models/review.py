"""The authority's work on an application: who has it, what was said, what was decided, who signed."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from licensing.models.applications import Application
from licensing.models.determinations import Determination
from licensing.models.journal import append_only
from licensing.models.organisations import User


class Assignment(models.Model):
    """An officer has a case from ``entered_at`` until ``left_at``."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="assignments")
    officer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="assignments")
    entered_at = models.DateTimeField(default=timezone.now)
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application"], condition=Q(left_at__isnull=True), name="one_officer_has_a_case"
            )
        ]

    def __str__(self) -> str:
        return f"{self.application} · {self.officer}"


class Return(models.Model):
    """A filing sent back, with every defect at once: ``defects`` is [{"section", "text"}]."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="returns")
    defects = models.JSONField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]
        triggers = append_only("return")

    def __str__(self) -> str:
        return f"{self.application} returned {self.at:%Y-%m-%d}"


class Advice(models.Model):
    """What an officer says of a case, short of a recommendation."""

    class Stance(models.TextChoices):
        GRANT = "grant", _("In favour")
        CONDITIONS = "conditions", _("In favour with conditions")
        REFUSE = "refuse", _("Against")
        NONE = "none", _("No objection")

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="advice")
    stance = models.CharField(_("advice"), max_length=12, choices=Stance)
    text = models.TextField(_("reasons"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "advice"
        triggers = append_only("advice")

    def __str__(self) -> str:
        return f"{self.application}: {self.stance}"


class Outcome(models.TextChoices):
    """How a case can end."""

    GRANT = "grant", _("Grant a licence")
    REFUSE = "refuse", _("Refuse")
    NOT_REQUIRED = "not_required", _("Close: no licence needed")


class Recommendation(models.Model):
    """An officer's proposal. ``content`` is all that the decision will say; two persons sign its hash.

    It stands until it is countersigned or declined; a declined one is kept and a new one written.
    """

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="recommendations")
    outcome = models.CharField(_("recommendation"), max_length=12, choices=Outcome)
    grounds = models.TextField(_("grounds"))
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    declined_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    declined_at = models.DateTimeField(null=True, blank=True)
    decline_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["application"], condition=Q(declined_at__isnull=True), name="one_standing_recommendation"
            ),
            models.CheckConstraint(
                condition=Q(declined_by__isnull=True) | ~Q(declined_by=F("by")), name="own_work_is_not_declined"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="recommendation_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="recommendation_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "application", "outcome", "grounds", "content", "content_hash", "by", "at"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application}: {self.outcome}"


class Signature(models.Model):
    """One person's signature under a recommendation's content, as its hash. Two persons, in order, or no decision.

    The database refuses a second signature by the same person, a countersignature by anyone who acts for the
    exporter or wrote the recommendation, a wrong hash and a wrong order.
    """

    class Step(models.TextChoices):
        RECOMMEND = "recommend", _("Recommended")
        COUNTERSIGN = "countersign", _("Countersigned")

    recommendation = models.ForeignKey(Recommendation, on_delete=models.PROTECT, related_name="signatures")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="signatures")
    step = models.CharField(max_length=12, choices=Step)
    content_hash = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["recommendation", "person"], name="a_person_signs_once"),
            models.UniqueConstraint(fields=["recommendation", "step"], name="a_step_is_signed_once"),
        ]
        triggers = [
            *append_only("signature"),
            pgtrigger.Trigger(
                name="signature_two_persons",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("r", "RECORD")],
                func="""
                    SELECT * INTO r FROM licensing_recommendation WHERE id = NEW.recommendation_id FOR SHARE;
                    IF NEW.content_hash <> r.content_hash THEN
                        RAISE EXCEPTION 'signature: the content was changed';
                    END IF;
                    IF r.declined_at IS NOT NULL THEN
                        RAISE EXCEPTION 'signature: the recommendation was declined';
                    END IF;
                    IF NEW.step = 'recommend' AND NEW.person_id <> r.by_id THEN
                        RAISE EXCEPTION 'signature: only its author signs a recommendation';
                    END IF;
                    IF NEW.step = 'countersign' AND NEW.person_id = r.by_id THEN
                        RAISE EXCEPTION 'signature: two persons must sign';
                    END IF;
                    IF NEW.step = 'countersign' AND NOT EXISTS (
                        SELECT 1 FROM licensing_signature s
                        WHERE s.recommendation_id = NEW.recommendation_id AND s.step = 'recommend'
                    ) THEN
                        RAISE EXCEPTION 'signature: not yet recommended';
                    END IF;
                    IF EXISTS (
                        SELECT 1 FROM licensing_membership m
                        JOIN licensing_application a ON a.organisation_id = m.organisation_id
                        WHERE a.id = r.application_id AND m.user_id = NEW.person_id
                    ) THEN
                        RAISE EXCEPTION 'signature: nobody signs for an own organisation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.step}"


class Decision(models.Model):
    """The end of a case: a recommendation with two signatures, and the determination of that day."""

    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="decision")
    recommendation = models.OneToOneField(Recommendation, on_delete=models.PROTECT, related_name="decision")
    determination = models.ForeignKey(Determination, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=12, choices=Outcome)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        triggers = [
            *append_only("decision"),
            pgtrigger.Trigger(
                name="decision_is_signed_twice",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("r", "RECORD")],
                func="""
                    SELECT * INTO r FROM licensing_recommendation WHERE id = NEW.recommendation_id;
                    IF r.application_id <> NEW.application_id OR r.outcome <> NEW.outcome THEN
                        RAISE EXCEPTION 'decision: not what was recommended';
                    END IF;
                    IF (SELECT count(DISTINCT s.person_id) FROM licensing_signature s
                        WHERE s.recommendation_id = r.id AND s.content_hash = r.content_hash) < 2 THEN
                        RAISE EXCEPTION 'decision: two persons must sign';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application}: {self.outcome}"
