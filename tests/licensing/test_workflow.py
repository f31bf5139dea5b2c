"""Moves of stored applications: the service and the database hold the same table."""

import itertools
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from licensing.management.commands.draw_workflow import GATE_WORDS, STATUS_WORDS, drawing
from licensing.models import Application, Journal, Membership, Organisation, User
from licensing.rules.roles import EXPORTER_ROLES, OrganisationKind, Role
from licensing.rules.workflow import MOVES, TRANSITIONS, Gate, Status, target_of
from licensing.services import workflow
from licensing.services.errors import NotAllowed

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Organisation:
    return Organisation.objects.create(
        kind=OrganisationKind.EXPORTER, state="approved", name_en="Hunan Example", decided_at=timezone.now()
    )


@pytest.fixture
def people(company: Organisation) -> dict[Role, User]:
    """One person for each role: exporter roles in the company, the others in an authority."""
    office = Organisation.objects.create(
        kind=OrganisationKind.AUTHORITY, state="approved", name_en="Desk", decided_at=timezone.now()
    )
    found = {}
    for role in Role:
        found[role] = User.objects.create_user(f"{role}@example.org", name=str(role))
        where = company if role in EXPORTER_ROLES else office
        Membership.objects.create(user=found[role], organisation=where, role=role)
    return found


def application(company: Organisation, person: User, status: Status) -> Application:
    """An application put into a status at its birth, which the trigger on changes does not see."""
    return Application.objects.create(
        reference=f"SL-{Application.objects.count():08d}",
        organisation=company,
        created_by=person,
        status=status,
        submitted_at=timezone.now(),
        first_submitted_at=timezone.now(),
        accepted_on=timezone.localdate(),
    )


def test_every_move_from_every_status_by_every_role(company: Organisation, people: dict[Role, User]) -> None:
    tried = allowed = 0
    for (name, move), status, role in itertools.product(MOVES.items(), Status, Role):
        tried += 1
        row = application(company, people[Role.FILER], status)
        lawful = status in move.sources and role in move.roles
        if lawful:
            allowed += 1
            workflow.move(workflow.locked(row), name, actor=people[role])
            row.refresh_from_db()
            assert row.status == target_of(name, status=status, roles=frozenset({role}))
            entry = Journal.objects.get(stream=row.stream)
            assert (entry.act, entry.actor, entry.data) == (name, people[role], {"from": status, "to": row.status})
        else:
            with pytest.raises(NotAllowed):
                workflow.move(workflow.locked(row), name, actor=people[role])
            row.refresh_from_db()
            assert row.status == status
            assert not Journal.objects.filter(stream=row.stream).exists()
    assert tried == len(MOVES) * len(Status) * len(Role)
    assert allowed == sum(len(m.sources) * len(m.roles) for m in MOVES.values())


def test_the_database_allows_exactly_the_transitions_of_the_table(
    company: Organisation, people: dict[Role, User]
) -> None:
    for before, after in itertools.product(Status, Status):
        row = application(company, people[Role.FILER], before)
        with connection.cursor() as cursor:
            sql = "UPDATE licensing_application SET status = %s WHERE id = %s"
            if before == after or (before, after) in TRANSITIONS:
                cursor.execute(sql, [after, row.pk])
            else:
                with pytest.raises(DatabaseError, match="Invalid transition"), transaction.atomic():
                    cursor.execute(sql, [after, row.pk])
        row.refresh_from_db()
        assert row.status == (after if (before, after) in TRANSITIONS else before)


def test_whoever_acts_or_acted_for_the_exporter_has_no_official_role_towards_its_cases(
    company: Organisation, people: dict[Role, User]
) -> None:
    row = application(company, people[Role.FILER], Status.SUBMITTED)
    officer = people[Role.OFFICER]
    assert workflow.roles_towards(row, officer) == {Role.OFFICER}
    own = Membership.objects.create(user=officer, organisation=company, role=Role.VIEWER)
    assert workflow.roles_towards(row, officer) == {Role.VIEWER}
    own.ended_at = timezone.now()
    own.save()
    assert workflow.roles_towards(row, officer) == frozenset()
    with pytest.raises(NotAllowed):
        workflow.move(workflow.locked(row), "accept", actor=officer)


def test_roles_of_another_company_count_for_nothing(company: Organisation, people: dict[Role, User]) -> None:
    other = Organisation.objects.create(
        kind=OrganisationKind.EXPORTER, state="approved", name_en="Another", decided_at=timezone.now()
    )
    row = application(other, people[Role.FILER], Status.SUBMITTED)
    with pytest.raises(NotAllowed):
        workflow.move(workflow.locked(row), "withdraw", actor=people[Role.FILER])


def test_a_filed_application_is_neither_deleted_nor_changed_by_sql(
    company: Organisation, people: dict[Role, User]
) -> None:
    row = application(company, people[Role.FILER], Status.SUBMITTED)
    for sql in (
        "DELETE FROM licensing_application WHERE id = %s",
        "UPDATE licensing_application SET destination = 'US' WHERE id = %s",
        "UPDATE licensing_application SET reference = 'SL-X' WHERE id = %s",
    ):
        with (
            pytest.raises(DatabaseError, match=r"frozen|Cannot delete"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql, [row.pk])


def test_the_drawing_is_up_to_date() -> None:
    kept = (Path(settings.BASE_DIR) / "docs" / "workflow.md").read_text(encoding="utf-8")
    assert kept == drawing(), "run: manage.py draw_workflow > docs/workflow.md"


def test_the_drawing_knows_every_gate_and_status(capsys: pytest.CaptureFixture[str]) -> None:
    assert set(GATE_WORDS) == set(Gate)
    assert set(STATUS_WORDS) == set(Status)
    call_command("draw_workflow")
    assert capsys.readouterr().out == drawing()
