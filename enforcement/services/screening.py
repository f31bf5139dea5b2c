"""Screening filed applications, judging hits, and giving evidence at the decision.

Names are compared exactly after normalisation; every hit waits for a person. A case is held until its newest filing
has been screened against the lists now in force and no hit is open: silence never lets it through.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from enforcement.models import Hit, Listing, Screening
from enforcement.services.listings import lists_version
from licensing.models import Application, Filing, Hold, User
from licensing.rules.evidence import ScreeningEvidence
from licensing.rules.law import Listing as ListingRecord
from licensing.rules.listings import index, match
from licensing.rules.roles import CASE_ROLES
from licensing.rules.workflow import OPEN
from licensing.services import determination, holds, journal, workflow
from licensing.services.errors import Barred


@transaction.atomic
def screen(*, application: Application, on: date) -> Screening:
    """Hold every party and owner of the newest filing against every list. Doing it twice gives the same screening."""
    row = workflow.locked(application)
    filing = row.filings.order_by("-number")[0]
    version = lists_version()
    done = row.screenings.filter(filing=filing, lists_version=version).first()
    if done:
        return done
    screening = Screening.objects.create(application=row, filing=filing, lists_version=version)
    # Those announced and not yet in force, too: by the day of decision they may be.
    listings = {listing.value: listing for listing in Listing.objects.prefetch_related("suspensions")}
    names = index(listings)
    hits = [
        Hit(screening=screening, party=party, party_name=name, owner=owner, listing=listings[record])
        for party, name, owner in _names(filing.content)
        for record in match(owner or name, names)
    ]
    Hit.objects.bulk_create(_carried_over(row, screening, hits))
    _settle(row, screening, on=on)
    return screening


def _names(content: dict[str, Any]) -> Iterator[tuple[int, str, str]]:
    """Every (party id, name, owner) to be screened, in each script that the filing gives."""
    for party in content["parties"]:
        for name in filter(None, dict.fromkeys((party["name"], party["name_local"]))):
            yield party["id"], name, ""
        for owner in party["owners"]:
            yield party["id"], party["name"], owner["name"]


def _carried_over(row: Application, screening: Screening, hits: list[Hit]) -> list[Hit]:
    """The hits, each once, with what a person said of the same name and listing on this case before."""
    said = {
        (h.party_name, h.owner, h.listing_id): h
        for h in Hit.objects.filter(screening__application=row).exclude(disposition=Hit.Disposition.OPEN).order_by("id")
    }
    once: dict[tuple[int, str, int], Hit] = {}
    for hit in hits:
        earlier = said.get((hit.party_name, hit.owner, hit.listing_id))
        if earlier:
            hit.disposition, hit.reason = earlier.disposition, earlier.reason
            hit.disposed_by, hit.disposed_at = earlier.disposed_by, earlier.disposed_at
        once.setdefault((hit.party, hit.owner, hit.listing_id), hit)
    return list(once.values())


def _settle(row: Application, screening: Screening, *, on: date) -> None:
    """With no hit open: determine again with what was found, and lift the hold. Otherwise see that it stands."""
    if screening.hits.filter(disposition=Hit.Disposition.OPEN).exists():
        holds.place(row, reason=Hold.Reason.SCREENING)
        return
    determination.classify(application=row, on=on, findings=_findings(screening))
    holds.lift(row, reason=Hold.Reason.SCREENING, evidence=f"screening:{screening.pk}")


def _findings(screening: Screening) -> dict[tuple[int, str], list[ListingRecord]]:
    found: dict[tuple[int, str], list[ListingRecord]] = defaultdict(list)
    same = screening.hits.filter(disposition=Hit.Disposition.SAME).select_related("listing")
    for hit in same.prefetch_related("listing__suspensions"):
        found[hit.party, hit.owner].append(hit.listing.value)
    return dict(found)


@transaction.atomic
def dispose(*, hit: Hit, actor: User, same: bool, reason: str, on: date) -> Hit:
    """An officer judges a hit, once, with a reason. The last one judged lets the case go on."""
    application = workflow.locked(hit.screening.application)
    workflow.require(application, actor, CASE_ROLES)
    row = Hit.objects.select_for_update().get(pk=hit.pk)
    if row.disposition != Hit.Disposition.OPEN:
        raise Barred([_("This hit is judged already.")])
    newest = application.filings.order_by("-number")[0]
    if row.screening.filing_id != newest.pk or application.screenings.filter(pk__gt=row.screening_id).exists():
        raise Barred([_("The parties were screened again since. Judge the hit of the newest screening.")])
    if not reason.strip():
        raise Barred([_("Give the reason: the next officer will ask for it.")])
    row.disposition = Hit.Disposition.SAME if same else Hit.Disposition.NOT_SAME
    row.disposed_by, row.disposed_at, row.reason = actor, timezone.now(), reason.strip()
    # The same name against the same listing, in another role of the case, is the same question.
    row.screening.hits.filter(
        party_name=row.party_name, owner=row.owner, listing=row.listing, disposition=Hit.Disposition.OPEN
    ).update(disposition=row.disposition, disposed_by=actor, disposed_at=row.disposed_at, reason=row.reason)
    journal.record(
        stream=application.stream,
        act="judge_hit",
        actor=actor,
        organisation=None,
        data={"party": row.owner or row.party_name, "listing": str(row.listing), "disposition": row.disposition},
    )
    _settle(application, row.screening, on=on)
    return row


def evidence(application: Application) -> ScreeningEvidence | None:
    """What screening has to show for the newest filing of an application; None where it was never screened."""
    filing = application.filings.order_by("-number").first()
    screening = application.screenings.filter(filing=filing).order_by("-id").first()
    if screening is None:
        return None
    return ScreeningEvidence(
        screened_at=screening.screened_at,
        lists_current=screening.lists_version == lists_version(),
        open_hits=screening.hits.filter(disposition=Hit.Disposition.OPEN).count(),
        findings=_findings(screening),
    )


def waiting() -> QuerySet[Application]:
    """Open, filed applications whose newest filing was not yet screened against the lists now in force."""
    newest = Filing.objects.filter(application=OuterRef("pk")).order_by("-number")
    done = Screening.objects.filter(filing=OuterRef("newest"), lists_version=lists_version())
    filed = Application.objects.filter(status__in=OPEN).annotate(newest=newest.values("pk")[:1])
    return filed.filter(~Exists(done), newest__isnull=False)


def hits_of(application: Application) -> list[Hit]:
    """The hits of the newest screening of the newest filing, those nobody has judged first."""
    filing = application.filings.order_by("-number").first()
    newest = application.screenings.filter(filing=filing).order_by("-id").first()
    if newest is None:
        return []
    hits = newest.hits.select_related("listing__announcement", "disposed_by").prefetch_related("listing__suspensions")
    return sorted(hits, key=lambda hit: hit.disposition != Hit.Disposition.OPEN)
