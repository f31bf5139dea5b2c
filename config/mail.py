"""Mail while no mail server is named: each message in a few readable lines of the log."""

from collections.abc import Sequence

import structlog
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

log = structlog.get_logger(__name__)


class LogBackend(BaseEmailBackend):
    """Writes to whom, what about, and the text."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            log.info(f"mail to {', '.join(message.to)}: {message.subject}\n{message.body}")
        return len(email_messages)
