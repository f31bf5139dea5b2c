"""Is this licence genuine? What the paper's code finds on record, and what its signature proves.

Tells no more than the paper shows, and its state today.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from licensing.models import Licence
from licensing.rules import licence_codes
from licensing.rules.licence_codes import Flaw, NotGenuine, Verified
from licensing.services import keys

PER_MINUTE = 60
"""Questions that one address may ask in a minute: codes cannot be guessed through here."""


class Finding(StrEnum):
    """What a question about a licence comes to."""

    NOT_A_CODE = "not_a_code"
    UNKNOWN = "unknown"
    ON_RECORD = "on_record"
    GENUINE = "genuine"
    NOT_GENUINE = "not_genuine"
    UNCHECKED = "unchecked"


class Difference(StrEnum):
    """How a signed code and the record disagree."""

    NO_RECORD = "no_record"
    OTHER_CODE = "other_code"
    OTHER_CONTENT = "other_content"


@dataclass(frozen=True, slots=True)
class Verification:
    """``on_record``: the code is ours, no signature was shown; ``genuine``: the signature fits the record, too.

    ``why`` tells what is wrong when it is not genuine; ``statement`` is what the paper says, ``state`` its state on
    the day. ``unchecked``: a signature was shown, but this desk has no keys to check it by.
    """

    finding: Finding
    code: str = ""
    why: Flaw | Difference | None = None
    statement: dict[str, Any] | None = None
    state: str = ""


def read(text: str) -> tuple[str, str]:
    """The code and the payload in what a person typed, scanned or pasted: a code, a payload or a whole address."""
    address, mark, payload = text.strip().partition("?s=")
    if mark:
        return address.rstrip("/").rpartition("/")[2], payload
    if "/" in address:
        return address.rstrip("/").rpartition("/")[2], ""
    return address, ""


def verify(*, code: str, payload: str = "", on: date) -> Verification:
    """Answer for a code and, where a QR was scanned, its signed payload. Reads one licence and its lines."""
    wanted = licence_codes.read_code(code)
    if wanted is None:
        return Verification(Finding.NOT_A_CODE, code=code)
    licence = Licence.objects.filter(code=wanted).prefetch_related("lines").first()
    statement = licence.statement if licence else None
    state = licence.state_on(on) if licence else ""
    if not payload:
        finding = Finding.ON_RECORD if licence else Finding.UNKNOWN
        return Verification(finding, wanted, statement=statement, state=state)
    try:
        proof = licence_codes.verify(payload, keys.published().signing)
    except keys.KeysMissing:
        return Verification(Finding.UNCHECKED, wanted, statement=statement, state=state)
    why = _flaw(proof, wanted, licence)
    return Verification(
        Finding.NOT_GENUINE if why else Finding.GENUINE, wanted, why=why, statement=statement, state=state
    )


def _flaw(proof: Verified | NotGenuine, code: str, licence: Licence | None) -> Flaw | Difference | None:
    if isinstance(proof, NotGenuine):
        return proof.flaw
    if proof.code != code:
        return Difference.OTHER_CODE
    if licence is None:
        return Difference.NO_RECORD
    stated = json.dumps(licence.statement, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    if proof.number != licence.number or proof.statement_sha256 != hashlib.sha256(stated).hexdigest():
        return Difference.OTHER_CONTENT
    return None
