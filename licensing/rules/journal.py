"""The chain of the journal: what an entry's hash covers, and how a broken trail is found."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """One journal entry as values; ``at`` is aware, ``actor`` a person's id or None for the system."""

    stream: str
    number: int
    at: datetime
    actor: int | None
    organisation: int | None
    act: str
    data: Mapping[str, Any]
    request_id: str
    prior: str


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces: the same content gives the same text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def content_hash(value: Any) -> str:
    """SHA-256 (hex) of the canonical JSON."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def entry_hash(entry: Entry) -> str:
    """The hash of an entry, covering every field and the hash of the entry before it in its stream."""
    return content_hash(
        {
            "stream": entry.stream,
            "number": entry.number,
            "at": entry.at.timestamp().hex(),
            "actor": entry.actor,
            "organisation": entry.organisation,
            "act": entry.act,
            "data": entry.data,
            "request_id": entry.request_id,
            "prior": entry.prior,
        }
    )


@dataclass(frozen=True, slots=True)
class Break:
    """The first entry of a stream that does not fit, and why."""

    stream: str
    number: int
    reason: str


def verify(entries: Iterable[tuple[Entry, str]]) -> Break | None:
    """Check entries with their stored hashes, ordered by stream and number. Returns the first break, or None."""
    stream, expected, prior = None, 1, ""
    for entry, stored in entries:
        if entry.stream != stream:
            stream, expected, prior = entry.stream, 1, ""
        if entry.number != expected:
            return Break(entry.stream, expected, f"entry {expected} is missing")
        if entry.prior != prior:
            return Break(entry.stream, entry.number, "does not follow the entry before it")
        if entry_hash(entry) != stored:
            return Break(entry.stream, entry.number, "was changed after it was written")
        expected, prior = expected + 1, stored
    return None
