"""What enforcement hears of licensing: regimes with listings, filings to screen, the question for evidence."""

from typing import Any

from django.dispatch import receiver

from enforcement import tasks
from enforcement.services import listings, screening
from enforcement.views.case_parts import case_parts
from licensing import signals
from licensing.models import Application
from licensing.rules.case_parts import CasePart
from licensing.rules.differences import Difference
from licensing.rules.evidence import ScreeningEvidence
from licensing.rules.regime_pack import Pack


@receiver(signals.regime_loading)
def load_listings(pack: Pack, allow_removal: bool, differences: list[Difference], **_: Any) -> None:
    """The listings of a regime pack are enforcement's rows, written in the transaction of the load."""
    differences.append(listings.load(rows=pack.listings, allow_removal=allow_removal))


@receiver(signals.application_submitted)
def screen(application_id: int, **_: Any) -> None:
    tasks.screen.apply_async((application_id,), retry=False)


@receiver(signals.case_parts_wanted)
def show_hits(application: Application, **_: Any) -> list[CasePart]:
    return case_parts(application)


@receiver(signals.evidence_wanted)
def give_evidence(application: Application, **_: Any) -> ScreeningEvidence | None:
    return screening.evidence(application)
