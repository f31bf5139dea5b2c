"""The journal: every act, in the transaction of the act, in a chain that shows a changed or missing entry."""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from licensing.models.organisations import Organisation, User


def append_only(what: str) -> list[pgtrigger.Trigger]:
    """Triggers that let rows be added, never changed, deleted or truncated."""
    return [
        pgtrigger.Protect(name=f"{what}_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        pgtrigger.Trigger(
            name=f"{what}_no_truncate",
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            operation=pgtrigger.Truncate,
            func=f"RAISE EXCEPTION '{what} is append-only';",
        ),
    ]


class Journal(models.Model):
    """One act. ``stream`` is the thing acted on ("application:SL-2026-…"); its entries are numbered and chained.

    ``data`` holds what a person needs to understand the act later, as plain JSON without floats. ``hash`` covers
    the entry and the hash of the one before it (`licensing.rules.journal`).
    """

    stream = models.CharField(max_length=80)
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    actor = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    act = models.CharField(max_length=60)
    data = models.JSONField(default=dict)
    request_id = models.CharField(max_length=64, blank=True)
    prior = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["stream", "number"], name="journal_is_numbered")]
        verbose_name = _("journal entry")
        triggers = append_only("journal")

    def __str__(self) -> str:
        return f"{self.stream} #{self.number} {self.act}"
