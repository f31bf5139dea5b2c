"""Two persons at the same moment, in real transactions: one of them is told, and nothing is done twice or half."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from enforcement.models import Screening
from enforcement.services import screening
from licensing.models import Application, Determination, Filing, Hold, Membership, Organisation, User
from licensing.rules.journal import content_hash
from licensing.rules.roles import Role
from licensing.services import applications, determination, journal, organisations
from licensing.services.errors import Barred, Frozen, Refused
from tests.licensing import cases

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk() -> cases.Desk:
    cases.load_law()
    return cases.desk()


@pytest.fixture
def company(desk: cases.Desk) -> tuple[Any, User]:
    return cases.exporter(desk.officer)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each act gave or raised, all begun at the same moment on connections of their own."""
    results: list[Any] = [None] * len(acts)
    start = threading.Barrier(len(acts))

    def run(place: int, act: Callable[[], Any]) -> None:
        start.wait()
        try:
            results[place] = act()
        except Exception as refusal:
            results[place] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def declared(company: tuple[Any, User]) -> Application:
    case = cases.draft(*company)
    return applications.declare(application=case, actor=company[1])


def test_submitting_twice_files_once(company: tuple[Any, User]) -> None:
    case, clerk = declared(company), company[1]
    results = at_once(*[lambda: applications.submit(application=case, actor=clerk, on=cases.today())] * 3)
    assert sorted(type(result).__name__ for result in results) == ["Application", "Frozen", "Frozen"]
    assert Filing.objects.filter(application=case).count() == 1
    assert Hold.objects.filter(application=case).count() == 1
    assert journal.first_break() is None


def test_an_edit_while_submitting_is_either_filed_or_refused(company: tuple[Any, User]) -> None:
    case, clerk = declared(company), company[1]

    def edit() -> Any:
        return applications.save_section(
            application=case, actor=clerk, section="route", values={"contract_number": "OTHER"}
        )

    submitted, edited = at_once(lambda: applications.submit(application=case, actor=clerk, on=cases.today()), edit)
    case.refresh_from_db()
    if isinstance(edited, Frozen):
        filing = Filing.objects.get(application=case)
        assert filing.content["contract_number"] == case.contract_number == "HN-2026-118"
        assert filing.sha256 == content_hash(filing.content)
    else:  # the edit came first, so the declaration lapsed and nothing was filed
        assert isinstance(submitted, Refused)
        assert (case.status, case.contract_number) == ("draft", "OTHER")
        assert not Filing.objects.exists()


def test_the_last_two_administrators_do_not_end_each_other(company: tuple[Any, User]) -> None:
    organisation, first = company
    second = cases.person("two@company.example", "Second", (organisation, Role.COMPANY_ADMIN))
    rows = {person: Membership.objects.get(user=person, organisation=organisation) for person in (first, second)}
    results = at_once(
        lambda: organisations.end_membership(membership=rows[second], actor=first),
        lambda: organisations.end_membership(membership=rows[first], actor=second),
    )
    assert sum(isinstance(result, Refused) for result in results) == 1
    assert Membership.objects.acting().filter(organisation=organisation, role=Role.COMPANY_ADMIN).count() == 1


def test_a_person_added_twice_is_added_once(company: tuple[Any, User]) -> None:
    organisation, admin = company

    def add() -> Any:
        return organisations.add_member(
            organisation=organisation,
            actor=admin,
            email="new@company.example",
            name="New",
            role=Role.FILER,
            password=cases.PASSWORD,
        )

    results = at_once(add, add)
    assert sorted(type(result).__name__ for result in results) == ["Barred", "Membership"]


def test_determination_and_screening_at_once_leave_the_screened_answer(company: tuple[Any, User]) -> None:
    for _n in range(3):
        case = declared(company)
        applications.submit(application=case, actor=company[1], on=cases.today())
        results = at_once(
            lambda case=case: determination.classify(application=case, on=cases.today()),
            lambda case=case: screening.screen(application=case, on=cases.today()),
            lambda case=case: screening.screen(application=case, on=cases.today()),
        )
        assert not [result for result in results if isinstance(result, Exception)]
        assert cases.latest(case).with_listings
        assert Screening.objects.filter(application=case).count() == 1
        assert Determination.objects.filter(application=case).count() <= 2


def test_withdrawing_while_the_desk_screens(company: tuple[Any, User]) -> None:
    case = cases.filed(*company)
    results = at_once(
        lambda: applications.withdraw(application=case, actor=company[1]),
        lambda: screening.screen(application=case, on=timezone.localdate()),
    )
    assert not [result for result in results if isinstance(result, Exception)]
    case.refresh_from_db()
    assert case.status == "withdrawn"
    assert journal.first_break() is None


def test_a_company_asked_for_twice_is_registered_once(desk: cases.Desk) -> None:
    def register() -> Any:
        return organisations.register(
            person={"email": "x@y.example", "name": "X", "password": cases.PASSWORD, "language": "en"},
            organisation={"name_en": "X Co", "uscc": "91430000MA4L00555X"},
        )

    results = at_once(register, register)
    # The second is refused by its credit code, or, coming after the first, answered as a known address is: by None.
    assert sorted(type(result).__name__ for result in results) in (
        ["Barred", "Organisation"],
        ["NoneType", "Organisation"],
    )
    assert Organisation.objects.filter(uscc="91430000MA4L00555X").count() == 1
    assert isinstance(next(r for r in results if isinstance(r, Exception)), Barred)
