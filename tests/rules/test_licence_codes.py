"""The statement of a licence and its signed code: one spelling, and no change that goes unseen."""

import base64
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as some

from licensing.rules.licence_codes import (
    ALPHABET,
    CAPACITY,
    Flaw,
    NotGenuine,
    Verified,
    key_id_of,
    new_code,
    qr_text,
    read_code,
    verify,
)
from licensing.rules.licence_documents import statement_of
from tests.papers import ANTIMONY, line, paper

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEYS = {key_id_of(KEY.public_key()): KEY.public_key()}
CODE = qr_text(ANTIMONY, KEY)
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))


def verified(text: str) -> Verified:
    found = verify(text, KEYS)
    assert isinstance(found, Verified), found
    return found


def test_a_code_says_what_the_licence_says() -> None:
    found = verified(CODE)
    assert (found.number, found.kind, found.code, found.demo) == ("SLC-2026-000417", "single", ANTIMONY.code, True)
    assert (found.holder_en, found.holder_zh) == (ANTIMONY.holder_en, ANTIMONY.holder_zh)
    assert [(each.control_code, each.quantity, each.unit) for each in found.lines] == [
        ("3C003.a", Decimal("20000.5"), "kg")
    ]
    assert (found.destination, found.end_user, found.end_user_country) == ("TH", ANTIMONY.end_user.name, "TH")
    assert (found.valid_from, found.valid_until) == (ANTIMONY.valid_from, ANTIMONY.valid_until)
    assert found.states(statement_of(ANTIMONY))
    assert not found.states(statement_of(paper(end_use="Something else")))


def test_every_character_of_a_code_counts() -> None:
    for at, character in enumerate(CODE):
        for changed in {"0", "1", "A", character.swapcase()} - {character}:
            assert isinstance(verify(CODE[:at] + changed + CODE[at + 1 :], KEYS), NotGenuine), at


def test_a_code_cut_short_or_drawn_out_is_refused() -> None:
    assert all(isinstance(verify(CODE[:length], KEYS), NotGenuine) for length in range(len(CODE)))
    assert isinstance(verify(CODE + "A", KEYS), NotGenuine)
    assert isinstance(verify(CODE + "=", KEYS), NotGenuine)


def test_the_payload_proves_itself_without_its_address() -> None:
    address, _mark, payload = CODE.partition("?s=")
    assert verified(payload) == verified(CODE)
    moved = f"{address.replace('desk', 'fake')}?s={payload}"
    assert verify(moved, KEYS) == NotGenuine(Flaw.ADDRESS, key_id_of(KEY.public_key()))


def test_a_code_of_another_key_is_refused_with_its_name() -> None:
    foreign = qr_text(ANTIMONY, OTHER)
    assert verify(foreign, KEYS) == NotGenuine(Flaw.UNKNOWN_KEY, key_id_of(OTHER.public_key()))
    address, _mark, payload = foreign.partition("?s=")
    wire = bytearray(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    wire[1:5] = bytes.fromhex(key_id_of(KEY.public_key()))
    posing = f"{address}?s={base64.urlsafe_b64encode(wire).rstrip(b'=').decode()}"
    assert verify(posing, KEYS) == NotGenuine(Flaw.SIGNATURE, key_id_of(KEY.public_key()))


def test_keys_rotate_and_old_licences_go_on_verifying() -> None:
    ring = KEYS | {key_id_of(OTHER.public_key()): OTHER.public_key()}
    assert all(isinstance(verify(qr_text(ANTIMONY, key), ring), Verified) for key in (KEY, OTHER))


@pytest.mark.parametrize(
    "text", ["", "?s=", "hello", "?s=AQ", "é?s=é", "https://desk.example/verify/X/?s=" + "A" * 200]
)
def test_noise_is_unreadable(text: str) -> None:
    assert verify(text, KEYS) == NotGenuine(Flaw.UNREADABLE)


@given(some.text())
def test_no_text_makes_verification_fail(text: str) -> None:
    assert isinstance(verify(text, KEYS), NotGenuine)
    assert isinstance(verify("?s=" + text, KEYS), NotGenuine)


def test_twelve_lines_make_a_code_that_prints_well() -> None:
    text = qr_text(paper(lines=12), KEY)
    assert len(text) <= 720
    assert len(verified(text).lines) == 12


def test_lines_that_do_not_fit_are_counted_not_hidden() -> None:
    document = paper(lines=90)
    text = qr_text(document, KEY)
    found = verified(text)
    assert len(text) <= CAPACITY
    assert 40 < len(found.lines) < found.lines_total == 90
    assert found.states(statement_of(document))


def test_a_name_too_long_for_any_code_is_an_error() -> None:
    ideographs = "".join(chr(0x4E00 + 7 * at) for at in range(600))
    with pytest.raises(ValueError, match="too long"):
        qr_text(paper(holder_zh=ideographs), KEY)


def test_days_include_the_last() -> None:
    found = verified(CODE)
    days = [date(2026, 11, 22), date(2026, 11, 23), date(2027, 5, 22), date(2027, 5, 23)]
    assert [found.in_force(on=day) for day in days] == [False, True, True, False]


def test_a_short_code_can_be_read_aloud() -> None:
    code = new_code()
    assert len(code) == 19
    assert set(code) <= {*ALPHABET, "-"}
    assert len({new_code() for _ in range(200)}) == 200
    assert read_code(code.lower().replace("-", " ")) == code
    assert read_code("oil0-0000-0000-0000") == "0110-0000-0000-0000"
    assert read_code("7K3M-9QXT-2BVD-HR5") is None
    assert read_code("7K3M-9QXT-2BVD-HR5U") is None


def test_the_same_licence_has_one_statement() -> None:
    respelt = replace(
        ANTIMONY,
        holder_en=" Hunan  Xiangjiang Antimony Industry Import & Export Co.,\r\nLtd.",
        lines=(replace(line(), quantity=Decimal("2.00005E+4"), value=Decimal("512000")),),
    )
    assert statement_of(respelt) == statement_of(ANTIMONY)
    said = json.loads(statement_of(ANTIMONY))
    assert said["lines"][0]["quantity"] == "20000.5"
    assert said["schema"] == "sluice/licence/1"


def test_composed_and_decomposed_letters_are_the_same_text() -> None:
    assert statement_of(paper(end_use="Zu\u0308rich")) == statement_of(paper(end_use="Z\u00fcrich"))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"kind": "open"}, "kinds single, general, voucher"),
        ({"valid_until": date(2026, 11, 22)}, "before it begins"),
        ({"code": "AAAA-AAAA-AAAA-AAAA"}, "does not end in the code"),
        ({"holder_en": "Acme \u202egnp.exe"}, "invisible character U\\+202E"),
        ({"conditions": ("a\x00b",)}, "invisible character U\\+0000"),
        ({"lines": 0}, "has no lines"),
    ],
)
def test_no_authority_means_such_a_licence(changes: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        paper(**changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("quantity", ["0", "-1", "NaN", "Infinity"])
def test_a_quantity_is_more_than_zero(quantity: str) -> None:
    with pytest.raises(ValueError, match="line 1: a quantity is more than zero"):
        replace(ANTIMONY, lines=(replace(line(), quantity=Decimal(quantity)),))
