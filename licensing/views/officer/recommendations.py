"""Recommending, declining and countersigning: two persons, one content."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from licensing.access import person_of
from licensing.forms.recommendations import CountersignForm, DeclineForm, RecommendationForm, condition_words
from licensing.forms.words import OUTCOME_NAMES
from licensing.models import Application, Recommendation
from licensing.models.review import Outcome
from licensing.rules.licences import CONDITIONS, valid_for
from licensing.services import moves, review
from licensing.services.errors import Refused
from licensing.views.officer.cases import answer, case_of, facts
from licensing.views.officer.refusals import tell


def recommend(request: HttpRequest, reference: str) -> HttpResponse:
    row = case_of(request, reference)
    form = RecommendationForm(request.POST or None, kind=row.kind)
    if request.method == "POST" and form.is_valid():
        try:
            review.recommend(application=row, actor=person_of(request), on=timezone.localdate(), **form.terms)
        except Refused as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("Signed. A second person countersigns or declines it."))
            return redirect("officer-case", row.reference)
    return render(
        request, "officer/recommend.html", {**facts(row), "form": form, "advice": row.advice.select_related("by")}
    )


def decline(request: HttpRequest, reference: str) -> HttpResponse:
    row = case_of(request, reference)
    form = DeclineForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            review.decline(application=row, actor=person_of(request), reason=form.cleaned_data["reason"])
        except Refused as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("Declined. Its author sees your reason."))
            return redirect("officer-case", row.reference)
    return render(request, "officer/decline.html", {**facts(row), "form": form, **_signed(row)})


def countersign(request: HttpRequest, reference: str) -> HttpResponse:
    """Shows exactly what is signed, the law of today asked again, and every reason against."""
    row = case_of(request, reference)
    on = timezone.localdate()
    form = CountersignForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            decision = review.countersign(
                application=row, actor=person_of(request), content_hash=form.cleaned_data["content_hash"], on=on
            )
        except Refused as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("Decided: %(outcome)s.") % {"outcome": Outcome(decision.outcome).label})
            return redirect("officer-case", row.reference)
    return render(request, "officer/countersign.html", {**facts(row), "form": form, **_signed(row)})


def _signed(row: Application) -> dict[str, Any]:
    """The standing recommendation in words, with what stands against it today; empty where there is none."""
    standing = moves.standing_recommendation(row)
    if standing is None:
        return {"standing": None}
    on = timezone.localdate()
    fresh, against = moves.barriers(row, standing, on=on)
    return {
        "standing": standing,
        "short_hash": short(standing.content_hash),
        "terms": terms(row, standing),
        "fresh": fresh,
        "fresh_answer": answer(fresh),
        "against": against,
        "on": on,
    }


def short(content_hash: str) -> str:
    """The first 16 signs of a hash in groups, for two persons to compare."""
    return " ".join(content_hash[at : at + 4] for at in range(0, 16, 4))


def terms(row: Application, recommendation: Recommendation) -> list[dict[str, Any]]:
    """The signed content, field by field, for a summary list."""
    content = recommendation.content
    relied = content["determination"]
    rows: list[dict[str, Any]] = [
        {"key": _("Recommendation"), "value": Outcome(content["outcome"]).label},
        {"key": _("Grounds"), "value": content["grounds"]},
    ]
    if content["outcome"] == Outcome.GRANT:
        valid = valid_for(row.kind, start=timezone.localdate(), months=content["months"])
        standing = [condition_words(c) for c in CONDITIONS if c.key in content["conditions"]]
        rows += [
            {
                "key": _("Valid"),
                "value": _("%(months)d months; if signed today, from %(first)s to %(last)s")
                % {"months": content["months"], "first": valid.start.isoformat(), "last": valid.last_day},
            },
            {"key": _("Conditions"), "value": "\n".join([*standing, *content["further_conditions"]]) or _("none")},
        ]
    rows += [
        {
            "key": _("Determination relied on"),
            "value": f"{OUTCOME_NAMES[relied['outcome']]} ({relied['deciding_measure']})",
        },
        {"key": _("Filing relied on"), "value": short(content["filing"])},
        {"key": _("Written by"), "value": f"{recommendation.by}"},
    ]
    return rows
