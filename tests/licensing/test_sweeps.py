"""Rows that wait are all served, whatever is wrong with one of them."""

import smtplib
from typing import Any

import pytest
from django.core import mail

from enforcement import tasks as enforcement_tasks
from enforcement.models import Listing, Screening
from enforcement.services import screening
from licensing import tasks
from licensing.models import Application, Determination, Filing, Licence, Notice, User
from licensing.services import applications, notices, organisations, review
from licensing.services.errors import Barred
from tests.licensing import cases

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> cases.Desk:
    cases.load_law()
    return cases.desk()


def submitted(company: Any, clerk: User) -> Application:
    case = cases.draft(company, clerk)
    applications.declare(application=case, actor=clerk)
    return applications.submit(application=case, actor=clerk, on=cases.today())


def broken(company: Any, clerk: User) -> Application:
    """A case in whose newest filing nothing can be read."""
    case = submitted(company, clerk)
    Filing.objects.create(application=case, number=2, content={}, sha256="0" * 64, submitted_by=clerk)
    return case


def test_one_broken_filing_stops_neither_determination_nor_screening_of_others(desk: cases.Desk) -> None:
    company, clerk = cases.exporter(desk.officer)
    good, bad, other = submitted(company, clerk), broken(company, clerk), submitted(company, clerk)
    tasks.sweep()
    enforcement_tasks.sweep()
    assert set(Determination.objects.values_list("application", flat=True)) == {good.pk, other.pk}
    assert set(Screening.objects.values_list("application", flat=True)) == {good.pk, other.pk}
    assert list(screening.waiting()) == [bad]
    before = Determination.objects.count(), Screening.objects.count()
    tasks.sweep()
    enforcement_tasks.sweep()
    assert (Determination.objects.count(), Screening.objects.count()) == before


def test_one_licence_that_cannot_be_printed_stops_no_other(desk: cases.Desk) -> None:
    company, clerk = cases.exporter(desk.officer)
    for goods in ({"description": "삼성"}, {}):
        case = cases.recommended(company, clerk, desk.officer, goods=goods)
        review.countersign(
            application=case,
            actor=desk.second,
            content_hash=case.recommendations.get().content_hash,
            on=cases.today(),
        )
    tasks.sweep()
    assert [bool(licence.pdf) for licence in Licence.objects.order_by("pk")] == [False, True]


def test_finding_what_waits_for_screening_costs_the_same_for_many(
    desk: cases.Desk, django_assert_num_queries: Any
) -> None:
    company, clerk = cases.exporter(desk.officer)
    filed = [submitted(company, clerk) for _n in range(3)]
    with django_assert_num_queries(3):
        assert set(screening.waiting()) == set(filed)


def test_a_listing_announced_but_not_yet_in_force_is_found(desk: cases.Desk) -> None:
    company, clerk = cases.exporter(desk.officer)
    listing = Listing.objects.in_force_on(cases.today()).exclude(name_en="")[0]
    case = cases.filed(company, clerk, end_user=listing.name_en, destination="US")
    before = listing.in_force.start.replace(year=listing.in_force.start.year - 1)
    assert screening.screen(application=case, on=before).hits.filter(listing=listing).exists()


def test_a_hit_of_an_older_filing_is_not_judged(desk: cases.Desk) -> None:
    """The new filing waits for its own screening; the judgement of the old one must not lift its hold."""
    company, clerk = cases.exporter(desk.officer)
    case = cases.filed(company, clerk, end_user=cases.LISTED_NAME, destination="US")
    hit = cases.screened(case).hits.all()[0]
    review.send_back(application=case, actor=desk.officer, defects=[{"section": "goods", "text": "Sign it."}])
    applications.declare(application=case, actor=clerk)
    applications.submit(application=case, actor=clerk, on=cases.today())
    with pytest.raises(Barred, match="screened again"):
        screening.dispose(hit=hit, actor=desk.officer, same=False, reason="No.", on=cases.today())
    assert case.holds.standing().exists()


# Mail


class Refusing:
    """A mail server that refuses or loses one address."""

    def __init__(self, error: Exception, address: str = "") -> None:
        self.error, self.address, self.tried = error, address, 0

    def __call__(self, message: mail.EmailMessage, *args: Any, **kwargs: Any) -> int:
        self.tried += 1
        if self.address in message.to[0]:
            raise self.error
        mail.outbox.append(message)
        return 1


def waiting(*addresses: str) -> list[Notice]:
    return [
        notices.write(
            recipient=User.objects.create_user(address, cases.PASSWORD, name=address),
            application=None,
            subject="Hello",
            body="Hello",
            values={},
        )
        for address in addresses
    ]


REFUSALS = [
    smtplib.SMTPRecipientsRefused({"bad@x.example": (550, b"unknown")}),
    smtplib.SMTPServerDisconnected("gone"),
    ValueError("newline in a header"),
    UnicodeError("label too long"),
]


@pytest.mark.parametrize("error", REFUSALS, ids=lambda error: type(error).__name__)
def test_an_address_that_takes_no_mail_keeps_nobody_waiting(
    desk: cases.Desk, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    bad, *_others = waiting("bad@x.example", "good@x.example", "other@x.example")
    server = Refusing(error, "bad@")
    monkeypatch.setattr(mail.EmailMessage, "send", lambda self, *a, **k: server(self))
    notices.send_waiting()
    assert {m.to[0] for m in mail.outbox} >= {"good@x.example", "other@x.example"}
    bad.refresh_from_db()
    assert (bad.sent_at, bad.attempts) == (None, 1)
    for _n in range(notices.MOST_ATTEMPTS):
        notices.send_waiting()
    assert server.tried == notices.MOST_ATTEMPTS + 2
    assert len(mail.outbox) == 2


def test_a_mail_server_that_is_away_costs_no_notice_its_attempts(
    desk: cases.Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    (notice,) = waiting("good@x.example")
    server = Refusing(ConnectionRefusedError("away"))
    with monkeypatch.context() as away:
        away.setattr(mail.EmailMessage, "send", lambda self, *a, **k: server(self))
        for _n in range(notices.MOST_ATTEMPTS + 5):
            assert notices.send_waiting() == 0
    assert server.tried == notices.MOST_ATTEMPTS + 5
    assert notices.send_waiting() == 1
    notice.refresh_from_db()
    assert notice.sent_at


@pytest.mark.parametrize("name", ["A" * 200, "Two\r\nBcc: everybody@x.example", "Tab\tand\nline"])
def test_a_name_makes_no_subject_that_cannot_be_mailed(desk: cases.Desk, name: str) -> None:
    company = organisations.register(
        person={"email": "n@c.example", "name": "N", "password": cases.PASSWORD, "language": "en"},
        organisation={"name_en": name, "uscc": "91430000MA4L00777X"},
    )
    organisations.decide(organisation=company, actor=desk.officer, approve=False, reason="Unknown.")
    notice = Notice.objects.get(recipient__email="n@c.example")
    assert "\n" not in notice.subject
    assert len(notice.subject) <= 200
    assert notices.send_waiting() == 1
