"""Uploads: which kinds are asked for, why, and which files are let in."""

import hashlib
import unicodedata
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

import filetype  # type: ignore[import-untyped]
from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from licensing.forms.words import DOCUMENT_KIND_NAMES
from licensing.services.applications import Paper

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA_TYPES = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg", WORD: "docx", SHEET: "xlsx"}
"""Media types that are let in, by their content, and the ending that their name gets."""

ACCEPTED = ".pdf,.png,.jpg,.jpeg,.docx,.xlsx"
LONGEST_NAME = 150
MANY_PARTS = 5000

REGULATIONS = "CN-REG-2024-792"
WHY: dict[str, tuple[Any, tuple[tuple[str, str], ...]]] = {
    "contract": (_("Every application shows what was agreed, with whom."), ((REGULATIONS, "16"),)),
    "identity_of_signatories": (_("Every application shows who signs for the company."), ((REGULATIONS, "16"),)),
    "technical_description": (_("The goods are listed: their properties have to be shown."), ((REGULATIONS, "16"),)),
    "test_report": (_("The entry of the control list sets a threshold: show the measured figures."), ()),
    "end_user_certificate": (_("The end user confirms who uses the goods."), ((REGULATIONS, "24"),)),
    "end_use_certificate": (_("The end user confirms what the goods are used for."), ((REGULATIONS, "24"),)),
    "introduction_of_importer_and_end_user": (
        _("The notice on these goods asks who the importer and the end user are."),
        (("CN-2023-23", ""), ("CN-2023-39", "")),
    ),
    "risk_assessment_report": (_("A party calls for a closer look."), ((REGULATIONS, "26"),)),
    "written_pledge": (_("A party calls for a closer look."), ((REGULATIONS, "26"),)),
    "other": (_("Anything else that helps to decide. Nobody has to add more."), ()),
}
"""Why a kind of document is asked for, and where the law says so: (announcement, article)."""


def safe_name(name: str, media_type: str) -> str:
    """A file name that shows as what it is: one line, no hidden or turning signs, the ending of its type."""
    shown = "".join(
        sign
        for sign in unicodedata.normalize("NFC", name)
        if unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Zl", "Zp")
    )
    shown = shown.replace("/", "_").replace("\\", "_").replace('"', "'").strip(" .")
    ending = MEDIA_TYPES[media_type]
    stem, dot, tail = shown.rpartition(".")
    kept = stem if dot and tail.lower() in {ending, "jpeg"} else shown
    return f"{(kept.strip(' .') or 'file')[:LONGEST_NAME]}.{ending}"


def media_type_of(upload: UploadedFile) -> str | None:
    """The type of a file by its content, or None where it is not let in. Documents with macros are not."""
    upload.seek(0)
    guess = filetype.guess_mime(upload.read(8192))
    upload.seek(0)
    if guess in MEDIA_TYPES and guess not in (WORD, SHEET):
        return str(guess)
    if guess in (WORD, SHEET, "application/zip"):
        return _office_type(upload)
    return None


def _office_type(upload: UploadedFile) -> str | None:
    """What a zip holds, by the names in its directory; nothing is unpacked."""
    try:
        with zipfile.ZipFile(upload) as archive:
            names = set(archive.namelist()[: MANY_PARTS + 1])
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return None
    finally:
        upload.seek(0)
    if len(names) > MANY_PARTS or any(name.lower().endswith("vbaproject.bin") for name in names):
        return None
    if "word/document.xml" in names:
        return WORD
    return SHEET if "xl/workbook.xml" in names else None


class DocumentField(forms.FileField):
    """A file of an allowed type and size; cleaned to a `Paper` of its kind."""

    default_error_messages = {
        "type": _("“%(name)s” is no PDF, PNG, JPEG, Word or Excel file, or it holds macros. Save it as PDF."),
        "size": _("“%(name)s” is larger than %(most)s. Split it or scan it smaller."),
        "empty": _("The file is empty. Choose another one."),
    }

    def __init__(self, kind: str, **kwargs: Any) -> None:
        self.kind = kind
        super().__init__(required=False, widget=forms.FileInput({"accept": ACCEPTED}), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Paper | None:
        upload = super().clean(data, initial)
        if not upload:
            return None
        shown = "".join(sign for sign in upload.name if sign.isprintable())[:60]
        if upload.size > settings.DOCUMENT_MAX_BYTES:
            most = filesizeformat(settings.DOCUMENT_MAX_BYTES)
            raise forms.ValidationError(self.error_messages["size"], params={"name": shown, "most": most})
        media_type = media_type_of(upload)
        if media_type is None:
            raise forms.ValidationError(self.error_messages["type"], params={"name": shown})
        digest = hashlib.sha256()
        for chunk in upload.chunks():
            digest.update(chunk)
        upload.seek(0)
        return Paper(
            kind=self.kind,
            name=safe_name(upload.name, media_type),
            upload=upload,
            media_type=media_type,
            sha256=digest.hexdigest(),
        )


class DocumentsForm(forms.Form):
    """A slot for each kind asked for, to be filled in any order, several at once."""

    def __init__(self, *args: Any, kinds: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in kinds:
            self.fields[kind] = DocumentField(kind, label=DOCUMENT_KIND_NAMES[kind])

    def papers(self) -> list[Paper]:
        return [paper for paper in self.cleaned_data.values() if paper]


def with_other(kinds: Iterable[str]) -> list[str]:
    """The kinds of the slots: those asked for, and one for whatever else."""
    return [*(kind for kind in dict.fromkeys(kinds) if kind != "other"), "other"]
