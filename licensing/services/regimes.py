"""Loading a regime pack: the tables of the law become what the pack says, all of it or nothing."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from typing import Any

from django.db import models, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from licensing.models.law import Announcement, ControlItem, DestinationMeasure, HsCode, LawVersion, Suspension
from licensing.models.organisations import User
from licensing.rules.differences import Difference, compare
from licensing.rules.law_rows import LawRow
from licensing.rules.periods import Period
from licensing.rules.regime_pack import Pack
from licensing.services import journal, law
from licensing.services.errors import Refused
from licensing.signals import regime_loading


@dataclass(frozen=True)
class Report:
    """What a load changed, or would change. ``version`` is the law afterwards; ``made``: whether it is a new one."""

    differences: tuple[Difference, ...]
    warnings: tuple[str, ...]
    version: LawVersion | None
    made: bool

    @property
    def removed(self) -> dict[str, tuple[str, ...]]:
        """Keys of the rows absent from the pack, by table."""
        return {difference.table: difference.removed for difference in self.differences if difference.removed}

    def __bool__(self) -> bool:
        return any(self.differences)


class RemovalRefused(Refused):
    """The pack lacks rows that are stored here; ``report`` names them."""

    def __init__(self, message: str, report: Report) -> None:
        super().__init__(message)
        self.report = report


def load(
    *,
    pack: Pack,
    source: str,
    by: User | None,
    dry_run: bool = False,
    allow_removal: bool = False,
    progress: Callable[[str], None] = lambda table: None,
) -> Report:
    """Make the law of this base what the pack says, under a new version of the law if anything changed.

    A changed row is replaced where it stands, so whatever refers to it goes on doing so; the law as it was before is
    kept word by word in the earlier version. ``dry_run`` does the same and takes it all back. ``progress`` is told the
    name of each table as its turn comes.

    Raises `RemovalRefused` when rows would vanish without ``allow_removal``, `Refused` when one of them is in use.
    """
    with transaction.atomic():
        law.lock()
        differences: list[Difference] = []
        for table in TABLES:
            progress(table.name)
            differences.append(_write(table, pack))
        progress("listings")
        regime_loading.send(sender=Pack, pack=pack, allow_removal=allow_removal, differences=differences)
        own = differences[: len(TABLES)]
        if allow_removal:
            for table, difference in reversed(list(zip(TABLES, own, strict=True))):
                _delete(table, difference.removed)
        made = any(d.added or d.changed or (d.removed and allow_removal) for d in own)
        version = law.make_version(source=source, by=by) if made else law.current_version()
        report = Report(tuple(differences), pack.warnings, version, made=made)
        if report.removed and not allow_removal and not dry_run:
            raise RemovalRefused(_("Nothing was loaded: the pack lacks rows that are stored here."), report)
        if dry_run:
            transaction.set_rollback(True)
        elif report:
            _record(report, source=source, by=by)
    return report


@dataclass(frozen=True)
class _Table:
    """How rows of a pack become rows of the base. ``suspended`` names the field of `Suspension` that points to them."""

    name: str
    model: type[Announcement | ControlItem | DestinationMeasure | HsCode]
    suspended: str = ""


TABLES = (
    _Table("announcements", Announcement, suspended="announcement"),
    _Table("items", ControlItem, suspended="item"),
    _Table("measures", DestinationMeasure, suspended="measure"),
    _Table("hs_codes", HsCode),
)
"""In the order in which they refer to one another."""


def _records(table: _Table) -> dict[str, Any]:
    """The records by key. Where an entry has been succeeded, its newest record: the one that a pack speaks of."""
    records: models.QuerySet[Any] = table.model._default_manager.all()
    if table.suspended:
        records = records.prefetch_related("suspensions").order_by("in_force")
    return {record.row.key: record for record in records}


def _write(table: _Table, pack: Pack) -> Difference:
    wanted: dict[str, LawRow] = {row.key: row for row in getattr(pack.law, table.name)}
    records = _records(table)
    difference = compare(table.name, {key: record.row for key, record in records.items()}, wanted)
    new = {key: table.model(**_values(wanted[key])) for key in difference.added}
    table.model._default_manager.bulk_create(new.values())  # type: ignore[arg-type]
    for key in difference.changed:
        record = records[key]
        for name, value in _values(wanted[key]).items():
            setattr(record, name, value)
        record.save()
    if table.suspended:
        written = new | {key: records[key] for key in difference.changed}
        Suspension.objects.filter(**{f"{table.suspended}__in": list(written.values())}).delete()
        Suspension.objects.bulk_create(
            Suspension(
                **{table.suspended: record},
                period=suspension.period,
                ordered_by_id=suspension.announcement,
            )
            for key, record in written.items()
            for suspension in wanted[key].suspensions  # type: ignore[union-attr]
        )
    return difference


def _values(row: LawRow) -> dict[str, Any]:
    """The columns of a record, suspensions aside."""
    values = {column.name: getattr(row, column.name) for column in fields(row)}
    values.pop("suspensions", None)
    if "effective_from" in values:
        first, last = values.pop("effective_from"), values.pop("effective_to")
        values["in_force"] = Period.inclusive(first, last) if first else None
    if "announcement" in values:
        values["announcement_id"] = values.pop("announcement")
    return values


def _delete(table: _Table, keys: Iterable[str]) -> None:
    records = _records(table)
    for key in keys:
        try:
            records[key].delete()
        except ProtectedError as error:
            users = ", ".join(sorted({str(user._meta.verbose_name) for user in error.protected_objects}))
            raise Refused(
                _("{key} cannot be removed because it is in use ({users}). Give it a last day instead.").format(
                    key=key, users=users
                )
            ) from error


def _record(report: Report, *, source: str, by: User | None) -> None:
    journal.record(
        stream="law",
        act="regime_loaded",
        actor=by,
        data={
            "source": source,
            "version": report.version.number if report.version else None,
            "hash": report.version.hash if report.version else None,
            "changes": {
                difference.table: {
                    "added": len(difference.added),
                    "changed": sorted(difference.changed),
                    "removed": list(difference.removed),
                }
                for difference in report.differences
                if difference
            },
        },
    )
