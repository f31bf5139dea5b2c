"""The content of an application as plain data, and the facts that a determination takes from it.

Content is what is hashed and kept at filing, what completeness is asked of, what the officer reads:
    kind, transaction, destination, transit [ISO], contract_number, end_use_category, end_use, end_use_site, facts {},
    exporter {name_en, name_zh, uscc}, declared (bool),
    goods [{id, number, description, item_code, family, hs_code, parameters {}, quantity, unit, value, currency,
        origin}],
    parties [{id, role, name, name_local, country, address, contact, owners [{name, country, percent}]}],
    documents [{id, kind, name, sha256, size}]
Numbers are decimal text, empty where not given.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from licensing.rules.facts import Facts, Goods, Owner, PartyFacts
from licensing.rules.law import Listing

type Findings = Mapping[tuple[int, str], Sequence[Listing]]
"""Listings found by screening, by (party id, owner's name or "" for the party itself)."""


def facts_of(content: Mapping[str, Any], *, findings: Findings | None = None) -> Facts:
    """The facts of an application. ``findings`` come from screening only; without them nothing is known of listings."""
    found = findings or {}
    exporter = content["exporter"]
    destination = content["destination"]
    parties = [PartyFacts(role="exporter", name=exporter["name_en"], country="CN")]
    for party in content["parties"]:
        parties.append(
            PartyFacts(
                role=party["role"],
                name=party["name"],
                country=party["country"],
                owned_by=tuple(
                    Owner(
                        name=owner["name"],
                        country=owner["country"],
                        percent=_number(owner["percent"]),
                        listings=tuple(found.get((party["id"], owner["name"]), ())),
                    )
                    for owner in party["owners"]
                ),
                listings=tuple(found.get((party["id"], ""), ())),
            )
        )
    return Facts(
        transaction=content["transaction"],
        ship_from="CN" if content["transaction"] != "reexport" else content["facts"].get("ship_from", ""),
        goods=tuple(_goods(line) for line in content["goods"]),
        parties=tuple(parties),
        declared_destination=destination,
        final_destination=destination,
        transit=tuple(content["transit"]),
        end_use=content["end_use_category"] or "unknown",
        end_use_text=content["end_use"],
        known={key: value for key, value in content["facts"].items() if key != "ship_from"},
    )


def _goods(line: Mapping[str, Any]) -> Goods:
    parameters: dict[str, Decimal | str] = {}
    for key, text in line["parameters"].items():
        number = _number(text)
        parameters[key] = text if number is None else number
    return Goods(
        line=line["number"],
        description=line["description"],
        item_code=line["item_code"] or None,
        family=line["family"] or None,
        hs_declared=line["hs_code"],
        hs_assessed="",
        quantity=_number(line["quantity"]),
        unit=line["unit"],
        origin=line["origin"],
        parameters=parameters,
    )


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except (ArithmeticError, ValueError):
        return None


def findings_to_json(findings: Findings | None) -> list[dict[str, Any]] | None:
    """Findings as they are kept beside a determination: which party or owner, which listing of which announcement."""
    if findings is None:
        return None
    return [
        {
            "party": party,
            "owner": owner,
            "list": listing.list,
            "announcement": listing.announcement,
            "names": list(listing.names),
            "in_force": [listing.in_force.start.isoformat(), listing.in_force.end and listing.in_force.end.isoformat()],
        }
        for (party, owner), listings in sorted(findings.items())
        for listing in listings
    ]
