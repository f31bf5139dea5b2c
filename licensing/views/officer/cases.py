"""A case on one page: what and where, the law, the parties, the papers, what was said, what happened; and the acts."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from licensing import signals
from licensing.access import person_of
from licensing.forms.words import (
    CLOCK_SENTENCES,
    DOCUMENT_KIND_NAMES,
    END_USE_NAMES,
    FAMILY_NAMES,
    LICENCE_KIND_NAMES,
    OUTCOME_NAMES,
    PARAMETER_NAMES,
    PARTY_ROLE_NAMES,
    TRANSACTION_NAMES,
    UNIT_NAMES,
    country_name,
)
from licensing.models import Application, Determination, Document, Licence, User
from licensing.regimes.calendar import working_calendar
from licensing.rules.case_parts import CasePart
from licensing.rules.completeness import ALWAYS_WANTED
from licensing.rules.determination import from_json
from licensing.rules.parameters import PARAMETERS
from licensing.rules.workflow import Status
from licensing.services import determination, moves, review
from licensing.services.errors import Refused
from licensing.views.check import marked_stops
from licensing.views.downloads import attachment
from licensing.views.officer.acts import buttons
from licensing.views.officer.history import history
from licensing.views.officer.queue import age, clock, stops
from licensing.views.reasons import announcement_url, flag_words, in_words

EARLIER = 8
SENTENCES = {
    "prohibited": gettext_lazy("The export is prohibited: a licence cannot be granted."),
    "presumption_of_denial": gettext_lazy("A licence is needed, and as a rule it is not granted."),
    "refer": gettext_lazy("These facts do not settle it: a person has to decide."),
    "licence_required": gettext_lazy("A licence is needed before the goods leave."),
    "no_licence_required": gettext_lazy("No licence is needed for these goods on this day."),
}
"""What a determination says, to an officer. The exporter's pages say the same to "you"."""


def case_of(request: HttpRequest, reference: str) -> Application:
    """The case of this reference, if it is on this person's desk; otherwise as if it did not exist."""
    cases = Application.objects.on_desk_of(person_of(request)).select_related("organisation")
    return get_object_or_404(cases, reference=reference)


@require_safe
def case(request: HttpRequest, reference: str) -> HttpResponse:
    """Everything that a decision needs, without another page."""
    row = case_of(request, reference)
    return render(request, "officer/case.html", {**facts(row), **record(row, person_of(request))})


def facts(row: Application) -> dict[str, Any]:
    """The case as filed and determined, for the case page and the pages of its acts."""
    today = timezone.localdate()
    filings = list(row.filings.order_by("-number").select_related("submitted_by"))
    filed = filings[0].content
    found = determination.latest(row)
    return {
        "case": row,
        "filing": filings[0],
        "filings": filings,
        "filed": filed,
        "stops": stops(filed),
        "age": age(row, today),
        "filed_on": timezone.localdate(row.first_submitted_at),
        "clock": clock(row, today),
        "provisional": row.due_on is not None and working_calendar().provisional(row.due_on),
        "held": list(row.holds.standing()),
        "determination": found,
        "case_url": reverse("officer-case", args=[row.reference]),
        **(answer(found) if found else {}),
    }


def answer(found: Determination) -> dict[str, Any]:
    """What a determination says, in words."""
    engine = from_json(found.content)
    return {
        "sentence": SENTENCES[found.outcome],
        "measure_url": announcement_url(found.deciding_measure, on=found.on) if found.deciding_measure else "",
        "others": [(ref, announcement_url(ref, on=found.on)) for ref in engine.other_measures],
        "flags": [flag_words(flag) for flag in engine.flags],
        "reasons": in_words(engine.reasons, on=found.on),
        "clock_rule": CLOCK_SENTENCES[engine.clock],
        "marked": marked_stops(engine),
        "item_keys": {line.line: line.item_key for line in engine.lines},
    }


def record(row: Application, person: User) -> dict[str, Any]:
    """The rest of the case page: parties with what was found, papers, what was said, other cases, history, acts."""
    today = timezone.localdate()
    filed = row.filings.order_by("-number")[0].content
    found = determination.latest(row)
    licence = Licence.objects.filter(application=row).prefetch_related("lines").first()
    earlier, licences = Application.objects.on_desk_of(person), Licence.objects.order_by("-id")
    parties = _parties(row, filed)
    return {
        "general": list(_general(row, filed)),
        "goods": [_goods(line) for line in filed["goods"]],
        "parties": parties,
        "open_parts": sum(not part.settled for party in parties for part in party["parts"]),
        "evidence": review.screening_evidence(row),
        "papers": list(_papers(row, filed, found)),
        "since_filing": list(_since_filing(row, found)),
        "advice": row.advice.select_related("by"),
        "recommendations": row.recommendations.select_related("by", "declined_by").prefetch_related(
            "signatures__person"
        ),
        "returns": row.returns.select_related("by"),
        "standing": moves.standing_recommendation(row),
        "assignment": row.assignments.filter(left_at=None).select_related("officer").first(),
        "licence": licence,
        "licence_state": licence.state_on(today) if licence else "",
        "earlier_cases": earlier.of(row.organisation).exclude(pk=row.pk).order_by("-id")[:EARLIER],
        "earlier_licences": licences.filter(organisation=row.organisation).exclude(application=row)[:EARLIER],
        "events": history(row, licence.stream if licence else ""),
        "buttons": buttons(row, person, on=today),
    }


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a summary list."""

    key: str
    value: str


def _general(row: Application, filed: Mapping[str, Any]) -> Iterator[Fact]:
    yield Fact(_("Licence asked for"), str(LICENCE_KIND_NAMES.get(filed["kind"], filed["kind"])))
    yield Fact(_("Transaction"), str(TRANSACTION_NAMES.get(filed["transaction"], filed["transaction"])))
    yield Fact(_("Final destination"), country_name(filed["destination"]))
    yield Fact(_("By way of"), ", ".join(country_name(code) for code in filed["transit"]) or _("directly"))
    yield Fact(_("Contract"), filed["contract_number"])
    yield Fact(_("End use"), str(END_USE_NAMES.get(filed["end_use_category"], filed["end_use_category"])))
    yield Fact(_("What the goods are used for"), filed["end_use"])
    yield Fact(_("Site of use"), filed["end_use_site"])
    for key, value in sorted(filed["facts"].items()):
        if key == "ship_from":
            yield Fact(_("Shipped from"), country_name(value))
        elif value not in ("", None, False):
            yield Fact(key.replace("_", " "), _("yes") if value is True else str(value))


def _goods(line: Mapping[str, Any]) -> dict[str, Any]:
    parameters = [
        f"{PARAMETER_NAMES.get(key, key)}: {value} {_unit(key)}".strip()
        for key, value in line["parameters"].items()
        if value not in ("", None)
    ]
    return {
        **line,
        "quantity": _number(line["quantity"]),
        "value": _number(line["value"]),
        "parameters": parameters,
        "family": FAMILY_NAMES.get(line["family"], line["family"]),
        "origin": country_name(line["origin"]),
    }


def _unit(parameter: str) -> str:
    unit = PARAMETERS.get(parameter, "")
    return str(UNIT_NAMES.get(unit, unit))


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _parties(row: Application, filed: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The parties of the filing, each with what other apps found about it."""
    parts = case_parts(row)
    return [
        {
            **party,
            "role": PARTY_ROLE_NAMES.get(party["role"], party["role"]),
            "country": country_name(party["country"]),
            "owners": [{**owner, "country": country_name(owner["country"])} for owner in party["owners"]],
            "parts": [part for part in parts if part.party == party["id"]],
        }
        for party in filed["parties"]
    ]


def case_parts(row: Application) -> list[CasePart]:
    """What other apps add to this page."""
    answers = signals.case_parts_wanted.send(sender=None, application=row)
    return [part for _receiver, parts in answers for part in cast("list[CasePart]", parts)]


def _papers(row: Application, filed: Mapping[str, Any], found: Determination | None) -> Iterator[dict[str, Any]]:
    """The papers of the filing, then those that are wanted and not there."""
    kept = set(row.documents.values_list("pk", flat=True))
    wanted = dict.fromkeys((*ALWAYS_WANTED, *(found.content["documents"] if found else ())))
    there = {paper["kind"] for paper in filed["documents"]}
    for paper in filed["documents"]:
        yield {
            "kind": DOCUMENT_KIND_NAMES.get(paper["kind"], paper["kind"]),
            "name": paper["name"],
            "size": paper["size"],
            "sha256": paper["sha256"],
            "url": reverse("officer-document", args=[row.reference, paper["id"]]) if paper["id"] in kept else "",
            "wanted": paper["kind"] in wanted,
        }
    for kind in wanted:
        if kind not in there:
            yield {"kind": DOCUMENT_KIND_NAMES.get(kind, kind), "missing": True, "wanted": True}


def _since_filing(row: Application, found: Determination | None) -> Iterator[dict[str, str]]:
    """What the determination says otherwise than on the day of the first filing, field by field."""
    first = row.determinations.order_by("id").first()
    if found is None or first is None or first.pk == found.pk:
        return
    rows: tuple[tuple[str, Callable[[Determination], str]], ...] = (
        (_("Outcome"), lambda d: str(OUTCOME_NAMES[d.outcome])),
        (_("Deciding measure"), lambda d: d.deciding_measure),
        (_("Other measures"), lambda d: ", ".join(d.content["other_measures"])),
        (_("Remarks"), lambda d: " ".join(flag_words(flag) for flag in d.content["flags"])),
        (_("Papers wanted"), lambda d: "; ".join(str(DOCUMENT_KIND_NAMES.get(k, k)) for k in d.content["documents"])),
        (_("Time limit"), lambda d: str(CLOCK_SENTENCES[d.content["clock"]])),
    )
    for field, say in rows:
        if say(first) != say(found):
            yield {"field": field, "before": say(first), "after": say(found)}


@require_safe
def document(request: HttpRequest, reference: str, number: int) -> HttpResponseBase:
    """A paper of the case, as a file to keep: never shown inside the page."""
    row = case_of(request, reference)
    if not any(paper["id"] == number for filing in row.filings.all() for paper in filing.content["documents"]):
        raise Http404
    paper = get_object_or_404(Document, application=row, pk=number)
    return attachment(paper.file, name=paper.name, media_type=paper.media_type)


@require_safe
def licence_pdf(request: HttpRequest, number: str) -> HttpResponseBase:
    """The licence document."""
    licence = get_object_or_404(Licence.objects.visible_to(request.user), number=number)
    if not licence.pdf:
        raise Http404
    return attachment(licence.pdf, name=f"{number}.pdf", media_type="application/pdf")


@require_POST
def claim(request: HttpRequest, reference: str) -> HttpResponse:
    row = case_of(request, reference)
    return done(
        request, row, lambda: review.claim(application=row, actor=person_of(request)), _("This is your case now.")
    )


@require_POST
def release(request: HttpRequest, reference: str) -> HttpResponse:
    row = case_of(request, reference)
    act = lambda: review.release(application=row, actor=person_of(request))  # noqa: E731
    return done(request, row, act, _("The case is back in the queue."))


def done(request: HttpRequest, row: Application, act: Callable[[], Any], word: str) -> HttpResponse:
    """Do an act, say so, and show the case again; what stands against it is said in the same place."""
    try:
        act()
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, word)
    return redirect("officer-case", row.reference)


def accept(request: HttpRequest, reference: str) -> HttpResponse:
    """Asks once, because the statutory clock starts."""
    row, on = case_of(request, reference), timezone.localdate()
    if request.method == "POST":
        act = lambda: review.accept(application=row, actor=person_of(request), on=on)  # noqa: E731
        return done(request, row, act, _("Accepted. The review begins."))
    return render(
        request,
        "officer/accept.html",
        {**facts(row), "consequences": list(_consequences(row, on)), "why": _against(row, "accept", request)},
    )


def _consequences(row: Application, on: date) -> Iterator[str]:
    found = determination.latest(row)
    if found and found.content["clock"] == "no_limit":
        yield _("The law sets no time limit for this review.")
    else:
        due = working_calendar().after(on, review.STATUTORY_WORKING_DAYS)
        yield _("The 45 working days begin today and end on %(day)s.") % {"day": due.isoformat()}
    yield _("The exporter is told that the application is complete and in review.")
    yield _("It cannot be returned for completion any more.")


def _against(row: Application, name: str, request: HttpRequest) -> str:
    if row.stage != Status.SUBMITTED:
        return _("Only a submitted application can be accepted.")
    acts = moves.acts_of(row, person_of(request), on=timezone.localdate())
    return " ".join(reason for act in acts if act.name == name for reason in act.against)
