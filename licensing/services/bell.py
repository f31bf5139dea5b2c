"""The bell: after the commit, tell those who wait. A bell that nobody hears costs a sweep, never a case."""

from typing import Any

import structlog
from django.db import transaction
from django.dispatch import Signal

log = structlog.get_logger(__name__)


def ring(signal: Signal, **identifiers: Any) -> None:
    """Send a signal once the transaction is committed; a receiver that fails is logged and never undoes the act."""

    def send() -> None:
        for receiver, result in signal.send_robust(sender=None, **identifiers):
            if isinstance(result, Exception):
                log.warning("bell not heard", receiver=str(receiver), error=str(result), **identifiers)

    transaction.on_commit(send, robust=True)
