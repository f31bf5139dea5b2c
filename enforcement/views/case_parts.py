"""What enforcement adds to an officer's case page: each resemblance of a party to a listed entity."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from enforcement.models import Hit
from enforcement.services import screening
from licensing.models import Application
from licensing.rules.case_parts import CasePart

KINDS = {Hit.Disposition.OPEN: "wait", Hit.Disposition.SAME: "stop", Hit.Disposition.NOT_SAME: "go"}


def case_parts(application: Application) -> list[CasePart]:
    """The hits of the newest screening in words, the open ones first."""
    return [_part(hit) for hit in screening.hits_of(application)]


def _part(hit: Hit) -> CasePart:
    listing = hit.listing
    state = listing.value.state(timezone.localdate())
    words = {"suspended": _("%(listing)s, suspended today"), "former": _("%(listing)s, ended")}.get(state or "")
    judged = (
        f"{hit.disposed_by}, {timezone.localtime(hit.disposed_at):%Y-%m-%d}: {hit.reason}" if hit.disposed_at else ""
    )
    return CasePart(
        party=hit.party,
        subject=_("%(owner)s, owner") % {"owner": hit.owner} if hit.owner else hit.party_name,
        words=words % {"listing": listing} if words else str(listing),
        detail=judged,
        kind=KINDS[Hit.Disposition(hit.disposition)],
        state=hit.get_disposition_display(),
        url=reverse("officer-hit", args=[hit.pk]),
        settled=hit.disposition != Hit.Disposition.OPEN,
    )
