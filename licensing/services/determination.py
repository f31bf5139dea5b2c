"""Asking the engine: before filing for the exporter, after filing for the officer, and again on the day of decision."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction

from licensing.models import Application
from licensing.models import Determination as DeterminationRow
from licensing.rules import determination as engine
from licensing.rules.filings import Findings, facts_of, findings_to_json
from licensing.services import journal, law, workflow


def preview(content: Mapping[str, Any], *, on: date) -> engine.Determination | None:
    """What the law says so far, without any listing; None while there are no goods. Writes nothing."""
    if not content["goods"]:
        return None
    return engine.determine(facts_of(content), law.law_book(), on=on)


def answer(*, application: Application, on: date, findings: Findings | None = None) -> DeterminationRow:
    """What the law of ``on`` says of the newest filing, as a row that is not kept. Writes nothing.

    ``findings`` are the listings that screening confirmed; ``None`` means that screening has not spoken yet.
    Raises ValueError where nothing was filed.
    """
    filing = application.filings.order_by("-number").first()
    if filing is None:
        raise ValueError(f"{application.reference} was never filed")
    found = engine.to_json(engine.determine(facts_of(filing.content, findings=findings), law.law_book(), on=on))
    return DeterminationRow(
        application=application,
        outcome=found["outcome"],
        deciding_measure=found["deciding_measure"] or "",
        content=found,
        filing=filing,
        findings=findings_to_json(findings),
        law_version=law.current_version(),
        on=on,
        with_listings=findings is not None,
    )


@transaction.atomic
def classify(*, application: Application, on: date, findings: Findings | None = None) -> DeterminationRow:
    """Determine a filed application under the law of ``on`` and keep the answer as its `latest`.

    Asking again under the same law, day and facts returns the answer already kept. Once screening has spoken on a
    filing, an answer without it, from a task that ran late, is not kept any more.
    """
    # The case before its journal, as every other act locks them: two desks at work on one case must not wait in a ring.
    workflow.locked(application)
    row = answer(application=application, on=on, findings=findings)
    last = latest(application)
    if last and (last.with_listings > row.with_listings or _same(last, row)):
        return last
    row.save()
    journal.record(
        stream=application.stream,
        act="determine",
        actor=None,
        organisation=application.organisation,
        data={
            "outcome": row.outcome,
            "deciding_measure": row.deciding_measure,
            "on": on.isoformat(),
            "with_listings": row.with_listings,
        },
    )
    return row


def latest(application: Application) -> DeterminationRow | None:
    """The newest answer on the newest filing."""
    filing = application.filings.order_by("-number").first()
    return application.determinations.filter(filing=filing).order_by("-id").first() if filing else None


def _same(one: DeterminationRow, other: DeterminationRow) -> bool:
    fields = ("law_version_id", "on", "with_listings", "findings", "content")
    return all(getattr(one, field) == getattr(other, field) for field in fields)
