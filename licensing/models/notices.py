"""Notices: what a person is told, as rows first. Mail is sent from the rows, with an identity fixed at insert."""

from django.db import models
from django.utils import timezone

from licensing.models.applications import Application
from licensing.models.organisations import User


class NoticeQuerySet(models.QuerySet["Notice"]):
    def waiting(self) -> "NoticeQuerySet":
        return self.filter(sent_at__isnull=True)


class Notice(models.Model):
    """One message to one person, in that person's language. A resend carries the same ``message_id``."""

    recipient = models.ForeignKey(User, on_delete=models.PROTECT, related_name="notices")
    application = models.ForeignKey(
        Application, null=True, blank=True, on_delete=models.PROTECT, related_name="notices"
    )
    subject = models.CharField(max_length=200)
    body = models.TextField()
    message_id = models.CharField(max_length=120, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["id"], condition=models.Q(sent_at__isnull=True), name="notice_waiting")]

    def __str__(self) -> str:
        return self.subject
