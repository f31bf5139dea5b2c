"""The table of moves: what it holds is the law of the desk, written out here a second time."""

import itertools

import pytest

from licensing.rules.roles import Role
from licensing.rules.workflow import (
    CLOSED,
    EDITABLE,
    MOVES,
    OPEN,
    TRANSITIONS,
    Gate,
    IllegalMove,
    Status,
    moves_from,
    target_of,
)

FILING = {"filer", "company_admin"}
CASE = {"officer", "countersigner"}
LAWFUL = {
    ("submit", "draft", "submitted"): FILING,
    ("submit", "returned", "submitted"): FILING,
    ("send_back", "submitted", "returned"): CASE,
    ("accept", "submitted", "review"): CASE,
    ("grant", "review", "granted"): {"countersigner"},
    ("refuse", "review", "refused"): {"countersigner"},
    ("close_not_required", "review", "not_required"): {"countersigner"},
    ("withdraw", "draft", "withdrawn"): FILING,
    ("withdraw", "submitted", "withdrawn"): FILING,
    ("withdraw", "returned", "withdrawn"): FILING,
    ("withdraw", "review", "withdrawn"): FILING,
}
TARGETS = {(move, status): target for move, status, target in LAWFUL}


@pytest.mark.parametrize(("name", "status"), list(itertools.product(MOVES, Status)))
def test_each_move_is_possible_only_where_the_table_says(name: str, status: Status) -> None:
    for role in Role:
        target = TARGETS.get((name, status))
        if target and role in LAWFUL[name, status, target]:
            assert target_of(name, status=status, roles=frozenset({role})) == target
        else:
            with pytest.raises(IllegalMove) as refusal:
                target_of(name, status=status, roles=frozenset({role}))
            assert (refusal.value.move, refusal.value.status) == (name, status)


def test_nobody_without_a_role_moves_anything() -> None:
    for name, status in itertools.product(MOVES, Status):
        with pytest.raises(IllegalMove):
            target_of(name, status=status, roles=frozenset())
    assert all(moves_from(status, frozenset()) == () for status in Status)


def test_moves_from_lists_what_target_of_allows() -> None:
    for status, role in itertools.product(Status, Role):
        listed = {move.name for move in moves_from(status, frozenset({role}))}
        assert listed == {m for (m, s, _t), roles in LAWFUL.items() if s == status and role in roles}


def test_the_database_is_told_of_exactly_these_transitions() -> None:
    assert sorted(TRANSITIONS) == sorted({(source, target) for _move, source, target in LAWFUL})


def test_nothing_leaves_a_closed_status_and_every_status_is_open_closed_or_a_draft() -> None:
    assert not {source for source, _target in TRANSITIONS} & CLOSED
    assert OPEN | CLOSED | {Status.DRAFT} == set(Status)
    assert not OPEN & CLOSED
    assert set(EDITABLE) == {Status.DRAFT, Status.RETURNED}


def test_every_end_needs_two_persons_and_the_law_of_the_day() -> None:
    for name in ("grant", "refuse", "close_not_required"):
        assert {Gate.TWO_PERSONS, Gate.DETERMINED_TODAY} <= MOVES[name].gates
    for name in ("grant", "close_not_required"):
        assert {Gate.SCREENED, Gate.NO_HOLD} <= MOVES[name].gates
    assert Gate.GROUNDS in MOVES["refuse"].gates
