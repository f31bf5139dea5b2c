"""The facts of one case, as a determination is asked about them. Plain values: no database, no clock.

An unknown text is ``""``, an unknown figure ``None``: the engine treats both as "not told", never as "no".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from licensing.rules.law import Listing

TRANSACTIONS = ("export", "reexport", "domestic_to_bonded")
END_USES = ("civil", "military", "wmd", "terrorism", "unknown")


@dataclass(frozen=True, slots=True)
class Goods:
    """One line of goods.

    ``item_code`` is the control code (or key of an entry) that the applicant claims; ``hs_assessed`` is the code found
    by an officer or customs, ``hs_declared`` the exporter's. ``parameters`` hold measured properties in the units of
    `licensing.rules.parameters`; ``<key>_assay`` is a test result, ``<key>_declared`` the exporter's statement.
    """

    line: int = 1
    description: str = ""
    item_code: str | None = None
    family: str | None = None
    hs_declared: str = ""
    hs_assessed: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    origin: str = ""
    parameters: Mapping[str, Decimal | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Owner:
    """A holder of a share in a party. ``percent`` is ``None`` when the share is not known."""

    name: str
    country: str = ""
    percent: Decimal | None = None
    listings: tuple[Listing, ...] = ()


@dataclass(frozen=True, slots=True)
class PartyFacts:
    """One party in one role, with the listings that screening found for it and for its owners."""

    role: str
    name: str
    country: str = ""
    owned_by: tuple[Owner, ...] = ()
    listings: tuple[Listing, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """A case: what moves, from where to where, to whom and for what.

    ``transaction`` is one of `TRANSACTIONS`, ``end_use`` one of `END_USES`; countries are ISO 3166-1 alpha-2 codes;
    ``known`` holds what the officer knows besides: ``exporter_knowledge``, ``authority_notice``, ``parcels``,
    ``temporary_import_for_exhibition``, ``return_after_repair``, ``return_after_test``, ``unchanged``.
    """

    transaction: str = "export"
    ship_from: str = "CN"
    goods: tuple[Goods, ...] = ()
    parties: tuple[PartyFacts, ...] = ()
    declared_destination: str = ""
    final_destination: str = ""
    transit: tuple[str, ...] = ()
    end_use: str = "unknown"
    end_use_text: str = ""
    known: Mapping[str, Any] = field(default_factory=dict)


def without_listings(facts: Facts) -> Facts:
    """The same case with every listing taken out: what an exporter's or the public's preview may be made from."""
    return replace(
        facts,
        parties=tuple(
            replace(party, listings=(), owned_by=tuple(replace(owner, listings=()) for owner in party.owned_by))
            for party in facts.parties
        ),
    )
