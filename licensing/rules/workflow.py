"""The life of an application: one table of moves. `docs/workflow.md` is generated from it, the database enforces it.

Statuses are stored; what can be computed (overdue, waiting for whom, expired) never is.
"""

from dataclasses import dataclass
from enum import StrEnum

from licensing.rules.roles import CASE_ROLES, FILING_ROLES, Role


class Status(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    REVIEW = "review"
    GRANTED = "granted"
    REFUSED = "refused"
    NOT_REQUIRED = "not_required"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


class LicenceStatus(StrEnum):
    """Stored statuses of a licence. Expired and used up are computed."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    SURRENDERED = "surrendered"


class Gate(StrEnum):
    """What must hold before a move. Each is asked afresh, under the lock, by the service that makes the move."""

    COMPLETE = "complete"
    DECLARED = "declared"
    SCREENED = "screened"
    NO_HOLD = "no_hold"
    DETERMINED_TODAY = "determined_today"
    TWO_PERSONS = "two_persons"
    GROUNDS = "grounds"
    DEFECTS = "defects"


@dataclass(frozen=True, slots=True)
class Move:
    """One lawful step: ``name`` (an act), the statuses it leaves and reaches, who may make it, what must hold."""

    name: str
    sources: frozenset[Status]
    target: Status
    roles: frozenset[Role]
    gates: frozenset[Gate]
    law: str


def _move(name: str, sources: set[Status], target: Status, roles: frozenset[Role], gates: set[Gate], law: str) -> Move:
    return Move(name, frozenset(sources), target, roles, frozenset(gates), law)


COUNTERSIGNING = frozenset({Role.COUNTERSIGNER})
OPEN = frozenset({Status.SUBMITTED, Status.RETURNED, Status.REVIEW})
CLOSED = frozenset({Status.GRANTED, Status.REFUSED, Status.NOT_REQUIRED, Status.WITHDRAWN, Status.SUPERSEDED})
EDITABLE = frozenset({Status.DRAFT, Status.RETURNED})

MOVES: dict[str, Move] = {
    move.name: move
    for move in (
        _move(
            "submit",
            {Status.DRAFT, Status.RETURNED},
            Status.SUBMITTED,
            FILING_ROLES,
            {Gate.COMPLETE, Gate.DECLARED},
            "CN-REG-2024-792 Art 16",
        ),
        _move(
            "send_back",
            {Status.SUBMITTED},
            Status.RETURNED,
            CASE_ROLES,
            {Gate.DEFECTS},
            "Administrative Licensing Law Art 32: one full list of defects, at once or within 5 working days",
        ),
        _move("accept", {Status.SUBMITTED}, Status.REVIEW, CASE_ROLES, {Gate.COMPLETE}, "CN-REG-2024-792 Art 17"),
        _move(
            "grant",
            {Status.REVIEW},
            Status.GRANTED,
            COUNTERSIGNING,
            {Gate.SCREENED, Gate.NO_HOLD, Gate.DETERMINED_TODAY, Gate.TWO_PERSONS},
            "CN-REG-2024-792 Art 17; CN-ECL-2020 Art 13",
        ),
        _move(
            "refuse",
            {Status.REVIEW},
            Status.REFUSED,
            COUNTERSIGNING,
            {Gate.DETERMINED_TODAY, Gate.TWO_PERSONS, Gate.GROUNDS},
            "CN-REG-2024-792 Art 17",
        ),
        _move(
            "close_not_required",
            {Status.REVIEW},
            Status.NOT_REQUIRED,
            COUNTERSIGNING,
            {Gate.SCREENED, Gate.NO_HOLD, Gate.DETERMINED_TODAY, Gate.TWO_PERSONS},
            "CN-ECL-2020 Art 12",
        ),
        _move(
            "withdraw",
            {Status.DRAFT, Status.SUBMITTED, Status.RETURNED, Status.REVIEW},
            Status.WITHDRAWN,
            FILING_ROLES,
            set(),
            "",
        ),
    )
}

TRANSITIONS: tuple[tuple[Status, Status], ...] = tuple(
    sorted({(source, move.target) for move in MOVES.values() for source in move.sources})
)
"""Every pair (before, after) that some move makes: what the database trigger allows."""


class IllegalMove(Exception):
    """The move is not in the table for this status or role."""

    def __init__(self, move: str, status: Status, why: str) -> None:
        super().__init__(why)
        self.move, self.status = move, status


def target_of(name: str, *, status: Status, roles: frozenset[Role]) -> Status:
    """The status that a move leads to. Raises `IllegalMove` where the table does not hold it."""
    move = MOVES[name]
    if status not in move.sources:
        raise IllegalMove(name, status, f"'{name}' is not possible while the application is '{status}'.")
    if not move.roles & roles:
        raise IllegalMove(name, status, f"'{name}' needs the role {' or '.join(sorted(move.roles))}.")
    return move.target


def moves_from(status: Status, roles: frozenset[Role]) -> tuple[Move, ...]:
    """The moves that a person with these roles may make now."""
    return tuple(m for m in MOVES.values() if status in m.sources and m.roles & roles)
