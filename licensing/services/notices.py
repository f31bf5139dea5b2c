"""Telling people: a row first, in the transaction of the act; mail afterwards, from the row."""

import smtplib
import uuid
from collections.abc import Mapping

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.text import Truncator

from licensing.models import Application, Membership, Notice, User
from licensing.rules.roles import FILING_ROLES

log = structlog.get_logger(__name__)
MOST_ATTEMPTS = 10
LONGEST_SUBJECT = 200
NO_SERVER = (smtplib.SMTPConnectError, smtplib.SMTPHeloError, smtplib.SMTPAuthenticationError)


def write(
    *, recipient: User, application: Application | None, subject: str, body: str, values: Mapping[str, str]
) -> Notice:
    """Write a notice in the recipient's language. ``subject`` and ``body`` are source texts with %(name)s places."""
    with translation.override(recipient.language):
        # A name may be long or hold a line break; a subject is one short line, or no mail leaves.
        told = " ".join((translation.gettext(subject) % values).split())
        return Notice.objects.create(
            recipient=recipient,
            application=application,
            subject=Truncator(told).chars(LONGEST_SUBJECT),
            body=translation.gettext(body) % values,
            message_id=f"<{uuid.uuid4()}@sluice>",
        )


def tell_exporter(
    *, application: Application, subject: str, body: str, values: Mapping[str, str] | None = None
) -> None:
    """Tell every person who may file for the exporter of an application."""
    values = {
        "reference": application.reference,
        "url": f"{settings.PUBLIC_URL}/exporter/applications/{application.reference}/",
        **(values or {}),
    }
    filers = Membership.objects.acting().filter(organisation=application.organisation, role__in=FILING_ROLES)
    for person in User.objects.filter(pk__in=filers.values("user")):
        write(recipient=person, application=application, subject=subject, body=body, values=values)


def send_waiting(*, most: int = 100) -> int:
    """Mail the notices that wait; returns how many went out. Two workers never take the same row.

    A notice that cannot be mailed is tried once a run, behind all others, and `MOST_ATTEMPTS` times in all. While no
    mail server answers, nothing is counted against anybody.
    """
    sent, failed = 0, list[int]()
    for _n in range(most):
        with transaction.atomic():
            notice = (
                Notice.objects.waiting()
                .filter(attempts__lt=MOST_ATTEMPTS)
                .exclude(pk__in=failed)
                .select_for_update(skip_locked=True, of=("self",))
                .select_related("recipient")
                .order_by("attempts", "id")
                .first()
            )
            if notice is None:
                break
            try:
                EmailMessage(
                    notice.subject,
                    notice.body,
                    to=[notice.recipient.email],
                    headers={"Message-ID": notice.message_id},
                ).send()
            except SoftTimeLimitExceeded:
                raise
            except Exception as error:
                log.warning("mail not sent", notice=notice.pk, error=str(error))
                if isinstance(error, NO_SERVER) or (
                    isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException)
                ):
                    break
                Notice.objects.filter(pk=notice.pk).update(attempts=F("attempts") + 1)
                failed.append(notice.pk)
                continue
            Notice.objects.filter(pk=notice.pk).update(sent_at=timezone.now(), attempts=F("attempts") + 1)
            sent += 1
    return sent
