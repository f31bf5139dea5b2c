"""The signed code on a licence: a web address that a telephone opens, and that proves itself without a network.

``https://desk/verify/7K3M-…/?s=<payload>``: the payload is, in base64url, one version byte, four bytes that name the
key, an Ed25519 signature (RFC 8032) and the deflated essentials of the licence. The essentials hold the address, the
lines and the SHA-256 of the whole canonical statement; the signature covers all of them, so every character of the
code counts. Names of kinds, parties and goods beyond the essentials are proved by the statement's hash.
"""

import base64
import binascii
import hashlib
import json
import secrets
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from licensing.rules.licence_documents import LicenceDocument, amount, plain, statement_of

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O or U, so that nobody misreads a code aloud or from paper."""
CAPACITY = 990
"""Longest code in characters: QR version 25 with error correction M, 117 modules a side."""
_VERSION = b"\x01"
_KEY_ID = 4
_SIGNATURE = 64
_HEAD = len(_VERSION) + _KEY_ID + _SIGNATURE
_PURPOSE = b"sluice licence code"


class Flaw(StrEnum):
    """Why a code, or the file that bears it, is not genuine. Words for people belong to the floors above."""

    UNREADABLE = "unreadable"
    UNKNOWN_KEY = "unknown_key"
    SIGNATURE = "signature"
    ADDRESS = "address"
    UNSEALED = "unsealed"
    FOREIGN_SEAL = "foreign_seal"
    BROKEN_SEAL = "broken_seal"
    STATEMENT = "statement"


@dataclass(frozen=True, slots=True)
class NotGenuine:
    """Proves nothing, and why; ``key_id`` is the key that a code names, where it could be read."""

    flaw: Flaw
    key_id: str = ""


@dataclass(frozen=True, slots=True)
class CodeLine:
    """A line as far as the code carries it."""

    control_code: str
    quantity: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What a genuine code says of its licence. It does not know of a later suspension, revocation or use."""

    key_id: str
    verify_url: str
    number: str
    kind: str
    demo: bool
    holder_en: str
    holder_zh: str
    holder_uscc: str
    lines: tuple[CodeLine, ...]
    lines_total: int
    """Lines on the licence: more than ``lines`` when not all of them fitted into the code."""
    destination: str
    end_user: str
    end_user_country: str
    valid_from: date
    valid_until: date
    """Last day, included."""
    statement_sha256: str

    @property
    def code(self) -> str:
        return self.verify_url.rstrip("/").rpartition("/")[2]

    def states(self, statement: bytes) -> bool:
        """Whether ``statement`` is, byte for byte, the one that was signed."""
        return hashlib.sha256(statement).hexdigest() == self.statement_sha256

    def in_force(self, *, on: date) -> bool:
        """Whether ``on`` is one of the days printed on the licence."""
        return self.valid_from <= on <= self.valid_until


def new_code() -> str:
    """A fresh verification code: 80 random bits as four groups of four letters and digits."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(16))
    return "-".join(letters[at : at + 4] for at in range(0, 16, 4))


def read_code(typed: str) -> str | None:
    """The code that a person meant by ``typed``: any case, spaces or dashes anywhere, O for 0, I and L for 1."""
    letters = typed.upper().translate(str.maketrans("OIL", "011", "- \t\n"))
    if len(letters) != 16 or not set(letters) <= set(ALPHABET):
        return None
    return "-".join(letters[at : at + 4] for at in range(0, 16, 4))


def key_id_of(key: Ed25519PublicKey) -> str:
    """The name of a key: the first four bytes of the SHA-256 of its 32 raw bytes, in hexadecimal."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[: 2 * _KEY_ID]


def qr_text(document: LicenceDocument, private_key: Ed25519PrivateKey) -> str:
    """The text of the QR on ``document``, signed with ``private_key``.

    Holds every line that fits into `CAPACITY` characters, in the document's order, and says how many there are.
    Raises `ValueError` if not even the first line fits.
    """
    head = _VERSION + bytes.fromhex(key_id_of(private_key.public_key()))
    for lines in range(len(document.lines), 0, -1):
        deflated = zlib.compress(_essentials(document, lines), 9, -zlib.MAX_WBITS)
        signature = private_key.sign(_PURPOSE + head + deflated)
        text = f"{document.verify_url}?s={_to_text(head + signature + deflated)}"
        if len(text) <= CAPACITY:
            return text
    raise ValueError(f"Licence {document.number}: names and address are too long for a printable QR code.")


def verify(text: str, public_keys: Mapping[str, Ed25519PublicKey]) -> Verified | NotGenuine:
    """Tell whether ``text`` was signed by one of ``public_keys`` (by key id) and is unchanged since.

    ``text`` is a whole code, or only its payload (what stands after ``?s=``): then the address is not compared.
    """
    address, mark, payload = text.strip().rpartition("?s=")
    wire = _from_text(payload)
    if wire is None or len(wire) <= _HEAD or wire[:1] != _VERSION:
        return NotGenuine(Flaw.UNREADABLE)
    head, signature, deflated = wire[: _HEAD - _SIGNATURE], wire[_HEAD - _SIGNATURE : _HEAD], wire[_HEAD:]
    key_id = head[1:].hex()
    if key_id not in public_keys:
        return NotGenuine(Flaw.UNKNOWN_KEY, key_id)
    try:
        public_keys[key_id].verify(signature, _PURPOSE + head + deflated)
    except InvalidSignature:
        return NotGenuine(Flaw.SIGNATURE, key_id)
    verified = _verified(key_id, json.loads(zlib.decompress(deflated, -zlib.MAX_WBITS)))
    if mark and address != verified.verify_url:
        return NotGenuine(Flaw.ADDRESS, key_id)
    return verified


def _essentials(document: LicenceDocument, lines: int) -> bytes:
    return json.dumps(
        plain(
            [
                document.verify_url,
                document.number,
                document.kind,
                int(document.demo),
                document.holder_en,
                document.holder_zh,
                document.holder_uscc,
                [[line.control_code, amount(line.quantity), line.unit] for line in document.lines[:lines]],
                len(document.lines),
                document.destination,
                document.end_user.name,
                document.end_user.country,
                document.valid_from,
                document.valid_until,
                _to_text(hashlib.sha256(statement_of(document)).digest()),
            ]
        ),
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode()


def _verified(key_id: str, essentials: list[Any]) -> Verified:
    (
        verify_url,
        number,
        kind,
        demo,
        holder_en,
        holder_zh,
        holder_uscc,
        lines,
        lines_total,
        destination,
        end_user,
        end_user_country,
        valid_from,
        valid_until,
        digest,
    ) = essentials
    return Verified(
        key_id=key_id,
        verify_url=verify_url,
        number=number,
        kind=kind,
        demo=bool(demo),
        holder_en=holder_en,
        holder_zh=holder_zh,
        holder_uscc=holder_uscc,
        lines=tuple(CodeLine(control_code, Decimal(quantity), unit) for control_code, quantity, unit in lines),
        lines_total=lines_total,
        destination=destination,
        end_user=end_user,
        end_user_country=end_user_country,
        valid_from=date.fromisoformat(valid_from),
        valid_until=date.fromisoformat(valid_until),
        statement_sha256=(_from_text(digest) or b"").hex(),
    )


def _to_text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _from_text(text: str) -> bytes | None:
    """The bytes that ``text`` spells, if it is the one spelling of them: stray bits at the end are refused too."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if _to_text(raw) == text else None
