"""What the database refuses whatever the program does: judged hits, licences without their decision, moved parts."""

import pytest
from django.db import DatabaseError, connection, transaction

from enforcement.models import Hit
from enforcement.services import screening
from licensing.models import GoodsLine, Licence, Party
from licensing.services import review
from tests.licensing import cases

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> cases.Desk:
    cases.load_law()
    return cases.desk()


def refused(statement: str, values: list[object], why: str) -> None:
    with pytest.raises(DatabaseError, match=why), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_a_judged_hit_is_neither_judged_again_nor_deleted(desk: cases.Desk) -> None:
    case = cases.filed(*cases.exporter(desk.officer), destination="US", end_user=cases.LISTED_NAME)
    hit = cases.screened(case).hits.all()[0]
    refused("DELETE FROM enforcement_hit WHERE id = %s", [hit.pk], "Cannot delete")
    screening.dispose(hit=hit, actor=desk.officer, same=True, reason="The same.", on=cases.today())
    for change in ("disposition = 'not_same'", "disposition = 'open'", "reason = 'Other'"):
        refused(f"UPDATE enforcement_hit SET {change} WHERE id = %s", [hit.pk], "Cannot update")
    assert Hit.objects.get(pk=hit.pk).disposition == "same"


def test_a_licence_is_of_the_case_and_the_company_that_its_decision_granted(desk: cases.Desk) -> None:
    company, clerk = cases.exporter(desk.officer)
    other, _clerk = cases.exporter(desk.officer, n=2)
    granted = cases.recommended(company, clerk, desk.officer)
    refusal = cases.recommended(company, clerk, desk.officer, "refuse")
    for case in (granted, refusal):
        content_hash = case.recommendations.get().content_hash
        review.countersign(application=case, actor=desk.second, content_hash=content_hash, on=cases.today())
    licence = Licence.objects.get()

    def copy(**changes: object) -> Licence:
        fields = {
            field.attname: getattr(licence, field.attname) for field in Licence._meta.fields if field.name != "id"
        }
        return Licence(**(fields | {"number": "SLC-2026-999999", "code": "X"} | changes))

    for changes in (
        {"application_id": refusal.pk, "decision_id": refusal.decision.pk},
        {"application_id": refusal.pk},
        {"organisation_id": other.pk},
    ):
        with pytest.raises(DatabaseError, match="no decision grants it"), transaction.atomic():
            copy(**changes).save()


def test_a_part_of_a_filed_case_does_not_leave_it_for_a_draft(desk: cases.Desk) -> None:
    company, clerk = cases.exporter(desk.officer)
    filed, draft = cases.filed(company, clerk), cases.draft(company, clerk)
    for model in (GoodsLine, Party):
        row = model._default_manager.filter(application=filed).first()
        assert row
        table = model._meta.db_table
        refused(f"UPDATE {table} SET application_id = %s WHERE id = %s", [draft.pk, row.pk], "frozen")
