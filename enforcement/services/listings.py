"""The published listings of a regime pack, as stored and as facts for determinations."""

import hashlib
from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from django.db import connection, transaction

from enforcement.models.listings import Listing, ListingSuspension
from licensing.rules import law
from licensing.rules.differences import Difference, compare
from licensing.rules.law_rows import ListingRow
from licensing.rules.periods import Period


@transaction.atomic
def load(*, rows: Iterable[ListingRow], allow_removal: bool) -> Difference:
    """Make the stored listings what ``rows`` say. Rows absent from them are deleted only with ``allow_removal``.

    The announcements that the rows name must be stored already.
    """
    wanted = {row.key: row for row in rows}
    records = {record.row.key: record for record in _listings()}
    difference = compare("listings", {key: record.row for key, record in records.items()}, wanted)
    new = {key: Listing(**_values(wanted[key])) for key in difference.added}
    Listing.objects.bulk_create(new.values())
    for key in difference.changed:
        for name, value in _values(wanted[key]).items():
            setattr(records[key], name, value)
        records[key].save()
    written = new | {key: records[key] for key in difference.changed}
    ListingSuspension.objects.filter(listing__in=[record.pk for record in written.values()]).delete()
    ListingSuspension.objects.bulk_create(
        ListingSuspension(
            listing=record,
            period=suspension.period,
            ordered_by_id=suspension.announcement,
        )
        for key, record in written.items()
        for suspension in wanted[key].suspensions
    )
    if allow_removal:
        Listing.objects.filter(pk__in=[records[key].pk for key in difference.removed]).delete()
    return difference


def listings() -> tuple[law.Listing, ...]:
    """Every listing event, past and present, as determinations read it."""
    return tuple(record.value for record in _listings())


def lists_version() -> str:
    """The sha256 over every listing and suspension: another one as soon as any of their rows differs.

    PostgreSQL hashes the rows, so asking costs two short queries however long the lists grow.
    """
    digests = []
    with connection.cursor() as cursor:
        for model in (Listing, ListingSuspension):
            table = connection.ops.quote_name(model._meta.db_table)
            rows = "convert_to(string_agg(stored::text, ' ' ORDER BY id), 'UTF8')"
            cursor.execute(f"SELECT coalesce(encode(sha256({rows}), 'hex'), '') FROM {table} stored")  # noqa: S608
            digests.append(cursor.fetchone()[0])
    return hashlib.sha256(" ".join(digests).encode()).hexdigest()


def _listings() -> Iterable[Listing]:
    return Listing.objects.prefetch_related("suspensions")


def _values(row: ListingRow) -> dict[str, Any]:
    values = {column.name: getattr(row, column.name) for column in fields(row)}
    del values["suspensions"]
    values["in_force"] = Period(values.pop("listed_on"), values.pop("delisted_on"))
    values["announcement_id"] = values.pop("announcement")
    return values
