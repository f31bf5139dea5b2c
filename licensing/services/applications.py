"""Filing: an exporter writes an application section by section, and submits it."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.files import File
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Exists, Max, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from licensing import signals
from licensing.models import Application, Document, Filing, GoodsLine, Hold, Membership, Organisation, Party, User
from licensing.rules import completeness
from licensing.rules.determination import Determination
from licensing.rules.journal import content_hash
from licensing.rules.roles import FILING_ROLES
from licensing.services import determination, holds, journal, workflow
from licensing.services.bell import ring
from licensing.services.errors import Conflict, Frozen, Incomplete, NotAllowed

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SECTION_FIELDS = {
    "route": ("kind", "transaction", "destination", "transit", "contract_number", "facts"),
    "end_use": ("end_use_category", "end_use", "end_use_site"),
}


def new_reference(year: int) -> str:
    """``SL-2026-8J4K2M9Q``: the random part tells competitors nothing of the market's volume."""
    return f"SL-{year}-{''.join(secrets.choice(CROCKFORD) for _ in range(8))}"


@transaction.atomic
def start(*, organisation: Organisation, actor: User, **fields: Any) -> Application:
    """Open a draft for an organisation. ``fields`` are those of the route and end-use sections, where already known."""
    held = Membership.objects.acting().filter(user=actor, organisation=organisation, role__in=FILING_ROLES)
    if not held.exists():
        raise NotAllowed(_("You may not file for %(organisation)s.") % {"organisation": organisation})
    application = Application.objects.create(
        reference=new_reference(timezone.localdate().year), organisation=organisation, created_by=actor, **fields
    )
    journal.record(stream=application.stream, act="start", actor=actor, organisation=organisation)
    return application


def _open(application: Application, actor: User, version: int | None = None) -> Application:
    """Lock a draft for an edit by this person. Raises `NotAllowed`, `Frozen` or `Conflict`."""
    held = Membership.objects.acting().filter(user=actor, organisation=OuterRef("organisation"), role__in=FILING_ROLES)
    row = (
        Application.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .annotate(may_file=Exists(held))
        .get(pk=application.pk)
    )
    if not row.may_file:
        raise NotAllowed(_("You may not do this on %(reference)s.") % {"reference": row.reference})
    if not row.editable:
        raise Frozen(_("%(reference)s is filed. Its content cannot be changed.") % {"reference": row.reference})
    if version is not None and version != row.version:
        raise Conflict(
            _("Somebody else changed %(reference)s while you were writing. Compare, then save again.")
            % {"reference": row.reference}
        )
    return row


def _edited(row: Application, actor: User, act: str, data: Mapping[str, Any], *, parties: bool = False) -> Application:
    """Note an edit: the version moves, a declaration lapses, the journal says what was done."""
    row.version += 1
    row.declared_by = row.declared_at = None
    if parties:
        row.parties_changed_at = timezone.now()
    row.save()
    journal.record(stream=row.stream, act=act, actor=actor, organisation=row.organisation, data=data)
    return row


@transaction.atomic
def save_section(
    *, application: Application, actor: User, section: str, values: Mapping[str, Any], version: int | None = None
) -> Application:
    """Save the route or the end-use section as it stands, complete or not."""
    row = _open(application, actor, version)
    changed = {}
    for name in SECTION_FIELDS[section]:
        if name in values and getattr(row, name) != values[name]:
            setattr(row, name, values[name])
            changed[name] = str(values[name])
    return _edited(row, actor, f"save_{section}", changed) if changed else row


@transaction.atomic
def put_goods(
    *, application: Application, actor: User, values: Mapping[str, Any], line: int | None = None
) -> GoodsLine:
    """Add a goods line, or change the one with the id ``line``."""
    row = _open(application, actor)
    if line is None:
        last = row.goods.aggregate(last=Max("number"))["last"] or 0
        goods = GoodsLine(application=row, number=last + 1)
    else:
        goods = row.goods.get(pk=line)
    for name, value in values.items():
        setattr(goods, name, value)
    goods.save()
    _edited(row, actor, "put_goods", {"line": goods.number, "description": goods.description})
    return goods


@transaction.atomic
def remove_goods(*, application: Application, actor: User, line: int) -> None:
    row = _open(application, actor)
    goods = row.goods.get(pk=line)
    goods.delete()
    for number, rest in enumerate(row.goods.order_by("number"), start=1):
        if rest.number != number:
            rest.number = number
            rest.save(update_fields=["number"])
    _edited(row, actor, "remove_goods", {"line": goods.number, "description": goods.description})


@transaction.atomic
def put_party(*, application: Application, actor: User, values: Mapping[str, Any], party: int | None = None) -> Party:
    """Add a party, or change the one with the id ``party``."""
    row = _open(application, actor)
    entry = Party(application=row) if party is None else row.parties.get(pk=party)
    for name, value in values.items():
        setattr(entry, name, value)
    entry.save()
    _edited(row, actor, "put_party", {"role": entry.role, "name": entry.name}, parties=True)
    return entry


@transaction.atomic
def remove_party(*, application: Application, actor: User, party: int) -> None:
    row = _open(application, actor)
    entry = row.parties.get(pk=party)
    entry.delete()
    _edited(row, actor, "remove_party", {"role": entry.role, "name": entry.name}, parties=True)


def earlier_parties(organisation: Organisation, *, limit: int = 50) -> list[Party]:
    """Parties of the organisation's applications, newest first, each name and country once: to be used again."""
    seen: dict[tuple[str, str], Party] = {}
    for party in Party.objects.filter(application__organisation=organisation).order_by("-id")[: limit * 4]:
        seen.setdefault((party.name.casefold(), str(party.country)), party)
    return list(seen.values())[:limit]


@dataclass(frozen=True, slots=True)
class Paper:
    """An uploaded file whose type and size the form has checked; ``sha256`` is of its bytes, ``name`` safe to show."""

    kind: str
    name: str
    upload: "UploadedFile[Any]"
    media_type: str
    sha256: str


@transaction.atomic
def attach_all(*, application: Application, actor: User, papers: Sequence[Paper]) -> list[Document]:
    """Keep uploaded papers, several at once, as one act."""
    row = _open(application, actor)
    documents = Document.objects.bulk_create(
        Document(
            application=row,
            kind=paper.kind,
            name=paper.name,
            file=File(paper.upload, name=paper.sha256),
            media_type=paper.media_type,
            size=paper.upload.size or 0,
            sha256=paper.sha256,
            uploaded_by=actor,
        )
        for paper in papers
    )
    told = [{"kind": paper.kind, "name": paper.name, "sha256": paper.sha256} for paper in papers]
    _edited(row, actor, "attach", {"papers": told})
    return documents


def attach(
    *, application: Application, actor: User, kind: str, upload: "UploadedFile[Any]", media_type: str, sha256: str
) -> Document:
    """Keep one uploaded paper under its own name."""
    paper = Paper(kind, upload.name or kind, upload, media_type, sha256)
    return attach_all(application=application, actor=actor, papers=[paper])[0]


@transaction.atomic
def detach(*, application: Application, actor: User, document: int) -> None:
    row = _open(application, actor)
    paper = row.documents.get(pk=document)
    paper.delete()
    _edited(row, actor, "detach", {"kind": paper.kind, "name": paper.name, "sha256": paper.sha256})


@transaction.atomic
def declare(*, application: Application, actor: User) -> Application:
    """The person warrants that all is true. Any later edit makes the declaration lapse."""
    row = _open(application, actor)
    row.declared_by, row.declared_at = actor, timezone.now()
    row.save(update_fields=["declared_by", "declared_at"])
    journal.record(stream=row.stream, act="declare", actor=actor, organisation=row.organisation)
    return row


def content_of(application: Application) -> dict[str, Any]:
    """The application as plain data (`licensing.rules.filings`). Four queries, whatever its size."""
    organisation = application.organisation
    return {
        "kind": application.kind,
        "transaction": application.transaction,
        "destination": str(application.destination or ""),
        "transit": list(application.transit),
        "contract_number": application.contract_number,
        "end_use_category": application.end_use_category,
        "end_use": application.end_use,
        "end_use_site": application.end_use_site,
        "facts": application.facts,
        "declared": application.declared_at is not None,
        "exporter": {"name_en": organisation.name_en, "name_zh": organisation.name_zh, "uscc": organisation.uscc},
        "goods": [_goods_content(line) for line in application.goods.all()],
        "parties": [_party_content(party) for party in application.parties.all()],
        "documents": [
            {"id": d.pk, "kind": d.kind, "name": d.name, "sha256": d.sha256, "size": d.size}
            for d in application.documents.all()
        ],
    }


def _goods_content(line: GoodsLine) -> dict[str, Any]:
    return {
        "id": line.pk,
        "number": line.number,
        "description": line.description,
        "item_code": line.item_code,
        "family": line.family,
        "hs_code": line.hs_code,
        "parameters": line.parameters,
        "quantity": _plain(line.quantity),
        "unit": line.unit,
        "value": _plain(line.value),
        "currency": line.currency,
        "origin": str(line.origin or ""),
    }


def _party_content(party: Party) -> dict[str, Any]:
    return {
        "id": party.pk,
        "role": party.role,
        "name": party.name,
        "name_local": party.name_local,
        "country": str(party.country or ""),
        "address": party.address,
        "contact": party.contact,
        "owners": party.owners,
    }


def _plain(number: Decimal | None) -> str:
    """Decimal text without needless zeros or exponents: 20000, 0.5."""
    return "" if number is None else f"{number.normalize():f}"


def gaps(content: Mapping[str, Any], found: Determination | None) -> tuple[completeness.Gap, ...]:
    """What is missing from the content, given what the law asks of it so far."""
    wanted: Iterable[str] = found.documents if found else ()
    return completeness.gaps(content, wanted_documents=wanted)


@transaction.atomic
def submit(*, application: Application, actor: User, on: date) -> Application:
    """File the application: freeze and hash its content, hold it for screening, tell the desks. ``on``: today.

    Raises `Incomplete` with every gap, `NotAllowed` or `Frozen`.
    """
    row = _open(application, actor)
    content = content_of(row)
    missing = gaps(content, determination.preview(content, on=on))
    if missing:
        raise Incomplete(
            ngettext(
                "The application is not complete: %(count)d thing is missing.",
                "The application is not complete: %(count)d things are missing.",
                len(missing),
            )
            % {"count": len(missing)},
            missing,
        )
    last = row.filings.aggregate(last=Max("number"))["last"] or 0
    filing = Filing.objects.create(
        application=row, number=last + 1, content=content, sha256=content_hash(content), submitted_by=actor
    )
    row.submitted_at = filing.submitted_at
    row.first_submitted_at = row.first_submitted_at or filing.submitted_at
    workflow.move(row, "submit", actor=actor, data={"filing": filing.number, "sha256": filing.sha256})
    holds.place(row, reason=Hold.Reason.SCREENING)
    ring(signals.application_submitted, application_id=row.pk)
    return row


@transaction.atomic
def withdraw(*, application: Application, actor: User) -> Application:
    """Take the application back; a draft is thereby discarded."""
    row = workflow.locked(application)
    workflow.move(row, "withdraw", actor=actor)
    return row
