"""The content of an application as it is read: before filing with links to change it, afterwards as it was filed."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from licensing.forms.words import (
    DOCUMENT_KIND_NAMES,
    END_USE_NAMES,
    LICENCE_KIND_NAMES,
    PARAMETER_NAMES,
    PARTY_ROLE_NAMES,
    TRANSACTION_NAMES,
    country_name,
)
from licensing.models import Party
from licensing.rules.parameters import PARAMETERS


def of_content(content: Mapping[str, Any], *, reference: str = "") -> dict[str, Any]:
    """The parts of ``exporter/answers_body.html``. With ``reference``, each links to the page that changes it."""

    def change(name: str, *args: int) -> str:
        return reverse(name, args=[reference, *args]) if reference else ""

    route, use = change("exporter-route"), change("exporter-end-use")
    start = content["facts"].get("ship_from") or "CN"
    return {
        "exporter": content["exporter"],
        "licence": [
            {"key": _("Kind of licence"), "value": LICENCE_KIND_NAMES.get(content["kind"], ""), "change_url": route},
            {
                "key": _("Transaction"),
                "value": TRANSACTION_NAMES.get(content["transaction"], ""),
                "change_url": route,
            },
            {"key": _("Contract"), "value": content["contract_number"], "change_url": route},
        ],
        "stops": [start, *content["transit"], content["destination"]] if content["destination"] else [],
        "destination": country_name(content["destination"]) if content["destination"] else "",
        "route_url": route,
        "goods": [
            _goods(line, change("exporter-goods-line", line["id"]) if reference else "") for line in content["goods"]
        ],
        "goods_url": change("exporter-goods"),
        "parties": [
            _party(party, change("exporter-party", party["id"]) if reference else "") for party in content["parties"]
        ],
        "parties_url": change("exporter-parties"),
        "end_use": [
            {"key": _("End use"), "value": END_USE_NAMES.get(content["end_use_category"], ""), "change_url": use},
            {"key": _("Made with the goods"), "value": content["end_use"], "change_url": use},
            {"key": _("Site of use"), "value": content["end_use_site"], "change_url": use},
        ],
        "documents": [
            {**paper, "kind_name": DOCUMENT_KIND_NAMES.get(paper["kind"], paper["kind"])}
            for paper in content["documents"]
        ],
        "documents_url": change("exporter-documents"),
    }


def _goods(line: Mapping[str, Any], url: str) -> dict[str, Any]:
    return {
        **line,
        "quantity": _number(line["quantity"]),
        "value": _number(line["value"]),
        "origin_name": country_name(line["origin"]) if line["origin"] else "",
        "measured": [
            {"name": PARAMETER_NAMES.get(key, key), "value": text, "unit": PARAMETERS.get(key, "")}
            for key, text in line["parameters"].items()
        ],
        "change_url": url,
    }


def of_party(party: Party) -> dict[str, Any]:
    """A party of a draft as the list of parties shows it."""
    fields = ("role", "name", "name_local", "address", "contact", "owners")
    content = {name: getattr(party, name) for name in fields} | {"id": party.pk, "country": str(party.country or "")}
    return _party(content, "")


def _party(party: Mapping[str, Any], url: str) -> dict[str, Any]:
    return {
        **party,
        "role_name": PARTY_ROLE_NAMES.get(party["role"], party["role"]),
        "country_name": country_name(party["country"]) if party["country"] else "",
        "owners": [
            {**owner, "country_name": country_name(owner["country"]) if owner["country"] else ""}
            for owner in party["owners"]
        ],
        "change_url": url,
    }


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None
