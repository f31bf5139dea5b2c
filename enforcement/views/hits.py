"""The hit page: the party at the left, the listed entity at the right, the judgement beneath."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries

from enforcement.forms.hits import SAME, HitForm
from enforcement.models import Hit
from enforcement.services import screening
from licensing.access import person_of
from licensing.models import Application, Party
from licensing.models.law import LIST_NAMES
from licensing.rules.listings import normalise
from licensing.services.errors import Barred, Refused

STATES = {
    "in_force": gettext_lazy("in force"),
    "suspended": gettext_lazy("suspended today"),
    "former": gettext_lazy("ended"),
}


def hit(request: HttpRequest, number: int) -> HttpResponse:
    """Show one hit and take the judgement of it."""
    person = person_of(request)
    desk = Application.objects.on_desk_of(person)
    hits = Hit.objects.filter(screening__application__in=desk).select_related(
        "screening__application__organisation", "screening__filing", "listing__announcement", "disposed_by"
    )
    found = get_object_or_404(hits, pk=number)
    case = found.screening.application
    form = HitForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            screening.dispose(
                hit=found,
                actor=person,
                same=form.cleaned_data["judgement"] == SAME,
                reason=form.cleaned_data["reason"],
                on=timezone.localdate(),
            )
        except Refused as refusal:
            for reason in refusal.reasons if isinstance(refusal, Barred) else (str(refusal),):
                form.add_error(None, reason)
        else:
            messages.success(request, _("Judged. It is kept with the case."))
            return redirect("officer-case", case.reference)
    return render(
        request,
        "enforcement/hit.html",
        {
            "form": form,
            "hit": found,
            "case": case,
            "newest": not case.screenings.filter(pk__gt=found.screening_id).exists(),
            "rows": list(_comparison(found)),
            "earlier": hits.exclude(pk=found.pk)
            .filter(listing=found.listing)
            .exclude(disposition=Hit.Disposition.OPEN)
            .order_by("-disposed_at")[:10],
        },
    )


def _comparison(found: Hit) -> Iterator[dict[str, Any]]:
    """Party and entity field by field; ``same`` marks what agrees, None where it cannot be compared."""
    parties = found.screening.filing.content["parties"]
    party: dict[str, Any] = next((p for p in parties if p["id"] == found.party), {})
    listing = found.listing
    owner = next((o for o in party.get("owners", ()) if o["name"] == found.owner), None) if found.owner else None
    name = found.owner or found.party_name
    country = owner["country"] if owner else party.get("country", "")
    listed = [n for n in (listing.name_en, listing.name_zh, *listing.aliases) if n]
    yield {
        "field": _("Name"),
        "party": name,
        "entity": listed[0],
        "same": normalise(name) in {normalise(n) for n in listed},
    }
    local = "" if found.owner else party.get("name_local", "")
    yield {"field": _("Other names"), "party": local, "entity": "; ".join(listed[1:]), "same": None}
    yield {
        "field": _("Country"),
        "party": countries.name(country) or country,
        "entity": countries.name(listing.country) or listing.country,
        "same": country == listing.country if country and listing.country else None,
    }
    if found.owner:
        share = _("%(percent)s %% of %(party)s") % {
            "percent": owner["percent"] if owner else "?",
            "party": party.get("name", ""),
        }
        yield {"field": _("Owns"), "party": share, "entity": "", "same": None}
    else:
        roles = dict(Party.Role.choices)
        yield {
            "field": _("Role in this case"),
            "party": roles.get(party.get("role", ""), ""),
            "entity": "",
            "same": None,
        }
        yield {"field": _("Address"), "party": party.get("address", ""), "entity": "", "same": None}
    today = timezone.localdate()
    state = listing.value.state(today)
    yield {"field": _("List"), "party": "", "entity": LIST_NAMES[listing.list], "same": None}
    yield {
        "field": _("Listed by"),
        "party": "",
        "entity": f"{listing.announcement.ref}, {listing.announcement.title}",
        "same": None,
    }
    end = listing.in_force.last_day.isoformat() if listing.in_force.end else _("no end set")
    yield {
        "field": _("In force"),
        "party": "",
        "entity": f"{listing.in_force.start.isoformat()} – {end} ({STATES.get(state or '', '')})",
        "same": None,
    }
    yield {"field": _("Note"), "party": "", "entity": listing.note, "same": None}
