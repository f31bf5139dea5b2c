"""What screening has to show before a decision. Silence is not evidence: without an answer the gate stays shut."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from licensing.rules.law import Listing


@dataclass(frozen=True, slots=True)
class ScreeningEvidence:
    """The latest screening of an application: when, whether against the lists now in force, hits nobody has judged,
    and the listings that were found to be the same party, by (party id, owner's name or "")."""

    screened_at: datetime
    lists_current: bool
    open_hits: int
    findings: Mapping[tuple[int, str], Sequence[Listing]] = field(default_factory=dict)


def screening_gaps(evidence: ScreeningEvidence | None, *, parties_changed_at: datetime) -> tuple[str, ...]:
    """Why the screening gate is shut: ``missing``, ``stale_parties``, ``stale_lists``, ``open_hits``. Empty: open."""
    if evidence is None:
        return ("missing",)
    gaps = []
    if evidence.screened_at < parties_changed_at:
        gaps.append("stale_parties")
    if not evidence.lists_current:
        gaps.append("stale_lists")
    if evidence.open_hits:
        gaps.append("open_hits")
    return tuple(gaps)
