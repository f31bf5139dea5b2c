"""The authority's acts: two persons or nothing, every gate shut until its evidence is there. Service and database."""

import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from enforcement.models import Hit, Listing
from enforcement.services import screening
from licensing import signals
from licensing.models import (
    Application,
    Assignment,
    Decision,
    Determination,
    Journal,
    Licence,
    Membership,
    Notice,
    Recommendation,
    Signature,
)
from licensing.models.review import Outcome
from licensing.regimes.calendar import working_calendar
from licensing.rules.roles import Role
from licensing.services import applications, determination, moves, review
from licensing.services.errors import Barred, Incomplete, NotAllowed
from tests.licensing import cases
from tests.licensing.cases import LISTED_NAME, today

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> cases.Desk:
    cases.load_law()
    return cases.desk()


@pytest.fixture
def company(desk: cases.Desk) -> tuple[Any, Any]:
    return cases.exporter(desk.officer)


def recommended(
    company: tuple[Any, Any], desk: cases.Desk, outcome: str = "grant", **facts: Any
) -> tuple[Application, Recommendation]:
    case = cases.recommended(*company, desk.officer, outcome, **facts)
    return case, case.recommendations.get()


def sign(case: Application, person: Any, content_hash: str | None = None) -> Decision:
    standing = case.recommendations.get(declined_at=None)
    return review.countersign(
        application=case, actor=person, content_hash=content_hash or standing.content_hash, on=today()
    )


def sql(statement: str, values: list[Any]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


# Claiming


def test_a_case_is_taken_by_one_officer_and_put_back(company: Any, desk: cases.Desk) -> None:
    case = cases.filed(*company)
    first = review.claim(application=case, actor=desk.officer)
    assert review.claim(application=case, actor=desk.officer) == first
    with pytest.raises(Barred, match="Officer Wang Lei has this case"):
        review.claim(application=case, actor=desk.second)
    review.release(application=case, actor=desk.second)  # has it not: nothing happens
    review.release(application=case, actor=desk.officer)
    assert review.claim(application=case, actor=desk.second).officer == desk.second
    acts = Journal.objects.filter(stream=case.stream, act__in=["claim", "release"]).values_list("act", flat=True)
    assert list(acts) == ["claim", "release", "claim"]


def test_a_closed_case_is_not_taken(company: Any, desk: cases.Desk) -> None:
    case = cases.filed(*company)
    applications.withdraw(application=case, actor=company[1])
    with pytest.raises(Barred, match="closed"):
        review.claim(application=case, actor=desk.officer)


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_at_once_one_has_the_case() -> None:
    cases.load_law()
    desk = cases.desk()
    case = cases.filed(*cases.exporter(desk.officer))
    results: dict[str, Any] = {}
    start = threading.Barrier(2)

    def take(person: Any) -> None:
        start.wait()
        try:
            results[person.name] = review.claim(application=case, actor=person)
        except Exception as refusal:
            results[person.name] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=(person,)) for person in (desk.officer, desk.second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert {type(result) for result in results.values()} == {Assignment, Barred}
    assert Assignment.objects.filter(application=case, left_at=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_countersigners_at_once_one_decides_and_one_licence_comes_of_it() -> None:
    cases.load_law()
    desk = cases.desk()
    case = cases.recommended(*cases.exporter(desk.officer), desk.officer)
    content_hash = case.recommendations.get().content_hash
    results: list[Any] = []
    start = threading.Barrier(2)

    def decide(person: Any) -> None:
        start.wait()
        try:
            results.append(sign(case, person, content_hash))
        except Exception as refusal:
            results.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=(person,)) for person in (desk.second, desk.third)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(type(result).__name__ for result in results) == ["Barred", "Decision"]
    assert Licence.objects.count() == Decision.objects.count() == 1
    assert Signature.objects.filter(step="countersign").count() == 1


def test_the_database_keeps_one_officer_per_case(company: Any, desk: cases.Desk) -> None:
    case = cases.filed(*company)
    review.claim(application=case, actor=desk.officer)
    with pytest.raises(DatabaseError, match="one_officer_has_a_case"):
        sql(
            "INSERT INTO licensing_assignment (application_id, officer_id, entered_at) VALUES (%s, %s, now())",
            [case.pk, desk.second.pk],
        )


# Accepting and returning


def test_accepting_starts_45_working_days(company: Any, desk: cases.Desk) -> None:
    case = cases.filed(*company)
    row = review.accept(application=case, actor=desk.officer, on=today())
    assert (row.status, row.accepted_on) == ("review", today())
    assert working_calendar().between(today(), row.due_on) == 45


def submitted(company: Any, *, on: date | None = None, **facts: Any) -> Application:
    """A filing that nobody has determined or screened yet."""
    case = cases.draft(*company, **facts)
    applications.declare(application=case, actor=company[1])
    return applications.submit(application=case, actor=company[1], on=on or today())


def test_a_case_is_accepted_under_the_law_of_that_day(company: Any, desk: cases.Desk) -> None:
    case = submitted(company, on=date(2024, 9, 14))
    determination.classify(application=case, on=date(2024, 9, 14))
    assert cases.latest(case).outcome == "no_licence_required"
    review.accept(application=case, actor=desk.officer, on=today())
    assert (cases.latest(case).outcome, cases.latest(case).on) == ("licence_required", today())


def test_a_case_that_lacks_a_paper_the_law_asks_for_by_now_is_not_accepted(company: Any, desk: cases.Desk) -> None:
    case = submitted(company, on=date(2024, 9, 14), papers=("contract", "identity_of_signatories"))
    with pytest.raises(Incomplete) as refusal:
        review.accept(application=case, actor=desk.officer, on=today())
    assert "end_user_certificate" in {gap.field for gap in refusal.value.gaps}


def test_a_paper_that_only_a_listing_asks_for_does_not_bar_the_acceptance(company: Any, desk: cases.Desk) -> None:
    """The exporter could not know of it: whether to ask for it is the officer's to say, in a return."""
    watched = Listing.objects.in_force_on(today()).filter(list="watch_list")[0]
    case = cases.filed(*company, end_user=watched.name_en, destination="US")
    for hit in cases.screened(case).hits.all():
        screening.dispose(hit=hit, actor=desk.officer, same=True, reason="Same name and country.", on=today())
    found = cases.latest(case)
    assert found.with_listings
    assert "risk_assessment_report" in {gap.field for gap in moves.missing(case)}
    assert review.accept(application=case, actor=desk.officer, on=today()).due_on is None


# Determinations: the newest answer is the one that was asked last


def test_a_late_answer_without_listings_does_not_displace_one_with_them(company: Any, desk: cases.Desk) -> None:
    case = submitted(company, end_user=LISTED_NAME, destination="US")
    for hit in cases.screened(case).hits.all():
        screening.dispose(hit=hit, actor=desk.officer, same=True, reason="Same name and country.", on=today())
    with_listings = cases.latest(case)
    assert with_listings.outcome == "prohibited"
    assert determination.classify(application=case, on=today()) == with_listings
    assert cases.latest(case) == with_listings


def test_an_answer_asked_again_after_another_is_the_newest(company: Any, desk: cases.Desk) -> None:
    case = submitted(company)
    first = determination.classify(application=case, on=today())
    other = determination.classify(application=case, on=date(2024, 9, 14))
    assert (first.outcome, other.outcome) == ("licence_required", "no_licence_required")
    assert determination.classify(application=case, on=today()).outcome == "licence_required"
    assert cases.latest(case).outcome == "licence_required"


def test_after_the_law_changed_a_case_is_recommended_and_signed_under_the_new_one(
    company: Any, desk: cases.Desk
) -> None:
    case = cases.in_review(*company, desk.officer, destination="US")
    later = date(2026, 11, 28)
    terms = {"application": case, "outcome": Outcome.REFUSE, "grounds": "Military ends cannot be excluded."}
    review.recommend(actor=desk.officer, on=today(), **terms)
    first = case.recommendations.get()
    with pytest.raises(Barred, match="not as when it was recommended"):
        review.countersign(application=case, actor=desk.second, content_hash=first.content_hash, on=later)
    review.decline(application=case, actor=desk.second, reason="The suspension has ended.")
    again = review.recommend(actor=desk.officer, on=later, **terms)
    assert again.content["determination"]["deciding_measure"] == "CN-2024-46"
    assert review.countersign(application=case, actor=desk.second, content_hash=again.content_hash, on=later)


def test_returning_names_every_defect_at_once_and_tells_the_exporter(company: Any, desk: cases.Desk) -> None:
    case = cases.filed(*company)
    with pytest.raises(Barred):
        review.send_back(application=case, actor=desk.officer, defects=[{"section": "goods", "text": "  "}])
    defects = [
        {"section": "goods", "text": "The assay is missing."},
        {"section": "documents", "text": "The contract is not signed."},
    ]
    review.send_back(application=case, actor=desk.officer, defects=defects)
    case.refresh_from_db()
    assert case.status == "returned"
    assert case.returns.get().defects == defects
    assert Notice.objects.filter(application=case, recipient=company[1]).count() == 1


def test_a_second_filing_of_the_same_content_is_determined_anew(company: Any, desk: cases.Desk) -> None:
    case = cases.filed(*company)
    review.send_back(application=case, actor=desk.officer, defects=[{"section": "goods", "text": "Sign it."}])
    applications.declare(application=case, actor=company[1])
    case = applications.submit(application=case, actor=company[1], on=today())
    assert determination.latest(case) is None
    again = determination.classify(application=case, on=today())
    assert again == determination.latest(case)
    assert again.filing.number == 2
    assert determination.classify(application=case, on=today()) == again


# Two persons


def test_the_author_of_a_recommendation_neither_countersigns_nor_declines_it(company: Any, desk: cases.Desk) -> None:
    case = cases.in_review(*company, desk.officer)
    review.recommend(application=case, actor=desk.second, on=today(), outcome=Outcome.GRANT, grounds="Plausible.")
    with pytest.raises(NotAllowed, match="Two persons"):
        sign(case, desk.second)
    with pytest.raises(NotAllowed, match="second person"):
        review.decline(application=case, actor=desk.second, reason="changed my mind")
    with pytest.raises(NotAllowed):
        sign(case, desk.officer)  # no countersigner
    assert sign(case, desk.third).outcome == "grant"


def test_a_grant_issues_the_licence_and_tells_the_exporter(company: Any, desk: cases.Desk) -> None:
    case, standing = recommended(company, desk)
    decision = sign(case, desk.second)
    case.refresh_from_db()
    assert case.status == "granted"
    assert [(s.person, s.step, s.content_hash) for s in standing.signatures.all()] == [
        (desk.officer, "recommend", standing.content_hash),
        (desk.second, "countersign", standing.content_hash),
    ]
    licence = case.licence
    assert licence.decision == decision
    assert [(line.item_code, line.quantity, line.unit) for line in licence.lines.all()] == [("3C003.b", 20000, "kg")]
    assert licence.valid.start == today()
    assert Notice.objects.filter(application=case, subject__contains="licence granted").exists()


def test_a_refusal_issues_nothing(company: Any, desk: cases.Desk) -> None:
    case, _standing = recommended(company, desk, "refuse")
    sign(case, desk.second)
    case.refresh_from_db()
    assert case.status == "refused"
    assert not Licence.objects.exists()
    assert "The end user is known" in Notice.objects.get(subject__contains="refused").body


def test_a_declined_recommendation_is_kept_and_a_new_one_written(company: Any, desk: cases.Desk) -> None:
    case, standing = recommended(company, desk)
    with pytest.raises(Barred, match="waiting for countersignature already"):
        review.recommend(application=case, actor=desk.officer, on=today(), outcome=Outcome.REFUSE, grounds="Other.")
    with pytest.raises(Barred, match="Say why"):
        review.decline(application=case, actor=desk.second, reason=" ")
    review.decline(application=case, actor=desk.second, reason="The months are too many.")
    with pytest.raises(Barred, match="no recommendation"):
        review.countersign(application=case, actor=desk.second, content_hash=standing.content_hash, on=today())
    review.recommend(
        application=case, actor=desk.officer, on=today(), outcome=Outcome.GRANT, grounds="Shorter.", months=3
    )
    assert case.recommendations.count() == 2
    assert sign(case, desk.second).recommendation.content["months"] == 3


def test_what_was_not_read_is_not_signed(company: Any, desk: cases.Desk) -> None:
    case, _standing = recommended(company, desk)
    with pytest.raises(Barred, match="not the one you read"):
        sign(case, desk.second, "0" * 64)


@pytest.mark.parametrize("ended", [False, True])
def test_nobody_acts_officially_on_the_case_of_an_own_company(company: Any, desk: cases.Desk, ended: bool) -> None:
    case, standing = recommended(company, desk)
    Membership.objects.create(
        user=desk.second,
        organisation=company[0],
        role=Role.VIEWER,
        since=timezone.now() - timedelta(days=9),
        ended_at=timezone.now() if ended else None,
    )
    acts: list[Callable[[], Any]] = [
        lambda: review.claim(application=case, actor=desk.second),
        lambda: review.advise(application=case, actor=desk.second, stance="grant", text="Mine."),
        lambda: review.decline(application=case, actor=desk.second, reason="No."),
        lambda: sign(case, desk.second),
    ]
    for act in acts:
        with pytest.raises(NotAllowed):
            act()
    assert moves.acts_of(case, desk.second, on=today()) == ()
    assert not Application.objects.on_desk_of(desk.second).exists()
    with pytest.raises(DatabaseError, match="own organisation"):
        sql(*_signature(standing, desk.second, "countersign"))


def _signature(
    standing: Recommendation, person: Any, step: str, content_hash: str | None = None
) -> tuple[str, list[Any]]:
    return (
        "INSERT INTO licensing_signature (recommendation_id, person_id, step, content_hash, at) "
        "VALUES (%s, %s, %s, %s, now())",
        [standing.pk, person.pk, step, content_hash or standing.content_hash],
    )


def _decision(case: Application, standing: Recommendation, outcome: str = "grant") -> tuple[str, list[Any]]:
    return (
        "INSERT INTO licensing_decision (application_id, recommendation_id, determination_id, outcome, at) "
        "VALUES (%s, %s, %s, %s, now())",
        [case.pk, standing.pk, cases.latest(case).pk, outcome],
    )


def test_the_database_wants_two_persons_whatever_the_program_does(company: Any, desk: cases.Desk) -> None:
    case, standing = recommended(company, desk)
    for statement, why in (
        (_signature(standing, desk.officer, "countersign"), "two persons must sign"),
        (_signature(standing, desk.second, "recommend"), "only its author"),
        (_signature(standing, desk.second, "countersign", "0" * 64), "content was changed"),
        (_decision(case, standing), "two persons must sign"),
        (_decision(case, standing, "refuse"), "not what was recommended"),
    ):
        with pytest.raises(DatabaseError, match=why):
            sql(*statement)
    sql(*_signature(standing, desk.second, "countersign"))
    with pytest.raises(DatabaseError, match=r"a_person_signs_once|a_step_is_signed_once"):
        sql(*_signature(standing, desk.second, "countersign"))
    sql(*_decision(case, standing))


def test_the_database_keeps_what_was_signed(company: Any, desk: cases.Desk) -> None:
    case, standing = recommended(company, desk)
    for statement, values in (
        ("UPDATE licensing_recommendation SET content = '{}' WHERE id = %s", [standing.pk]),
        ("UPDATE licensing_recommendation SET by_id = %s", [desk.second.pk]),
        ("DELETE FROM licensing_recommendation WHERE id = %s", [standing.pk]),
        ("UPDATE licensing_signature SET person_id = %s", [desk.second.pk]),
        ("DELETE FROM licensing_signature WHERE recommendation_id = %s", [standing.pk]),
        ("UPDATE licensing_filing SET content = '{}' WHERE application_id = %s", [case.pk]),
        ("UPDATE licensing_goodsline SET quantity = 1 WHERE application_id = %s", [case.pk]),
        ("DELETE FROM licensing_party WHERE application_id = %s", [case.pk]),
        ("UPDATE licensing_determination SET outcome = 'no_licence_required' WHERE application_id = %s", [case.pk]),
    ):
        with pytest.raises(DatabaseError):
            sql(statement, values)
    with pytest.raises(DatabaseError, match="own_work_is_not_declined"):
        sql(
            "UPDATE licensing_recommendation SET declined_by_id = by_id, declined_at = now() WHERE id = %s",
            [standing.pk],
        )


def test_a_declined_recommendation_is_signed_by_nobody(company: Any, desk: cases.Desk) -> None:
    case, standing = recommended(company, desk)
    review.decline(application=case, actor=desk.second, reason="No.")
    with pytest.raises(DatabaseError, match="declined"):
        sql(*_signature(standing, desk.third, "countersign"))
    assert not Decision.objects.filter(application=case).exists()


# Gates


def test_nothing_is_granted_without_a_screening(company: Any, desk: cases.Desk) -> None:
    case = cases.filed(*company)
    review.accept(application=case, actor=desk.officer, on=today())
    review.recommend(application=case, actor=desk.officer, on=today(), outcome=Outcome.GRANT, grounds="Plausible.")
    with pytest.raises(Barred) as refusal:
        sign(case, desk.second)
    assert refusal.value.reasons == ("The parties have not been screened yet.",)
    assert not Decision.objects.exists()
    cases.screened(case)
    assert sign(case, desk.second)


def test_when_nobody_answers_for_screening_nothing_is_granted(
    company: Any, desk: cases.Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, _standing = recommended(company, desk)
    monkeypatch.setattr(signals.evidence_wanted, "receivers", [])
    signals.evidence_wanted.sender_receivers_cache.clear()
    with pytest.raises(Barred, match="not been screened"):
        sign(case, desk.second)


def test_a_screening_against_older_lists_is_stale(company: Any, desk: cases.Desk) -> None:
    case, _standing = recommended(company, desk)
    listing = Listing.objects.all()[0]
    listing.note = "Changed since."
    listing.save()
    with pytest.raises(Barred) as refusal:
        sign(case, desk.second)
    assert refusal.value.reasons == ("The lists changed after the parties were screened.",)
    cases.screened(case)
    assert sign(case, desk.second)


def test_a_screening_older_than_the_parties_is_stale(company: Any, desk: cases.Desk) -> None:
    case, _standing = recommended(company, desk)
    Application.objects.filter(pk=case.pk).update(parties_changed_at=timezone.now())
    with pytest.raises(Barred) as refusal:
        sign(case, desk.second)
    assert refusal.value.reasons == ("The parties changed after they were screened.",)


def test_an_open_hit_bars_a_grant_and_a_judged_one_decides_the_law(company: Any, desk: cases.Desk) -> None:
    case, _standing = recommended(company, desk, destination="US", end_user=LISTED_NAME)
    with pytest.raises(Barred) as refusal:
        sign(case, desk.second)
    assert "A party resembles a listed entity and nobody has judged it yet." in refusal.value.reasons
    for hit in Hit.objects.filter(disposition="open"):
        screening.dispose(hit=hit, actor=desk.officer, same=True, reason="Same name, address and country.", on=today())
    assert not case.holds.standing().exists()
    with pytest.raises(Barred) as refusal:
        sign(case, desk.second)
    assert any("prohibited" in reason for reason in refusal.value.reasons)
    assert not Licence.objects.exists()


def test_a_false_hit_lets_the_case_go_on(company: Any, desk: cases.Desk) -> None:
    case, _standing = recommended(company, desk, destination="US", end_user=LISTED_NAME)
    for hit in Hit.objects.filter(disposition="open"):
        screening.dispose(hit=hit, actor=desk.officer, same=False, reason="Another company of that name.", on=today())
    assert sign(case, desk.second).outcome == "grant"


def test_a_hit_of_an_older_screening_is_not_judged(company: Any, desk: cases.Desk) -> None:
    case = cases.filed(*company, destination="US", end_user=LISTED_NAME)
    old = cases.screened(case).hits.all()[0]
    listing = Listing.objects.exclude(pk=old.listing_id)[0]
    listing.note = "Changed since."
    listing.save()
    cases.screened(case)
    with pytest.raises(Barred, match="screened again"):
        screening.dispose(hit=old, actor=desk.officer, same=False, reason="No.", on=today())
    assert case.holds.standing().count() == 1


def test_a_refusal_needs_no_screening_but_the_law_of_the_day(company: Any, desk: cases.Desk) -> None:
    case = cases.filed(*company)
    review.accept(application=case, actor=desk.officer, on=today())
    review.recommend(application=case, actor=desk.officer, on=today(), outcome=Outcome.REFUSE, grounds="Not plausible.")
    assert sign(case, desk.second).outcome == "refuse"


def test_a_recommendation_made_under_another_law_is_not_signed(company: Any, desk: cases.Desk) -> None:
    case = cases.in_review(*company, desk.officer, destination="US")
    review.recommend(application=case, actor=desk.officer, on=today(), outcome=Outcome.GRANT, grounds="Plausible.")
    standing = case.recommendations.get()
    with pytest.raises(Barred) as refusal:
        review.countersign(
            application=case, actor=desk.second, content_hash=standing.content_hash, on=date(2026, 11, 28)
        )
    assert any(
        "CN-2024-46" in reason and "not as when it was recommended" in reason for reason in refusal.value.reasons
    )


def test_looking_at_the_barriers_writes_nothing(company: Any, desk: cases.Desk) -> None:
    case, standing = recommended(company, desk)
    before = Determination.objects.count(), Journal.objects.count()
    fresh, against = moves.barriers(case, standing, on=today())
    assert against == []
    assert fresh.pk is None
    assert (Determination.objects.count(), Journal.objects.count()) == before


@pytest.mark.parametrize(("months", "allowed"), [(0, False), (1, True), (12, True), (13, False)])
def test_a_single_licence_lasts_at_most_a_year(company: Any, desk: cases.Desk, months: int, allowed: bool) -> None:
    case = cases.in_review(*company, desk.officer)
    terms = {"outcome": Outcome.GRANT, "grounds": "G.", "months": months}
    if allowed:
        assert review.recommend(application=case, actor=desk.officer, on=today(), **terms).content["months"] == months
    else:
        with pytest.raises(Barred, match="at most 12 months"):
            review.recommend(application=case, actor=desk.officer, on=today(), **terms)


def test_closing_as_not_required_needs_the_law_to_say_so(company: Any, desk: cases.Desk) -> None:
    case = cases.in_review(*company, desk.officer)
    with pytest.raises(Barred, match="does not say that no licence is needed"):
        review.recommend(application=case, actor=desk.officer, on=today(), outcome=Outcome.NOT_REQUIRED, grounds="G.")
    with pytest.raises(Barred, match="grounds"):
        review.recommend(application=case, actor=desk.officer, on=today(), outcome=Outcome.REFUSE, grounds=" ")


# What the page offers


def names(case: Application, person: Any) -> dict[str, bool]:
    return {act.name: not act.against for act in moves.acts_of(case, person, on=today())}


def test_each_person_is_offered_what_the_services_would_allow(company: Any, desk: cases.Desk) -> None:
    case = cases.filed(*company)
    assert names(case, desk.officer) == {"claim": True, "accept": True, "send_back": True}
    assert names(case, desk.auditor) == names(case, company[1]) == {}
    case = review.accept(application=case, actor=desk.officer, on=today())
    assert names(case, desk.officer) == {"claim": True, "advise": True, "recommend": True}
    review.recommend(application=case, actor=desk.officer, on=today(), outcome=Outcome.GRANT, grounds="Plausible.")
    assert names(case, desk.officer) == {"claim": True, "advise": True, "countersign": False, "decline": False}
    assert names(case, desk.second) == {"claim": True, "advise": True, "countersign": False, "decline": True}
    cases.screened(case)
    assert names(case, desk.second)["countersign"]
    sign(case, desk.second)
    case.refresh_from_db()
    assert names(case, desk.second) == {}
