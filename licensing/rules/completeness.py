"""What is still missing from an application before it can be filed: every gap at once, each with its place.

Law: CN-REG-2024-792 Art 16 (what an application for a single licence holds), Art 24 (end-user papers), the notices
on single items (introduction of importer and end user, test report), Art 26 (watch list).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as of_dataclass
from typing import Any

SECTIONS = ("goods", "parties", "route", "end_use", "documents", "declaration")

DOCUMENT_KINDS = (
    "contract",
    "identity_of_signatories",
    "technical_description",
    "test_report",
    "end_user_certificate",
    "end_use_certificate",
    "introduction_of_importer_and_end_user",
    "risk_assessment_report",
    "written_pledge",
    "other",
)
ALWAYS_WANTED = ("contract", "identity_of_signatories")


def gettext_noop(text: str) -> str:
    """Marks a sentence for the catalogues; the page translates it."""
    return text


_ = gettext_noop


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing missing or wrong: where (section, row id, field) and a sentence that says what to do."""

    section: str
    field: str
    sentence: str
    row: int | None = None
    values: Mapping[str, str] = of_dataclass(default_factory=dict)


def gaps(content: Mapping[str, Any], *, wanted_documents: Iterable[str]) -> tuple[Gap, ...]:
    """Every gap of an application's content (`licensing.rules.filings`), in the order of the task list."""
    return (
        *_goods(content),
        *_parties(content),
        *_route(content),
        *_end_use(content),
        *_documents(content, wanted_documents),
        *_declaration(content),
    )


def _goods(content: Mapping[str, Any]) -> Iterator[Gap]:
    if not content["goods"]:
        yield Gap("goods", "", _("Add the goods: at least one line."))
    for line in content["goods"]:
        where = {"row": line["id"], "values": {"line": str(line["number"])}}
        if not line["description"]:
            yield Gap("goods", "description", _("Goods line {line}: describe the goods."), **where)
        if not line["hs_code"]:
            yield Gap(
                "goods", "hs_code", _("Goods line {line}: give the HS code, 10 digits where there are 10."), **where
            )
        if not line["quantity"]:
            yield Gap("goods", "quantity", _("Goods line {line}: give the quantity."), **where)
        if not line["value"]:
            yield Gap("goods", "value", _("Goods line {line}: give the value."), **where)
        if not line["origin"]:
            yield Gap("goods", "origin", _("Goods line {line}: give the country of origin."), **where)


def _parties(content: Mapping[str, Any]) -> Iterator[Gap]:
    roles = {party["role"] for party in content["parties"]}
    if "consignee" not in roles:
        yield Gap("parties", "consignee", _("Add the consignee: who receives the goods."))
    if "end_user" not in roles:
        yield Gap("parties", "end_user", _("Add the end user: who uses the goods up or builds them in."))
    for party in content["parties"]:
        where = {"row": party["id"], "values": {"party": party["name"]}}
        if not party["country"]:
            yield Gap("parties", "country", _("{party}: give the country."), **where)
        if not party["address"]:
            yield Gap("parties", "address", _("{party}: give the address."), **where)


def _route(content: Mapping[str, Any]) -> Iterator[Gap]:
    if not content["destination"]:
        yield Gap("route", "destination", _("Give the country where the goods finally go."))
    if not content["contract_number"]:
        yield Gap("route", "contract_number", _("Give the number of the contract."))


def _end_use(content: Mapping[str, Any]) -> Iterator[Gap]:
    if not content["end_use_category"]:
        yield Gap("end_use", "end_use_category", _("Say whether the end use is civil or military."))
    if len(content["end_use"]) < 10:
        yield Gap("end_use", "end_use", _("Say what the end user makes with the goods, in one or two sentences."))
    if not content["end_use_site"]:
        yield Gap("end_use", "end_use_site", _("Give the site where the goods are used."))


def _documents(content: Mapping[str, Any], wanted: Iterable[str]) -> Iterator[Gap]:
    present = {document["kind"] for document in content["documents"]}
    for kind in dict.fromkeys((*ALWAYS_WANTED, *wanted)):
        if kind not in present:
            yield Gap("documents", kind, _("Upload the document: {kind}."), values={"kind": kind})


def _declaration(content: Mapping[str, Any]) -> Iterator[Gap]:
    if not content["declared"]:
        yield Gap("declaration", "declared", _("Sign the declaration: it lapses whenever the application is changed."))
