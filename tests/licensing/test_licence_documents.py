"""The licence on paper: archival, tagged, sealed, and told from a changed copy with keys alone."""

import io
import json
import random
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from pyhanko.pdf_utils.reader import PdfFileReader

from licensing.rules.licence_codes import Flaw, NotGenuine, qr_text
from licensing.rules.licence_documents import LicenceDocument, statement_of
from licensing.services import keys, licence_documents, licence_seals
from licensing.services.licence_seals import VerifiedPdf, check
from tests.papers import ANTIMONY, line, paper

NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(autouse=True)
def own_keys(settings: Any, folder: Path) -> None:
    settings.SLUICE_DATA = folder
    settings.DEMO = True
    settings.LICENCE_SIGNING_KEY = settings.LICENCE_SEAL_KEY = ""


def render(document: LicenceDocument) -> bytes:
    return licence_documents.render(document=document, keys=keys.issuing())


def checked(pdf: bytes) -> VerifiedPdf | NotGenuine:
    return check(pdf=pdf, keys=keys.published(), at=NOW)


@pytest.fixture
def sealed(folder: Path) -> bytes:
    kept = folder / "antimony.pdf"
    if not kept.exists():
        kept.write_bytes(render(ANTIMONY))
    return kept.read_bytes()


@pytest.fixture
def opened(sealed: bytes) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(io.BytesIO(sealed)) as pdf:
        yield pdf


def test_the_file_is_archival_accessible_and_titled(opened: pikepdf.Pdf) -> None:
    with opened.open_metadata() as metadata:
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
        assert metadata["pdfuaid:part"] == "1"
        assert ANTIMONY.number in metadata["dc:title"]
    assert opened.Root.MarkInfo.Marked
    assert opened.Root.Lang == "zh-CN"
    roles = {str(element.get("/S")) for element in opened.objects if isinstance(element, pikepdf.Dictionary)}
    assert {"/H1", "/H2", "/Table", "/TH", "/TD", "/Figure", "/Link"} <= roles


def test_every_font_is_embedded(opened: pikepdf.Pdf) -> None:
    descriptors = [
        each
        for each in opened.objects
        if isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/FontDescriptor"
    ]
    assert any("NotoSansCJKsc" in str(each.FontName) for each in descriptors)
    assert all({"/FontFile", "/FontFile2", "/FontFile3"} & set(each.keys()) for each in descriptors)


def test_nothing_in_the_file_runs_or_calls_home(opened: pikepdf.Pdf) -> None:
    assert not {"/OpenAction", "/AA"} & set(opened.Root.keys())
    dictionaries = [each for each in opened.objects if isinstance(each, pikepdf.Dictionary)]
    links = [each.A for each in dictionaries if each.get("/Subtype") == "/Link"]
    assert {(str(each.S), str(each.URI)) for each in links} == {("/URI", ANTIMONY.verify_url)}
    assert not any("/JS" in each or each.get("/S") in {"/JavaScript", "/Launch"} for each in dictionaries)


def test_the_seal_is_pades_covers_the_file_and_lies_off_the_page(sealed: bytes, opened: pikepdf.Pdf) -> None:
    signatures = PdfFileReader(io.BytesIO(sealed)).embedded_signatures
    assert [each.sig_object["/SubFilter"] for each in signatures] == ["/ETSI.CAdES.detached"]
    found = checked(sealed)
    assert isinstance(found, VerifiedPdf)
    assert found.statement == json.loads(statement_of(ANTIMONY))
    assert found.verified.number == ANTIMONY.number
    (seal,) = opened.Root.AcroForm.Fields
    assert float(seal.Rect[0]) == float(seal.Rect[2]) < 0
    assert int(seal.F) & 4, "PDF/A wants every field to print"


def test_one_changed_byte_anywhere_breaks_it(sealed: bytes) -> None:
    (signature,) = PdfFileReader(io.BytesIO(sealed)).embedded_signatures
    start, length, resume, _rest = signature.byte_range
    gap = start + length
    published = keys.published()
    dice = random.Random(7)
    places = [
        *dice.sample(range(len(sealed)), 20),
        *dice.sample(range(gap, gap + 1950), 30),
        gap,
        resume - 5,
        resume - 1,
    ]
    for at in places:
        changed = bytearray(sealed)
        changed[at] ^= 1
        assert isinstance(check(pdf=bytes(changed), keys=published, at=NOW), NotGenuine), at


def test_what_was_added_cut_or_never_sealed_is_told(sealed: bytes, opened: pikepdf.Pdf) -> None:
    assert checked(sealed + b"\n% and more") == NotGenuine(Flaw.BROKEN_SEAL)
    assert checked(sealed[:-200]) == NotGenuine(Flaw.BROKEN_SEAL)
    assert checked(b"%PDF-1.7\nnot really") == NotGenuine(Flaw.BROKEN_SEAL)
    del opened.Root.AcroForm
    del opened.pages[0].Annots
    stripped = io.BytesIO()
    opened.save(stripped)
    assert checked(stripped.getvalue()) == NotGenuine(Flaw.UNSEALED)


def test_a_seal_of_somebody_else_is_told(settings: Any, tmp_path: Path, sealed: bytes) -> None:
    ours = keys.published()
    settings.SLUICE_DATA = tmp_path
    forged = licence_documents.render(document=ANTIMONY, keys=keys.issuing())
    assert check(pdf=forged, keys=ours, at=NOW) == NotGenuine(Flaw.FOREIGN_SEAL)


def test_a_genuine_code_on_another_licence_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody with access to the seal alone cannot pass off other contents: the code binds the statement."""
    genuine = qr_text(ANTIMONY, keys.issuing().signing)
    other = paper(end_use="Something else")
    pdf = licence_documents._set(other, genuine)
    assert checked(licence_seals.seal(pdf=pdf, number=other.number, keys=keys.issuing())) == NotGenuine(Flaw.STATEMENT)


def test_the_same_licence_is_set_in_the_same_bytes() -> None:
    code = qr_text(ANTIMONY, keys.issuing().signing)
    assert licence_documents._set(ANTIMONY, code) == licence_documents._set(ANTIMONY, code)


def test_names_stay_names() -> None:
    """Template source, markup and the longest word reach the paper as plain text."""
    hostile = paper(
        holder_en='#read("licence.typ") *bold* $x$ \\ <script> "]) #panic("x")',
        end_use="W" * 300,
        holder_zh="𠮷䶮氪㙍有限责任公司",
        transit=("SG", "MY", "HK"),
    )
    found = checked(render(hostile))
    assert isinstance(found, VerifiedPdf)
    assert found.statement["holder_en"] == hostile.holder_en


def test_twelve_lines_flow_over_pages_and_all_are_there() -> None:
    pdf = render(paper(lines=12, demo=False))
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert len(opened.pages) == 2
    found = checked(pdf)
    assert isinstance(found, VerifiedPdf)
    assert len(found.verified.lines) == len(found.statement["lines"]) == 12


@pytest.mark.parametrize("changes", [{"conditions": (), "conditions_zh": ()}, {"holder_zh": ""}, {"kind": "general"}])
def test_a_licence_may_leave_things_out(changes: dict[str, Any]) -> None:
    assert isinstance(checked(render(paper(**changes))), VerifiedPdf)


def test_a_unit_or_place_without_a_name_is_printed_as_given() -> None:
    odd = replace(ANTIMONY, lines=(replace(line(), unit="drum", origin="XX"),))
    assert isinstance(checked(render(odd)), VerifiedPdf)


@pytest.mark.parametrize(("name", "missing"), [("한국금속", "한"), ("Siam ไทย", "ไ"), ("Metals 🜍", "🜍")])
def test_a_character_that_no_font_draws_stops_the_paper(name: str, missing: str) -> None:
    with pytest.raises(
        licence_documents.LicenceDocumentError, match=rf"{ANTIMONY.number} cannot be printed.*{missing}"
    ):
        render(paper(holder_en=name))


def test_keys_are_made_once_kept_private_and_published(folder: Path) -> None:
    first, second = keys.issuing(), keys.issuing()
    assert first.signing.private_bytes_raw() == second.signing.private_bytes_raw()
    for name in ("signing.pem", "seal.pem"):
        assert stat.S_IMODE((folder / "keys" / name).stat().st_mode) == 0o600
    public = sorted((folder / "keys" / "public").iterdir())
    assert [path.name.partition(".")[2] for path in public] == ["pub.pem", "seal.pem"] or len(public) == 2
    assert not any(b"PRIVATE" in path.read_bytes() for path in public)


def test_a_licence_with_legal_effect_needs_named_keys(settings: Any, tmp_path: Path, folder: Path) -> None:
    keys.issuing()
    settings.SLUICE_DATA = tmp_path
    settings.DEMO = False
    with pytest.raises(keys.KeysMissing, match="LICENCE_SIGNING_KEY"):
        keys.issuing()
    settings.LICENCE_SIGNING_KEY = str(folder / "keys" / "signing.pem")
    settings.LICENCE_SEAL_KEY = str(folder / "keys" / "seal.pem")
    assert keys.issuing().signing.private_bytes_raw()
    settings.LICENCE_SIGNING_KEY = settings.LICENCE_SEAL_KEY
    with pytest.raises(keys.KeysMissing, match="Ed25519"):
        keys.issuing()
    settings.LICENCE_SIGNING_KEY = str(tmp_path / "absent.pem")
    with pytest.raises(keys.KeysMissing, match="No such file"):
        keys.issuing()


def test_a_replaced_key_leaves_older_licences_genuine(
    settings: Any, folder: Path, tmp_path: Path, sealed: bytes
) -> None:
    settings.SLUICE_DATA = tmp_path
    keys.issuing()
    for name in ("signing.pem", "seal.pem"):
        (tmp_path / "keys" / name).unlink()
    for public in (folder / "keys" / "public").iterdir():
        (tmp_path / "keys" / "public" / public.name).write_bytes(public.read_bytes())
    keys.issuing()
    assert len(keys.published().seals) == 3
    assert isinstance(checked(sealed), VerifiedPdf)


class TestCommand:
    """`manage.py verify_licence`: three exits, and words for each."""

    @pytest.fixture
    def file(self, sealed: bytes, tmp_path: Path) -> Path:
        path = tmp_path / "licence.pdf"
        path.write_bytes(sealed)
        return path

    def test_a_genuine_pdf(self, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
        call_command("verify_licence", str(file))
        said = capsys.readouterr().out
        assert said.startswith("Genuine licence SLC-2026-000417 (single)\n")
        assert "1. 3C003.a 20,000.5 kg" in said
        assert "no legal effect" in said

    def test_a_genuine_code_as_json(self, capsys: pytest.CaptureFixture[str]) -> None:
        call_command("verify_licence", qr_text(ANTIMONY, keys.issuing().signing), "--json")
        said = json.loads(capsys.readouterr().out)
        assert (said["genuine"], said["checked"], said["number"]) == (True, "code", ANTIMONY.number)
        assert said["lines"] == [{"control_code": "3C003.a", "quantity": "20000.5", "unit": "kg"}]
        assert said["valid_until"] == date(2027, 5, 22).isoformat()

    def test_a_code_in_a_file(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        path = tmp_path / "scanned.txt"
        path.write_text(qr_text(ANTIMONY, keys.issuing().signing) + "\n")
        call_command("verify_licence", str(path))
        assert capsys.readouterr().out.startswith("Genuine licence")

    def test_one_digit_changed(self, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
        sealed = file.read_bytes()
        at = sealed.index(b"/CreationDate") + 18
        file.write_bytes(sealed[:at] + b"9" + sealed[at + 1 :])
        with pytest.raises(SystemExit, match="1"):
            call_command("verify_licence", str(file))
        assert "changed or damaged after it was sealed" in capsys.readouterr().err

    def test_a_changed_code_as_json(self, capsys: pytest.CaptureFixture[str]) -> None:
        code = qr_text(ANTIMONY, keys.issuing().signing).replace("verify/7", "verify/8")
        with pytest.raises(SystemExit, match="1"):
            call_command("verify_licence", code, "--json")
        assert json.loads(capsys.readouterr().out)["flaw"] == "address"

    @pytest.mark.parametrize(
        ("words", "says"),
        [
            (["absent.pdf"], "Cannot read absent.pdf: No such file"),
            ([ANTIMONY.code], "short code alone proves nothing off line"),
            (["https://desk.example/?s=x", "--keys", "/nowhere"], "No public keys in /nowhere"),
        ],
    )
    def test_bad_use(self, words: list[str], says: str) -> None:
        with pytest.raises(CommandError, match=says) as refused:
            call_command("verify_licence", *words)
        assert refused.value.returncode == 2
