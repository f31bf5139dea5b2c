"""Load a regime pack into the law of this base."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from licensing.regimes import reader
from licensing.rules.differences import Change, Difference
from licensing.rules.regime_pack import BadPack
from licensing.services import regimes
from licensing.services.errors import Refused

TABLE_NAMES = {
    "announcements": gettext_lazy("announcements"),
    "items": gettext_lazy("control list entries"),
    "measures": gettext_lazy("destination measures"),
    "hs_codes": gettext_lazy("HS codes"),
    "listings": gettext_lazy("listings"),
}


class Command(BaseCommand):
    help = (
        "Load a regime pack (a folder of CSV files) into announcements, control list entries, destination measures, HS "
        "codes and listings. All rows or none; loading the same pack again changes nothing. Exit 0: loaded, 1: refused."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="the folder of the pack")
        parser.add_argument("--dry-run", action="store_true", help="show what would change, and change nothing")
        parser.add_argument("--allow-removal", action="store_true", help="delete rows that the pack no longer has")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        as_json, dry_run = options["json"], options["dry_run"]
        try:
            pack = reader.read(options["folder"])
        except BadPack as bad:
            self._refuse_pack(bad, as_json=as_json)
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            raise CommandError(_("The tables of this base are not up to date. Run manage.py migrate, then load again."))
        try:
            report = regimes.load(
                pack=pack,
                source=options["folder"].resolve().name,
                by=None,
                dry_run=dry_run,
                allow_removal=options["allow_removal"],
                progress=self._progress,
            )
        except regimes.RemovalRefused as refused:
            self._clear_progress()
            self._print(refused.report, loaded=False, as_json=as_json)
            hint = _("Add --allow-removal to delete them, or put the rows back.")
            raise CommandError(f"{refused} {hint}") from refused
        except Refused as refused:
            self._clear_progress()
            raise CommandError(str(refused)) from refused
        self._clear_progress()
        self._print(report, loaded=not dry_run, as_json=as_json)
        if not as_json:
            self.stdout.write(_closing(report, dry_run=dry_run))

    def _refuse_pack(self, bad: BadPack, *, as_json: bool) -> None:
        if as_json:
            faults = [
                {"file": fault.file, "line": fault.line or None, "column": fault.column, "reason": fault.reason}
                for fault in bad.faults
            ]
            self.stdout.write(json.dumps({"loaded": False, "faults": faults}, ensure_ascii=False, indent=2))
        else:
            for fault in bad.faults:
                self.stderr.write(str(fault))
        count = len(bad.faults)
        raise CommandError(
            ngettext(
                "Nothing was loaded: {count} fault in the pack.",
                "Nothing was loaded: {count} faults in the pack.",
                count,
            ).format(count=count)
        ) from bad

    def _print(self, report: regimes.Report, *, loaded: bool, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(_as_json(report, loaded=loaded), ensure_ascii=False, indent=2))
            return
        for difference in report.differences:
            for line in _in_lines(difference, with_added=not loaded):
                self.stdout.write(line)
        for warning in report.warnings:
            self.stderr.write(_("Look at this: {warning}").format(warning=warning))

    def _progress(self, table: str) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"\r\033[K{TABLE_NAMES.get(table, table)} …", ending="")
            self.stderr.flush()

    def _clear_progress(self) -> None:
        if sys.stderr.isatty():
            self.stderr.write("\r\033[K", ending="")


def _in_lines(difference: Difference, *, with_added: bool) -> list[str]:
    head = _("{table}: {added} added, {changed} changed, {removed} removed, {unchanged} unchanged").format(
        table=TABLE_NAMES.get(difference.table, difference.table),
        added=len(difference.added),
        changed=len(difference.changed),
        removed=len(difference.removed),
        unchanged=difference.unchanged,
    )
    return [
        head,
        *(f"  + {key}" for key in difference.added if with_added),
        *(f"  ~ {key}: {_change(change)}" for key, changes in sorted(difference.changed.items()) for change in changes),
        *(f"  - {key}" for key in difference.removed),
    ]


def _change(change: Change) -> str:
    empty = _("(empty)")
    return f"{change.field.replace('_', ' ')}: {change.before or empty} → {change.after or empty}"


def _closing(report: regimes.Report, *, dry_run: bool) -> str:
    if dry_run:
        return _("Nothing was written: this was a dry run.")
    if not report:
        number = report.version.number if report.version else 0
        return _("0 changes. The law stays at version {number}.").format(number=number)
    assert report.version is not None
    if not report.made:
        return _("Listings changed. The law stays at version {number}.").format(number=report.version.number)
    return _("The law is now at version {number} ({hash}).").format(
        number=report.version.number, hash=report.version.hash[:12]
    )


def _as_json(report: regimes.Report, *, loaded: bool) -> dict[str, Any]:
    return {
        "loaded": loaded,
        "changes": sum(len(d.added) + len(d.changed) + len(d.removed) for d in report.differences),
        "version": report.version.number if loaded and report.version else None,
        "hash": report.version.hash if loaded and report.version else None,
        "tables": {
            difference.table: {
                "added": list(difference.added),
                "changed": {
                    key: [{"field": c.field, "before": c.before, "after": c.after} for c in changes]
                    for key, changes in sorted(difference.changed.items())
                },
                "removed": list(difference.removed),
                "unchanged": difference.unchanged,
            }
            for difference in report.differences
        },
        "warnings": list(report.warnings),
    }
