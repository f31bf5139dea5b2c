"""Writing and checking the journal."""

from collections.abc import Iterator, Mapping
from typing import Any

import structlog
from django.db import connection, transaction
from django.utils import timezone

from licensing.models import Journal, Organisation, User
from licensing.rules.journal import Break, Entry, entry_hash, verify


def record(
    *,
    stream: str,
    act: str,
    actor: User | None,
    data: Mapping[str, Any] | None = None,
    organisation: Organisation | None = None,
) -> Journal:
    """Add one entry to a stream. Has to run inside the transaction of the act; ``data`` holds no floats."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("A journal entry belongs into the transaction of its act.")
    number, prior = _last_of(stream)
    entry = Entry(
        stream=stream,
        number=number + 1,
        at=timezone.now(),
        actor=actor.pk if actor else None,
        organisation=organisation.pk if organisation else None,
        act=act,
        data=dict(data or {}),
        request_id=str(structlog.contextvars.get_contextvars().get("request_id", "")),
        prior=prior,
    )
    return Journal.objects.create(
        stream=entry.stream,
        number=entry.number,
        at=entry.at,
        actor=actor,
        organisation=organisation,
        act=act,
        data=entry.data,
        request_id=entry.request_id,
        prior=entry.prior,
        hash=entry_hash(entry),
    )


def _last_of(stream: str) -> tuple[int, str]:
    """Number and hash of the last entry of a stream, locked to the end of the transaction; (0, "") before the first.

    Two acts on one stream queue up here, so numbers and hashes follow each other. The two statements go to the server
    together, but the second looks only once the lock is held.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0));"
            "SELECT number, hash FROM licensing_journal WHERE stream = %s ORDER BY number DESC LIMIT 1",
            [stream, stream],
        )
        cursor.nextset()
        number, prior = cursor.fetchone() or (0, "")
    return number, prior


def first_break() -> Break | None:
    """The first entry of the whole trail that was changed, removed or moved; None when it is sound."""
    return verify(_entries())


def _entries() -> Iterator[tuple[Entry, str]]:
    for row in Journal.objects.order_by("stream", "number").iterator(chunk_size=2000):
        yield (
            Entry(
                stream=row.stream,
                number=row.number,
                at=row.at,
                actor=row.actor_id,
                organisation=row.organisation_id,
                act=row.act,
                data=row.data,
                request_id=row.request_id,
                prior=row.prior,
            ),
            row.hash,
        )
