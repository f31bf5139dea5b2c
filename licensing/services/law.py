"""The law in force in this base, and its versions."""

import hashlib

from django.db import connection, transaction

from licensing.models.law import Announcement, ControlItem, DestinationMeasure, HsCode, LawVersion
from licensing.models.organisations import User
from licensing.rules.law import LawBook, NoLawInForce
from licensing.rules.law_rows import TABLES, LawRows

KEPT_BOOKS = 4
_books: dict[tuple[int, str], LawBook] = {}


class DamagedLaw(RuntimeError):
    """The stored text of a version of the law is not the text that was hashed."""


def current_version() -> LawVersion | None:
    """The newest version of the law, without its text; None before the first regime is loaded."""
    return LawVersion.objects.defer("content").order_by("-number").first()


def law_book(version: LawVersion | None = None) -> LawBook:
    """The law of a version (default: the current one), without listings, which are facts of their own.

    Kept per process, so that a determination costs one small query. Raises `NoLawInForce` before the first regime is
    loaded, `DamagedLaw` when the stored text was changed behind Sluice's back.
    """
    version = version or current_version()
    if version is None:
        raise NoLawInForce("No law is loaded; load a regime first.")
    key = version.number, version.hash
    if key not in _books:
        content = LawVersion.objects.values_list("content", flat=True).get(pk=version.pk)
        if hashlib.sha256(content.encode()).hexdigest() != version.hash:
            raise DamagedLaw(f"The text of version {version.number} of the law does not match its hash.")
        while len(_books) >= KEPT_BOOKS:
            del _books[next(iter(_books))]
        _books[key] = LawRows.from_content(content).book()
    return _books[key]


def law_rows() -> LawRows:
    """Every row of the law as it stands in the tables now."""
    return LawRows.of(
        announcements=[record.row for record in Announcement.objects.prefetch_related("suspensions")],
        items=[record.row for record in ControlItem.objects.prefetch_related("suspensions")],
        measures=[record.row for record in DestinationMeasure.objects.prefetch_related("suspensions")],
        hs_codes=[record.row for record in HsCode.objects.all()],
    )


@transaction.atomic
def make_version(*, source: str, by: User | None) -> LawVersion:
    """Write down the law as it stands in the tables as a new version, in the transaction that changed it."""
    lock()
    rows = law_rows()
    last = current_version()
    return LawVersion.objects.create(
        number=last.number + 1 if last else 1,
        hash=rows.version,
        content=rows.content,
        counts={table: len(getattr(rows, table)) for table in TABLES},
        source=source,
        loaded_by=by,
    )


def lock() -> None:
    """Wait until no other transaction changes the law; held to the end of this one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('law', 0))")
