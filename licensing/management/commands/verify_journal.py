"""`manage.py verify_journal`: check the whole trail, and name the first entry that does not fit."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from licensing.models import Journal
from licensing.services import journal


class Command(BaseCommand):
    help = (
        "Check every entry of the journal against the hash it was written with and the entry before it. "
        "Exit 0: sound. Exit 1: the first entry that was changed, removed, inserted or moved is named."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        found = journal.first_break()
        entries = Journal.objects.count()
        if options["json"]:
            broken = found and {"stream": found.stream, "number": found.number, "reason": found.reason}
            self.stdout.write(json.dumps({"entries": entries, "sound": found is None, "break": broken}))
        elif found is None:
            self.stdout.write(f"The journal is sound: {entries} entries.")
        else:
            self.stderr.write(f"The journal is broken at {found.stream}, entry {found.number}: {found.reason}.")
        if found is not None:
            sys.exit(1)
