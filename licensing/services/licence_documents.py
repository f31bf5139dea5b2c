"""A licence on paper: set by typst as PDF/A-3a and PDF/UA-1, its statement and signed code attached, and sealed.

Everything reaches the template as JSON, never as source text, so a name is only ever a name. A character that no
embedded font can draw stops the document instead of printing a box.
"""

import io
import json
from dataclasses import asdict
from datetime import UTC, datetime, time
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import segno
import typst
from django.utils import translation
from django.utils.translation import gettext as _
from django_countries import countries

from licensing.rules import licence_codes
from licensing.rules.licence_documents import LicenceDocument, plain, statement_of
from licensing.services import licence_seals
from licensing.services.keys import IssuingKeys

FOLDER = Path(__file__).resolve().parent.parent / "documents"
UNITS_ZH = {"kg": "千克", "g": "克", "t": "吨", "piece": "件", "set": "套", "m": "米", "m2": "平方米", "l": "升"}


class LicenceDocumentError(ValueError):
    """The licence cannot be set on paper; says what to change."""


def render(*, document: LicenceDocument, keys: IssuingKeys) -> bytes:
    """The sealed PDF of ``document``, its code signed and its seal set with ``keys``.

    Apart from the seal, which bears its own time, the same document gives the same bytes.
    Raises `LicenceDocumentError` where the embedded fonts lack a character, `ValueError` where no code can be made.
    """
    code_text = licence_codes.qr_text(document, keys.signing)
    return licence_seals.seal(pdf=_set(document, code_text), number=document.number, keys=keys)


def _set(document: LicenceDocument, code_text: str) -> bytes:
    inputs = {
        "licence": json.dumps(_words(document), ensure_ascii=False),
        "qr": _qr(code_text),
        "code": code_text,
        "statement": statement_of(document).decode(),
    }
    try:
        pdf = typst.compile(
            FOLDER / "licence.typ",
            root=FOLDER,
            font_paths=_fonts(),
            ignore_system_fonts=True,
            sys_inputs=inputs,
            pdf_standards=["a-3a", "ua-1"],
            timestamp=datetime.combine(document.issued_on, time(), UTC),
        )
    except typst.TypstError as error:
        raise LicenceDocumentError(
            _("Licence %(number)s cannot be printed: %(error)s. Correct the text that holds it.")
            % {"number": document.number, "error": error.message}
        ) from error
    return pdf


def _words(document: LicenceDocument) -> dict[str, Any]:
    """The statement's texts, with countries, units and numbers spelt for people."""
    words: dict[str, Any] = plain(asdict(document))
    for line, source in zip(words["lines"], document.lines, strict=True):
        line["quantity"], line["value"] = _number(source.quantity), _number(source.value)
        line["unit_zh"] = UNITS_ZH.get(source.unit.lower(), "")
        line["origin"] = _country(line["origin"])
    for party in ("consignee", "end_user"):
        words[party]["country"] = _country(words[party]["country"])
    words["destination"] = _country(words["destination"])
    words["transit"] = [_country(stop) for stop in words["transit"]]
    return words


def _country(code: str) -> dict[str, str]:
    names = {}
    for short, language in (("zh", "zh-hans"), ("en", "en")):
        with translation.override(language):
            names[short] = str(countries.name(code))
    return {"code": code} | names


def _number(value: Decimal) -> str:
    return f"{Decimal(plain(value)):,f}"


def _qr(text: str) -> str:
    drawing = io.BytesIO()
    segno.make(text, error="m", micro=False).save(drawing, kind="svg", border=4, xmldecl=False)
    return drawing.getvalue().decode()


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[FOLDER / "fonts"])
