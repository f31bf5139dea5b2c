"""What a person may do on a case now, and what stands against the rest. The acts themselves ask everything again."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from licensing.models import Application, Assignment, Determination, Recommendation, User
from licensing.rules.completeness import Gap, gaps
from licensing.rules.roles import CASE_ROLES, Role
from licensing.rules.workflow import COUNTERSIGNING, OPEN, Status
from licensing.services import determination, review, workflow


@dataclass(frozen=True, slots=True)
class Act:
    """One act on a case. ``name`` is that of the service in `review`; ``against`` is empty where it may be done now."""

    name: str
    against: tuple[str, ...] = ()


def acts_of(application: Application, person: User, *, on: date) -> tuple[Act, ...]:
    """Every act that the case's stage knows, for a person with a case role towards it; empty for all others."""
    roles = workflow.roles_towards(application, person)
    if not roles & CASE_ROLES or application.stage not in OPEN:
        return ()
    acts = [_assignment(application, person)]
    if application.stage == Status.SUBMITTED:
        acts += [Act("accept", _against_accepting(application, on)), Act("send_back")]
    if application.stage == Status.REVIEW:
        standing = standing_recommendation(application)
        acts.append(Act("advise"))
        if standing is None:
            acts.append(Act("recommend"))
        else:
            own = _against_answering(standing, person, roles)
            acts += [Act("countersign", own or _barriers(application, standing, on)), Act("decline", own)]
    return tuple(acts)


def standing_recommendation(application: Application) -> Recommendation | None:
    """The recommendation that waits for its second signature."""
    return application.recommendations.filter(declined_at=None, decision=None).select_related("by").first()


def missing(application: Application) -> tuple[Gap, ...]:
    """What the newest filing lacks, given the papers that its determination asks for, listings included."""
    found = determination.latest(application)
    content = application.filings.order_by("-number")[0].content
    return gaps(content, wanted_documents=found.content["documents"] if found else ())


def barriers(application: Application, standing: Recommendation, *, on: date) -> tuple[Determination, list[str]]:
    """The determination that a decision on this day would rest on, and every reason against the decision."""
    evidence = review.screening_evidence(application)
    fresh = determination.answer(application=application, on=on, findings=evidence.findings if evidence else None)
    return fresh, review.barriers(application, standing, fresh, evidence)


def _assignment(application: Application, person: User) -> Act:
    standing = Assignment.objects.filter(application=application, left_at=None).select_related("officer").first()
    if standing is None:
        return Act("claim")
    if standing.officer_id == person.pk:
        return Act("release")
    return Act("claim", (_("%(officer)s has this case.") % {"officer": standing.officer},))


def _against_accepting(application: Application, on: date) -> tuple[str, ...]:
    if review.missing_papers(application, on=on):
        return (_("Papers are missing. Return the application with the full list."),)
    return ()


def _against_answering(standing: Recommendation, person: User, roles: frozenset[Role]) -> tuple[str, ...]:
    if standing.by_id == person.pk:
        return (_("You wrote this recommendation: a second person countersigns."),)
    if not roles & COUNTERSIGNING:
        return (_("A countersigning officer answers this recommendation."),)
    return ()


def _barriers(application: Application, standing: Recommendation, on: date) -> tuple[str, ...]:
    return tuple(barriers(application, standing, on=on)[1])
