"""The authority's acts on a filed application, up to the decision that two persons sign."""

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from licensing import signals
from licensing.models import (
    Advice,
    Application,
    Assignment,
    Decision,
    Determination,
    Recommendation,
    Return,
    Signature,
    User,
)
from licensing.models.determinations import OUTCOME_NAMES
from licensing.models.review import Outcome
from licensing.regimes.calendar import working_calendar
from licensing.rules.completeness import SECTIONS, Gap, gaps
from licensing.rules.evidence import ScreeningEvidence, screening_gaps
from licensing.rules.journal import content_hash
from licensing.rules.licences import LONGEST_MONTHS
from licensing.rules.roles import CASE_ROLES
from licensing.rules.workflow import COUNTERSIGNING, OPEN, Status
from licensing.services import determination, journal, licences, notices, workflow
from licensing.services.bell import ring
from licensing.services.errors import Barred, Incomplete, NotAllowed

STATUTORY_WORKING_DAYS = 45
"""CN-REG-2024-792 Art 17: decision within 45 working days of acceptance."""

MOVE_OF = {Outcome.GRANT: "grant", Outcome.REFUSE: "refuse", Outcome.NOT_REQUIRED: "close_not_required"}

SCREENING_WORDS = {
    "missing": gettext_noop("The parties have not been screened yet."),
    "stale_parties": gettext_noop("The parties changed after they were screened."),
    "stale_lists": gettext_noop("The lists changed after the parties were screened."),
    "open_hits": gettext_noop("A party resembles a listed entity and nobody has judged it yet."),
}


@transaction.atomic
def claim(*, application: Application, actor: User) -> Assignment:
    """Take a case. Raises `Barred` when another officer has it or it is closed."""
    row = workflow.locked(application)
    workflow.require(row, actor, CASE_ROLES)
    if row.stage not in OPEN:
        raise Barred([_("This case is closed.")])
    standing = row.assignments.filter(left_at=None).select_related("officer").first()
    if standing and standing.officer_id == actor.pk:
        return standing
    if standing:
        raise Barred([_("%(officer)s has this case.") % {"officer": standing.officer}])
    assignment = Assignment.objects.create(application=row, officer=actor)
    journal.record(stream=row.stream, act="claim", actor=actor, organisation=row.organisation)
    return assignment


@transaction.atomic
def release(*, application: Application, actor: User) -> None:
    """Put a case that one has back into the queue."""
    row = workflow.locked(application)
    if row.assignments.filter(left_at=None, officer=actor).update(left_at=timezone.now()):
        journal.record(stream=row.stream, act="release", actor=actor, organisation=row.organisation)


@transaction.atomic
def send_back(*, application: Application, actor: User, defects: Sequence[dict[str, str]]) -> Return:
    """Return a filing with every defect at once: [{"section", "text"}]. Raises `Barred` without a defect."""
    row = workflow.locked(application)
    told = [
        {"section": d["section"], "text": d["text"].strip()}
        for d in defects
        if d["text"].strip() and d["section"] in SECTIONS
    ]
    if not told:
        raise Barred([_("Name at least one defect, so that the exporter knows what to mend.")])
    workflow.move(row, "send_back", actor=actor, data={"defects": told})
    sent = Return.objects.create(application=row, defects=told, by=actor)
    notices.tell_exporter(
        application=row,
        subject=gettext_noop("%(reference)s: papers to be completed"),
        body=gettext_noop(
            "The authority has returned %(reference)s. Everything that is missing is listed there:\n%(url)s\n\n"
            "Complete it and submit again. The review begins when the application is complete."
        ),
    )
    return sent


@transaction.atomic
def accept(*, application: Application, actor: User, on: date) -> Application:
    """Accept a complete filing: the 45 working days begin on ``on``, unless the law sets no limit."""
    row = workflow.locked(application)
    found = _determined(row, on)
    missing = missing_papers(row, on=on)
    if missing:
        raise Incomplete(_("Papers are missing. Return the application with the full list."), missing)
    row.accepted_on = on
    row.due_on = None if found.content["clock"] == "no_limit" else working_calendar().after(on, STATUTORY_WORKING_DAYS)
    workflow.move(row, "accept", actor=actor, data={"on": on.isoformat(), "due_on": str(row.due_on or "")})
    notices.tell_exporter(
        application=row,
        subject=gettext_noop("%(reference)s: accepted for review"),
        body=gettext_noop(
            "The authority has accepted %(reference)s. It decides within 45 working days, not counting days on which "
            "the law stops the clock. You need not do anything now.\n%(url)s"
        ),
    )
    return row


def missing_papers(application: Application, *, on: date) -> tuple[Gap, ...]:
    """What the newest filing lacks under the law of ``on``, as its exporter could know it: no listing asks for more."""
    content = application.filings.order_by("-number")[0].content
    found = determination.preview(content, on=on)
    return gaps(content, wanted_documents=found.documents if found else ())


def _determined(row: Application, on: date) -> Determination:
    """The answer of the law of ``on`` on the newest filing, with what screening has found so far."""
    evidence = screening_evidence(row)
    return determination.classify(application=row, on=on, findings=evidence.findings if evidence else None)


@transaction.atomic
def advise(*, application: Application, actor: User, stance: str, text: str) -> Advice:
    """Say something on a case in review, short of a recommendation."""
    row = workflow.locked(application)
    workflow.require(row, actor, CASE_ROLES)
    if row.stage != Status.REVIEW:
        raise Barred([_("Advice is given while an application is in review.")])
    advice = Advice.objects.create(application=row, stance=stance, text=text, by=actor)
    journal.record(
        stream=row.stream,
        act="advise",
        actor=actor,
        organisation=row.organisation,
        data={"stance": stance, "text": text},
    )
    return advice


@transaction.atomic
def recommend(
    *,
    application: Application,
    actor: User,
    outcome: Outcome,
    grounds: str,
    on: date,
    months: int = 12,
    conditions: Sequence[str] = (),
    further_conditions: Sequence[str] = (),
) -> Recommendation:
    """Propose how the case ends under the law of ``on``, and sign it.

    ``months``: validity of a licence; ``conditions``: keys of standing ones.
    Raises `Barred` when the law or an earlier recommendation stands against it.
    """
    row = workflow.locked(application)
    workflow.require(row, actor, CASE_ROLES)
    reasons = []
    if row.stage != Status.REVIEW:
        raise Barred([_("Only an application in review can be recommended on.")])
    if row.recommendations.filter(declined_at=None).exists():
        reasons.append(_("A recommendation is waiting for countersignature already."))
    found = _determined(row, on)
    reasons += against(outcome, found)
    if not 1 <= months <= LONGEST_MONTHS[row.kind]:
        reasons.append(
            _("A licence of this kind is valid for at most %(months)d months.") % {"months": LONGEST_MONTHS[row.kind]}
        )
    if not grounds.strip():
        reasons.append(_("Give the grounds."))
    if reasons:
        raise Barred(reasons)
    content: dict[str, Any] = {
        "reference": row.reference,
        "filing": row.filings.order_by("-number")[0].sha256,
        "determination": {"outcome": found.outcome, "deciding_measure": found.deciding_measure},
        "outcome": str(outcome),
        "grounds": grounds.strip(),
        "months": months,
        "conditions": sorted(conditions),
        "further_conditions": [c.strip() for c in further_conditions if c.strip()],
    }
    recommendation = Recommendation.objects.create(
        application=row,
        outcome=outcome,
        grounds=content["grounds"],
        content=content,
        content_hash=content_hash(content),
        by=actor,
    )
    _sign(recommendation, actor, Signature.Step.RECOMMEND)
    journal.record(
        stream=row.stream,
        act="recommend",
        actor=actor,
        organisation=row.organisation,
        data={"outcome": str(outcome), "grounds": content["grounds"], "content_hash": recommendation.content_hash},
    )
    return recommendation


@transaction.atomic
def decline(*, application: Application, actor: User, reason: str) -> Recommendation:
    """Send a recommendation back to its author. It is kept, and a new one can be written."""
    row = workflow.locked(application)
    workflow.require(row, actor, COUNTERSIGNING)
    standing = _standing(row)
    if standing.by_id == actor.pk:
        raise NotAllowed(_("A second person answers a recommendation, not its author."))
    if not reason.strip():
        raise Barred([_("Say why, so that its author knows what to change.")])
    standing.declined_by, standing.declined_at, standing.decline_reason = actor, timezone.now(), reason.strip()
    standing.save(update_fields=["declined_by", "declined_at", "decline_reason"])
    journal.record(
        stream=row.stream, act="decline", actor=actor, organisation=row.organisation, data={"reason": reason.strip()}
    )
    return standing


@transaction.atomic
def countersign(*, application: Application, actor: User, content_hash: str, on: date) -> Decision:
    """The second signature: lock, determine afresh as of ``on``, ask every gate, sign, decide.

    ``content_hash`` is what the person saw. A grant issues the licence in the same transaction.
    Raises `Barred` with every reason against, `NotAllowed` for the author.
    """
    row = workflow.locked(application)
    workflow.require(row, actor, COUNTERSIGNING)
    standing = _standing(row)
    if standing.by_id == actor.pk:
        raise NotAllowed(_("Two persons must sign: you wrote this recommendation."))
    if standing.content_hash != content_hash:
        raise Barred([_("The recommendation is not the one you read. Read it again.")])
    fresh = _determined(row, on)
    reasons = barriers(row, standing, fresh, screening_evidence(row))
    if reasons:
        raise Barred(reasons)
    _sign(standing, actor, Signature.Step.COUNTERSIGN)
    outcome = Outcome(standing.outcome)
    decision = Decision.objects.create(application=row, recommendation=standing, determination=fresh, outcome=outcome)
    row.assignments.filter(left_at=None).update(left_at=timezone.now())
    workflow.move(
        row, MOVE_OF[outcome], actor=actor, data={"content_hash": standing.content_hash, "grounds": standing.grounds}
    )
    if outcome == Outcome.GRANT:
        licences.issue(decision=decision, on=on)
    _tell_decision(row, outcome, standing.grounds)
    ring(signals.application_decided, application_id=row.pk)
    return decision


def barriers(
    row: Application, standing: Recommendation, fresh: Determination, evidence: ScreeningEvidence | None
) -> list[str]:
    """Every reason why this recommendation cannot become a decision now. Empty: nothing stands against it."""
    reasons = against(Outcome(standing.outcome), fresh)
    signed = standing.content["determination"]
    if (fresh.outcome, fresh.deciding_measure) != (signed["outcome"], signed["deciding_measure"]):
        reasons.append(
            _(
                "The law now answers “%(outcome)s” (%(measure)s), not as when it was recommended. "
                "Decline it, so that it can be recommended afresh."
            )
            % {"outcome": OUTCOME_NAMES[fresh.outcome], "measure": fresh.deciding_measure}
        )
    if standing.outcome != Outcome.REFUSE:
        gaps_found = screening_gaps(evidence, parties_changed_at=row.parties_changed_at)
        reasons += [_(SCREENING_WORDS[gap]) for gap in gaps_found]
        if not gaps_found and row.holds.standing().exists():
            reasons += [h.get_reason_display() for h in row.holds.standing()]
    return reasons


def against(outcome: Outcome, found: Determination) -> list[str]:
    """What the determination itself says against an outcome."""
    if outcome == Outcome.GRANT and found.outcome == "prohibited":
        return [
            _("The export is prohibited (%(measure)s): a licence cannot be granted.")
            % {"measure": found.deciding_measure}
        ]
    if outcome == Outcome.GRANT and found.outcome == "no_licence_required":
        return [_("No licence is needed: close the case as such.")]
    if outcome == Outcome.NOT_REQUIRED and found.outcome != "no_licence_required":
        return [_("The determination does not say that no licence is needed.")]
    return []


def screening_evidence(application: Application) -> ScreeningEvidence | None:
    """What screening has to show, asked of whoever screens. No answer, or several, count as none."""
    answers = [a for _r, a in signals.evidence_wanted.send(sender=None, application=application) if a is not None]
    return cast(ScreeningEvidence, answers[0]) if len(answers) == 1 else None


def _standing(row: Application) -> Recommendation:
    standing = row.recommendations.filter(declined_at=None, decision=None).first()
    if standing is None:
        raise Barred([_("There is no recommendation to answer.")])
    return standing


def _sign(recommendation: Recommendation, person: User, step: Signature.Step) -> None:
    Signature.objects.create(
        recommendation=recommendation, person=person, step=step, content_hash=recommendation.content_hash
    )


DECISION_WORDS = {
    Outcome.GRANT: (
        gettext_noop("%(reference)s: licence granted"),
        gettext_noop(
            "The authority has granted the licence you applied for with %(reference)s. Download it here:\n%(url)s"
        ),
    ),
    Outcome.REFUSE: (
        gettext_noop("%(reference)s: licence refused"),
        gettext_noop(
            "The authority has refused the licence you applied for with %(reference)s.\n\nGrounds: %(grounds)s\n\n"
            "You may ask for reconsideration under Art 41 of the Export Control Law.\n%(url)s"
        ),
    ),
    Outcome.NOT_REQUIRED: (
        gettext_noop("%(reference)s: no licence needed"),
        gettext_noop("The export in %(reference)s needs no dual-use licence. Grounds: %(grounds)s\n%(url)s"),
    ),
}


def _tell_decision(row: Application, outcome: Outcome, grounds: str) -> None:
    subject, body = DECISION_WORDS[outcome]
    notices.tell_exporter(application=row, subject=subject, body=body, values={"grounds": grounds})
