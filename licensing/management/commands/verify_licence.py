"""`manage.py verify_licence`: tell a genuine licence from a changed one, with no network and no database."""

import dataclasses
import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from licensing.rules.licence_codes import NotGenuine, Verified, read_code, verify
from licensing.rules.licence_documents import amount
from licensing.services import keys
from licensing.services.licence_seals import REASONS, VerifiedPdf, check


class Command(BaseCommand):
    help = (
        "Check the seal and the statement of a licence's PDF, or the signature of the text in its QR code. "
        "Needs only the published keys. Exit 0: genuine. Exit 1: not genuine, and why. Exit 2: nothing to check, "
        "or no keys to check by."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "licence", help="a PDF file, a file that holds the text of the QR code, or that text (quoted)"
        )
        parser.add_argument(
            "--keys", type=Path, metavar="DIR", help="folder of published keys (default: this desk's own)"
        )
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        content = _content(options["licence"])
        try:
            published = keys.published(folder=options["keys"])
        except keys.KeysMissing as missing:
            raise CommandError(f"{missing} Name the folder with --keys.", returncode=2) from missing
        found: VerifiedPdf | Verified | NotGenuine
        if content.startswith(b"%PDF-"):
            found = check(pdf=content, keys=published, at=now)
        else:
            found = verify(content.decode(errors="replace"), published.signing)
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(found, timezone.localdate(now)), ensure_ascii=False, indent=2))
        elif isinstance(found, NotGenuine):
            key = f" Key: {found.key_id}." if found.key_id else ""
            self.stderr.write(f"Not genuine. {REASONS[found.flaw]}{key}")
        else:
            self.stdout.write("\n".join(_as_text(found, timezone.localdate(now))))
        if isinstance(found, NotGenuine):
            sys.exit(1)


def _content(licence: str) -> bytes:
    if "?s=" in licence:
        return licence.encode()
    if read_code(licence):
        raise CommandError(
            "The short code alone proves nothing off line. Give the PDF, or the whole QR text.", returncode=2
        )
    try:
        return Path(licence).read_bytes()
    except OSError as error:
        raise CommandError(f"Cannot read {licence}: {error.strerror}.", returncode=2) from error


def _as_json(found: VerifiedPdf | Verified | NotGenuine, today: date) -> dict[str, Any]:
    if isinstance(found, NotGenuine):
        return {
            "genuine": False,
            "flaw": found.flaw,
            "reason": str(REASONS[found.flaw]),
            "key_id": found.key_id or None,
        }
    verified = found.verified if isinstance(found, VerifiedPdf) else found
    said = dataclasses.asdict(verified)
    for line in said["lines"]:
        line["quantity"] = amount(line["quantity"])
    answer = {
        "genuine": True,
        "checked": "pdf" if isinstance(found, VerifiedPdf) else "code",
        **said,
        "valid_from": verified.valid_from.isoformat(),
        "valid_until": verified.valid_until.isoformat(),
        "in_force_today": verified.in_force(on=today),
    }
    if isinstance(found, VerifiedPdf):
        answer |= {"sealed_at": found.sealed_at.isoformat(), "statement": found.statement}
    return answer


def _as_text(found: VerifiedPdf | Verified, today: date) -> list[str]:
    verified = found.verified if isinstance(found, VerifiedPdf) else found
    force = "in force today" if verified.in_force(on=today) else "not in force today"
    holder = " ".join(name for name in (verified.holder_zh, verified.holder_en) if name)
    text = [
        f"Genuine licence {verified.number} ({verified.kind})",
        f"Holder       {holder} ({verified.holder_uscc})",
        *(
            f"{'Goods' if number == 1 else '':<12} {number}. {line.control_code} {line.quantity:,f} {line.unit}"
            for number, line in enumerate(verified.lines, start=1)
        ),
        f"Destination  {verified.destination}",
        f"End user     {verified.end_user} ({verified.end_user_country})",
        f"Valid        {verified.valid_from} to {verified.valid_until}, both included: {force}",
        f"Signed with  {verified.key_id}",
    ]
    if len(verified.lines) < verified.lines_total:
        text.append(f"The code holds {len(verified.lines)} of {verified.lines_total} lines; the PDF holds them all.")
    if isinstance(found, VerifiedPdf):
        text.append(f"Sealed       {found.sealed_at.isoformat()}")
    if verified.demo:
        text.append("DEMONSTRATION: this licence has no legal effect.")
    text.append(f"A later suspension, revocation or use shows only on line: {verified.verify_url}")
    return text
