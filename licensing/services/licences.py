"""Issuing licences, and making the paper that shows them."""

import hashlib
import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F

from licensing import signals
from licensing.models import ControlItem, Decision, Licence, LicenceLine, Series
from licensing.rules.licence_codes import new_code, qr_text
from licensing.rules.licence_documents import DocumentLine, DocumentParty, LicenceDocument, statement_of
from licensing.rules.licences import CONDITIONS, valid_for
from licensing.services import journal, keys, letters
from licensing.services.bell import ring


def next_number(series: str, year: int) -> int:
    """The next number of a series, under a row lock held to the end of the transaction."""
    Series.objects.get_or_create(name=series, year=year)
    Series.objects.filter(name=series, year=year).update(last=F("last") + 1)
    return Series.objects.get(name=series, year=year).last


def issue(*, decision: Decision, on: date) -> Licence:
    """Issue the licence of a decision to grant, valid from ``on``. Runs inside the deciding transaction."""
    application = decision.application
    terms = decision.recommendation.content
    filing = application.filings.order_by("-number")[0].content
    valid = valid_for(application.kind, start=on, months=terms["months"])
    code = new_code()
    document = _document(
        terms,
        filing,
        number=f"SLC-{on.year}-{next_number('licence', on.year):06d}",
        code=code,
        on=on,
        valid=valid,
        decision=decision,
    )
    statement = json.loads(statement_of(document))
    licence = Licence.objects.create(
        number=document.number,
        code=code,
        application=application,
        decision=decision,
        organisation=application.organisation,
        kind=application.kind,
        valid=valid,
        statement=statement,
        qr=qr_text(document, keys.issuing().signing),
    )
    LicenceLine.objects.bulk_create(
        LicenceLine(
            licence=licence,
            number=line.no,
            item_code=line.control_code,
            description=line.name_en,
            hs_code=line.hs_code,
            quantity=line.quantity,
            unit=line.unit,
        )
        for line in document.lines
    )
    journal.record(
        stream=licence.stream,
        act="issue",
        actor=None,
        organisation=application.organisation,
        data={"application": application.reference, "code": code, "valid": [str(valid.start), str(valid.end)]},
    )
    ring(signals.licence_issued, licence_id=licence.pk)
    return licence


def _document(
    terms: dict[str, Any], filing: dict[str, Any], *, number: str, code: str, on: date, valid: Any, decision: Decision
) -> LicenceDocument:
    application = decision.application
    chosen = [c for c in CONDITIONS if c.key in terms["conditions"]]
    own = tuple(terms["further_conditions"])
    parties = {party["role"]: party for party in reversed(filing["parties"])}
    names = dict(
        ControlItem.objects.filter(code__in=[line["item_code"] for line in filing["goods"]]).values_list(
            "code", "name_zh"
        )
    )
    return LicenceDocument(
        number=number,
        kind="voucher" if application.kind == "registration_voucher" else application.kind,
        holder_en=filing["exporter"]["name_en"],
        holder_zh=filing["exporter"]["name_zh"],
        holder_uscc=filing["exporter"]["uscc"],
        lines=tuple(
            DocumentLine(
                no=line["number"],
                control_code=line["item_code"],
                name_en=line["description"],
                name_zh=names.get(line["item_code"], ""),
                hs_code=line["hs_code"],
                quantity=Decimal(line["quantity"]),
                unit=line["unit"],
                value=Decimal(line["value"]),
                currency=line["currency"],
                origin=line["origin"],
            )
            for line in filing["goods"]
        ),
        consignee=_party(parties["consignee"]),
        end_user=_party(parties["end_user"]),
        end_use=filing["end_use"],
        destination=filing["destination"],
        transit=tuple(filing["transit"]),
        valid_from=valid.start,
        valid_until=valid.end - timedelta(days=1),
        conditions=(*(c.en for c in chosen), *own),
        conditions_zh=(*(c.zh for c in chosen), *own),
        issued_on=on,
        authority_en=settings.AUTHORITY["en"],
        authority_zh=settings.AUTHORITY["zh"],
        decision_reference=application.reference,
        code=code,
        verify_url=f"{settings.PUBLIC_URL}/verify/{code}/",
        demo=settings.DEMO,
    )


def _party(party: dict[str, Any]) -> DocumentParty:
    # A name in a script that the fonts of the licence lack, such as Thai or Hangul, stays in the filing.
    local = party["name_local"] if letters.printable(party["name_local"]) else ""
    name = f"{party['name']} ({local})" if local else party["name"]
    return DocumentParty(name=name, country=party["country"], address=party["address"])


def document_of(licence: Licence) -> LicenceDocument:
    """The licence as the paper says it, from its stored statement."""
    fields = {key: value for key, value in licence.statement.items() if key != "schema"}
    for day in ("valid_from", "valid_until", "issued_on"):
        fields[day] = date.fromisoformat(fields[day])
    for listed in ("transit", "conditions", "conditions_zh"):
        fields[listed] = tuple(fields[listed])
    for party in ("consignee", "end_user"):
        fields[party] = DocumentParty(**fields[party])
    fields["lines"] = tuple(
        DocumentLine(**{**line, "quantity": Decimal(line["quantity"]), "value": Decimal(line["value"])})
        for line in fields["lines"]
    )
    return LicenceDocument(**fields)


def print_pdf(*, licence: Licence) -> Licence:
    """Make the sealed PDF of a licence, once. Doing it again changes nothing."""
    # Typesetting and sealing take seconds to import, and only the worker does them.
    from licensing.services.licence_documents import render

    with transaction.atomic():
        row = Licence.objects.select_for_update().get(pk=licence.pk)
        if row.pdf:
            return row
        paper = render(document=document_of(row), keys=keys.issuing())
        row.pdf.save(f"{row.number}.pdf", ContentFile(paper), save=False)
        row.pdf_sha256 = hashlib.sha256(paper).hexdigest()
        row.save(update_fields=["pdf", "pdf_sha256"])
        journal.record(
            stream=row.stream, act="print", actor=None, organisation=row.organisation, data={"sha256": row.pdf_sha256}
        )
    return row
