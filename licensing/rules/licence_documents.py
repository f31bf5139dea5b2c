"""What a licence says on paper, as one value, and the canonical statement of it that is hashed and signed.

The statement is JSON with sorted keys, no spaces, UTF-8, texts in NFC with single spaces, quantities in plain
digits without trailing zeros, days as ISO dates. Two documents that say the same have the same statement, byte
for byte, so a SHA-256 of it stands for the whole licence wherever the licence itself does not fit.
"""

import json
import unicodedata
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

SCHEMA = "sluice/licence/1"
KINDS = ("single", "general", "voucher")


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """One line of goods. ``value`` is the whole line's, in ``currency`` (ISO 4217); ``origin`` is ISO 3166 alpha-2."""

    no: int
    control_code: str
    name_en: str
    name_zh: str
    hs_code: str
    quantity: Decimal
    unit: str
    value: Decimal
    currency: str
    origin: str


@dataclass(frozen=True, slots=True)
class DocumentParty:
    """A consignee or end user. ``country`` is ISO 3166 alpha-2."""

    name: str
    country: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class LicenceDocument:
    """Everything that a licence says. Countries are ISO 3166 alpha-2, days are days of the authority's zone.

    ``valid_until`` is the last day, included, as paper prints it. ``code`` is the public verification code,
    ``verify_url`` the address that ends in it. ``demo`` marks a licence without legal effect.

    Raises `ValueError` for a document that no authority could have meant: no lines, nothing licensed, days the
    wrong way round, an address that does not end in the code, or invisible characters in a text.
    """

    number: str
    kind: str
    holder_en: str
    holder_zh: str
    holder_uscc: str
    lines: tuple[DocumentLine, ...]
    consignee: DocumentParty
    end_user: DocumentParty
    end_use: str
    destination: str
    transit: tuple[str, ...]
    valid_from: date
    valid_until: date
    conditions: tuple[str, ...]
    conditions_zh: tuple[str, ...]
    issued_on: date
    authority_en: str
    authority_zh: str
    decision_reference: str
    code: str
    verify_url: str
    demo: bool = False

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"A licence is of one of the kinds {', '.join(KINDS)}, not {self.kind!r}.")
        if not self.lines:
            raise ValueError(f"Licence {self.number} has no lines.")
        for line in self.lines:
            if not line.quantity.is_finite() or line.quantity <= 0:
                raise ValueError(f"Licence {self.number}, line {line.no}: a quantity is more than zero.")
        if self.valid_until < self.valid_from:
            raise ValueError(f"Licence {self.number} ends on {self.valid_until}, before it begins ({self.valid_from}).")
        if not self.verify_url.endswith(f"/{self.code}/"):
            raise ValueError(f"The address {self.verify_url} does not end in the code {self.code}.")
        plain(asdict(self))


def statement_of(document: LicenceDocument) -> bytes:
    """The canonical statement of ``document``, as described at the head of this module."""
    statement = {"schema": SCHEMA} | plain(asdict(document))
    return json.dumps(statement, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def plain(value: Any) -> Any:
    """``value`` as JSON holds it: dates and decimals as canonical text, texts cleaned.

    Raises `ValueError` where a text holds a control or direction character: on paper it would hide or reorder words.
    """
    match value:
        case str():
            return _clean(value)
        case Decimal():
            return amount(value)
        case date():
            return value.isoformat()
        case dict():
            return {key: plain(each) for key, each in value.items()}
        case tuple() | list():
            return [plain(each) for each in value]
        case _:
            return value


def amount(value: Decimal) -> str:
    """``value`` in plain digits, without an exponent or trailing zeros: 20.500 → ``20.5``, 2E+3 → ``2000``."""
    digits = format(value, "f")
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def _clean(text: str) -> str:
    text = " ".join(unicodedata.normalize("NFC", text).split())
    for character in text:
        if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn"}:
            raise ValueError(f"The text {text!r} holds the invisible character U+{ord(character):04X}.")
    return text
