"""The journal as stored: nothing but adding is possible, and whoever gets around that is found."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from licensing.models import Journal, User
from licensing.services import journal

pytestmark = pytest.mark.django_db


@pytest.fixture
def trail() -> list[Journal]:
    """Two streams of four and two entries."""
    person = User.objects.create_user("clerk@example.org", name="Clerk")
    rows = []
    for number in range(4):
        rows.append(journal.record(stream="application:A", act=f"act {number}", actor=person, data={"n": str(number)}))
    for number in range(2):
        rows.append(journal.record(stream="application:B", act=f"act {number}", actor=None))
    run("SET CONSTRAINTS ALL IMMEDIATE")  # or PostgreSQL itself refuses to truncate, and nothing is proved
    return rows


def run(sql: str, values: list[Any] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def behind_its_back(sql: str, values: list[Any] | None = None) -> None:
    """As somebody who may switch the triggers of the database off."""
    with transaction.atomic():
        run("SET LOCAL session_replication_role = replica")
        run(sql, values)
        run("SET LOCAL session_replication_role = origin")


def test_entries_are_numbered_and_chained_per_stream(trail: list[Journal]) -> None:
    assert [(row.stream[-1], row.number) for row in trail] == [
        ("A", 1),
        ("A", 2),
        ("A", 3),
        ("A", 4),
        ("B", 1),
        ("B", 2),
    ]
    assert trail[0].prior == trail[4].prior == ""
    assert trail[1].prior == trail[0].hash
    assert journal.first_break() is None


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE licensing_journal SET act = 'other' WHERE stream = 'application:A'",
        "UPDATE licensing_journal SET data = '{}'",
        "DELETE FROM licensing_journal WHERE number = 4",
        "TRUNCATE licensing_journal",
        "TRUNCATE licensing_journal CASCADE",
    ],
)
def test_sql_can_only_add(trail: list[Journal], sql: str) -> None:
    with pytest.raises(DatabaseError, match=r"Cannot update or delete|append-only"), transaction.atomic():
        run(sql)
    assert Journal.objects.count() == 6
    assert journal.first_break() is None


@pytest.mark.django_db(transaction=True)
def test_an_entry_needs_the_transaction_of_its_act() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        journal.record(stream="application:A", act="alone", actor=None)
    assert not Journal.objects.exists()


def _insert(trail: list[Journal]) -> None:
    behind_its_back("UPDATE licensing_journal SET number = number + 10 WHERE stream = 'application:A' AND number > 1")
    behind_its_back("UPDATE licensing_journal SET number = number - 9 WHERE stream = 'application:A' AND number > 10")
    behind_its_back(
        "INSERT INTO licensing_journal (stream, number, at, act, data, request_id, prior, hash) "
        "VALUES ('application:A', 2, now(), 'forged', '{}', '', %s, repeat('0', 64))",
        [trail[0].hash],
    )


def _reorder(trail: list[Journal]) -> None:
    for before, after in ((2, 9), (3, 2), (9, 3)):
        behind_its_back(
            "UPDATE licensing_journal SET number = %s WHERE stream = 'application:A' AND number = %s", [after, before]
        )


def _sql(change: str, at: int) -> Callable[[list[Journal]], None]:
    return lambda trail: behind_its_back(f"{change} WHERE id = %s", [trail[at].pk])


BREAKS: dict[str, tuple[Callable[[list[Journal]], None], int]] = {
    "changed": (_sql("UPDATE licensing_journal SET act = 'x'", 2), 3),
    "changed data": (_sql('UPDATE licensing_journal SET data = \'{"n": "9"}\'', 0), 1),
    "another person": (_sql("UPDATE licensing_journal SET actor_id = NULL", 1), 2),
    "another time": (_sql("UPDATE licensing_journal SET at = at - interval '1 day'", 3), 4),
    "deleted": (_sql("DELETE FROM licensing_journal", 1), 2),
    "deleted first": (_sql("DELETE FROM licensing_journal", 0), 1),
    "inserted": (_insert, 2),
    "reordered": (_reorder, 2),
}


@pytest.mark.parametrize("how", BREAKS)
def test_whatever_is_done_behind_its_back_is_found(trail: list[Journal], how: str) -> None:
    act, number = BREAKS[how]
    act(trail)
    found = journal.first_break()
    assert found is not None
    assert (found.stream, found.number) == ("application:A", number)


def test_the_command_says_that_the_trail_is_sound(trail: list[Journal], capsys: pytest.CaptureFixture[str]) -> None:
    call_command("verify_journal")
    assert capsys.readouterr().out == "The journal is sound: 6 entries.\n"
    call_command("verify_journal", "--json")
    assert json.loads(capsys.readouterr().out) == {"entries": 6, "sound": True, "break": None}


def test_the_command_names_the_first_broken_entry(trail: list[Journal], capsys: pytest.CaptureFixture[str]) -> None:
    behind_its_back("UPDATE licensing_journal SET act = 'x' WHERE id = %s", [trail[2].pk])
    with pytest.raises(SystemExit) as ended:
        call_command("verify_journal")
    assert ended.value.code == 1
    assert "application:A, entry 3: was changed" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        call_command("verify_journal", "--json")
    assert json.loads(capsys.readouterr().out)["break"]["number"] == 3
