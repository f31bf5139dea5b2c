"""A case laid out for the rules: its facts of one day, with what many rules ask of them worked out once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from licensing.rules.conditions import Answer, Fact
from licensing.rules.countries import EU_MEMBERS
from licensing.rules.facts import Facts, Owner, PartyFacts
from licensing.rules.law import LawOfDay, Listing, Measure
from licensing.rules.legal_bases import LAW, REGULATIONS

RECEIVER_ROLES = frozenset({"consignee", "importer", "end_user"})
"""Roles whose listing bars or slows a case (Arts 26 and 28 name importer and end user; the consignee imports)."""

UNNAMED = frozenset(
    {"", "-", "?", "n/a", "na", "none", "not stated", "not known", "unknown", "tbd", "tba", "to be confirmed"}
    | {"to be advised", "to order", "未知", "不详", "未定", "无"}
)
"""What stands in a form where a name should be."""

OWNERSHIP_FLOOR = Decimal(50)
"""Percent from which an owner's listing lifts a case (CN-2025-61 para 2, the only share that the regime states)."""


def is_unnamed(name: str) -> bool:
    return name.strip().casefold() in UNNAMED


def destinations_of(country: str) -> tuple[str, ...]:
    """The destinations of measures that a country falls under: itself and, for member states, ``EU``."""
    return (country, "EU") if country in EU_MEMBERS else (country,)


@dataclass(frozen=True, slots=True)
class ListedParty:
    """A party (``owner`` is None) or an owner of one, with one of its listings and that listing's state on the day."""

    party: PartyFacts
    listing: Listing
    state: str | None
    owner: Owner | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """Facts under the law of a day.

    ``parties`` stand in a fixed order, however they were entered. ``end_countries`` are where the goods end up: final
    destination and end user's country; ``passed`` is every country abroad that the papers name on the way there.
    """

    facts: Facts
    law: LawOfDay
    parties: tuple[PartyFacts, ...]
    end_countries: frozenset[str]
    end_destinations: frozenset[str]
    passed: frozenset[str]
    stop_destinations: frozenset[str]
    end_users: tuple[PartyFacts, ...]
    end_user_unknown: bool
    listed_receivers: tuple[ListedParty, ...]
    listed_others: tuple[ListedParty, ...]
    listed_owners: tuple[ListedParty, ...]

    @classmethod
    def of(cls, facts: Facts, law: LawOfDay) -> "Case":
        """Lay out a case. Where no final destination is known, the declared one stands in for it."""
        parties = tuple(sorted(facts.parties, key=lambda party: (party.role, party.name, party.country)))
        end_users = tuple(party for party in parties if party.role == "end_user")
        named = [party for party in end_users if not is_unnamed(party.name)]
        final = facts.final_destination or facts.declared_destination
        ends = {country for country in (final, *(party.country for party in end_users)) if country}
        passed = {final, facts.declared_destination, *facts.transit}
        passed.update(party.country for party in parties if party.role in RECEIVER_ROLES)
        receivers, others, owners = _listed(parties, law.day)
        return cls(
            facts=facts,
            law=law,
            parties=parties,
            end_countries=frozenset(ends),
            end_destinations=_destinations(ends),
            passed=frozenset(passed - {"", "CN", facts.ship_from}),
            stop_destinations=_destinations({country for country in facts.transit if country} - ends),
            end_users=end_users,
            end_user_unknown=not named or len(named) < len(end_users) or not facts.final_destination,
            listed_receivers=tuple(receivers),
            listed_others=tuple(others),
            listed_owners=tuple(owners),
        )

    @property
    def on(self) -> date:
        return self.law.day

    @property
    def end_user_unnamed(self) -> bool:
        return not self.end_users or any(is_unnamed(party.name) for party in self.end_users)

    @property
    def knows(self) -> bool:
        """The exporter knows of a concern, or the authority told it (ECL Art 12(3))."""
        return bool(self.facts.known.get("exporter_knowledge") or self.facts.known.get("authority_notice"))

    @property
    def regulations(self) -> str:
        """The reference that carries the general rules on the day: the regulations, before them the law."""
        return REGULATIONS if self.law.in_force(REGULATIONS) else LAW

    def measures(self, destinations: frozenset[str]) -> Iterator[Measure]:
        """Measures on these destinations that are, or are still to come, in force; in the order of their keys."""
        by_destination = self.law.measures_by_destination
        for destination in sorted(destinations):
            yield from by_destination.get(destination, ())

    def answer(self, fact: Fact) -> Answer:
        """A test of a condition that the case answers; what a person must judge stays open."""
        match fact.name:
            case "end_use":
                return None if self.facts.end_use == "unknown" else self.facts.end_use in fact.value
            case "end_user_in":
                if not self.end_countries:
                    return None
                return not self.end_destinations.isdisjoint(fact.value)
            case "known_concern":
                return True if self.knows else None if self.end_user_unnamed else False
            case "party_on":
                return self._party_on(fact.value, dict(fact.extra))
            case _:
                return None

    def _party_on(self, wanted: str, extra: dict[str, str]) -> Answer:
        announcement = extra.get("announcement")

        def matches(found: ListedParty) -> bool:
            listing = found.listing
            return found.state == "in_force" and listing.list == wanted and announcement in (None, listing.announcement)

        if any(matches(found) for found in self.listed_receivers):
            return True
        answer: Answer = False
        if "owned_from" in extra:
            floor = Decimal(extra["owned_from"])
            for found in self.listed_owners:
                if found.owner and matches(found):
                    if found.owner.percent is None:
                        answer = None
                    elif found.owner.percent >= floor:
                        return True
        return answer


def _destinations(countries: set[str]) -> frozenset[str]:
    return frozenset(countries if EU_MEMBERS.isdisjoint(countries) else {*countries, "EU"})


def _listed(parties: Iterable[PartyFacts], on: date) -> tuple[list[ListedParty], list[ListedParty], list[ListedParty]]:
    """Listings of receivers, of parties in other roles except the exporter, and of owners of receivers."""
    receivers: list[ListedParty] = []
    others: list[ListedParty] = []
    owners: list[ListedParty] = []
    for party in parties:
        receives = party.role in RECEIVER_ROLES
        for listing in party.listings:
            if receives or party.role != "exporter":
                (receivers if receives else others).append(ListedParty(party, listing, listing.state(on)))
        for owner in party.owned_by if receives else ():
            owners.extend(ListedParty(party, listing, listing.state(on), owner) for listing in owner.listings)
    return receivers, others, owners
