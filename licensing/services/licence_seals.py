"""The seal on a licence's PDF (PAdES B-B) and the whole check of such a file.

A file is genuine when the seal of a published certificate covers every byte of it, the code attached to it is
signed by a published key, and the statement attached to it is the one that the code names. Nothing is fetched.
"""

import io
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto import cms
from asn1crypto.core import Null
from cryptography.hazmat.primitives.serialization import Encoding
from django.utils.translation import gettext_lazy as _
from pyhanko.keys.internal import translate_pyca_cryptography_cert_to_asn1, translate_pyca_cryptography_key_to_asn1
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import InvisSigSettings, MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.validation import EmbeddedPdfSignature, validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from licensing.rules.licence_codes import Flaw, NotGenuine, Verified, verify
from licensing.services.keys import IssuingKeys, PublishedKeys

STATEMENT = "licence-statement.json"
CODE = "licence-code.txt"
SEAL_ROOM = 8192
"""Hexadecimal digits kept free for the seal: stated, because measuring it would take a second signature."""
REASONS = {
    Flaw.UNREADABLE: _("It holds no licence code that can be read. Scan or copy the whole code again."),
    Flaw.UNKNOWN_KEY: _("Its code names a key that this authority has not published."),
    Flaw.SIGNATURE: _("Its code was changed after it was signed, or was never signed by this authority."),
    Flaw.ADDRESS: _("The address in its code is not the one that was signed."),
    Flaw.UNSEALED: _("The file bears no seal. Licences leave this authority as sealed PDF files."),
    Flaw.FOREIGN_SEAL: _("The file was sealed by somebody else, not by this authority."),
    Flaw.BROKEN_SEAL: _("The file was changed or damaged after it was sealed."),
    Flaw.STATEMENT: _("What the file states is not what its code was signed for."),
}
"""What to tell people, by flaw."""


@dataclass(frozen=True, slots=True)
class VerifiedPdf:
    """A genuine file: what its code says, the full statement, and when it says it was sealed."""

    verified: Verified
    statement: dict[str, Any]
    sealed_at: datetime


def seal(*, pdf: bytes, number: str, keys: IssuingKeys) -> bytes:
    """``pdf`` with an invisible seal over the whole file that allows no later change.

    The seal bears the time at which it is set. The box lies off the page: PDF/A forbids a hidden field, PDF/UA an
    untagged one on the page.
    """
    certificate = translate_pyca_cryptography_cert_to_asn1(keys.certificate)
    signer = SimpleSigner(
        signing_cert=certificate,
        signing_key=translate_pyca_cryptography_key_to_asn1(keys.seal),
        cert_registry=SimpleCertificateStore(),  # type: ignore[no-untyped-call]
        embed_roots=False,
    )
    meaning = PdfSignatureMetadata(
        field_name="Seal",
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        reason=f"Licence {number}",
    )
    field = SigFieldSpec(
        "Seal",
        on_page=0,
        invis_sig_settings=InvisSigSettings(set_print_flag=True, set_hidden_flag=False, box_out_of_bounds=True),
        readable_field_name="签章 Seal",
    )
    sealed = io.BytesIO()
    PdfSigner(meaning, signer, new_field_spec=field).sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(pdf)), output=sealed, bytes_reserved=SEAL_ROOM
    )
    return sealed.getvalue()


def check(*, pdf: bytes, keys: PublishedKeys, at: datetime) -> VerifiedPdf | NotGenuine:
    """Tell whether ``pdf`` is a licence as this authority sealed it. ``at`` is the moment of checking."""
    try:
        return _check(pdf, keys, at)
    except Exception:
        # A damaged or hostile file can make its parser fail in any way; whichever it is, the file is not as sealed.
        return NotGenuine(Flaw.BROKEN_SEAL)


def _check(pdf: bytes, keys: PublishedKeys, at: datetime) -> VerifiedPdf | NotGenuine:
    reader = PdfFileReader(io.BytesIO(pdf))
    if not reader.embedded_signatures:
        return NotGenuine(Flaw.UNSEALED)
    signature = reader.embedded_signatures[-1]
    certificates = {each.public_bytes(Encoding.DER): each for each in keys.seals}
    if signature.signer_cert.dump() not in certificates:
        return NotGenuine(Flaw.FOREIGN_SEAL)
    status = validate_pdf_signature(
        signature,
        ValidationContext(
            trust_roots=[translate_pyca_cryptography_cert_to_asn1(each) for each in certificates.values()],
            moment=at,
            allow_fetching=False,
        ),
    )
    covered = status.coverage == SignatureCoverageLevel.ENTIRE_FILE and _exact(pdf, signature)
    if not (status.bottom_line and covered) or status.signer_reported_dt is None:
        return NotGenuine(Flaw.BROKEN_SEAL)
    attached = _attachments(reader)
    if CODE not in attached or STATEMENT not in attached:
        return NotGenuine(Flaw.UNREADABLE)
    verified = verify(attached[CODE].decode(), keys.signing)
    if isinstance(verified, NotGenuine):
        return verified
    if not verified.states(attached[STATEMENT]):
        return NotGenuine(Flaw.STATEMENT)
    return VerifiedPdf(verified, json.loads(attached[STATEMENT]), status.signer_reported_dt)


def _exact(pdf: bytes, signature: EmbeddedPdfSignature) -> bool:
    """Whether the gap that no signature can cover holds that signature, spelt in the one way that `seal` does.

    The message is built anew from the parts that the signature vouches for, so that not even a byte without meaning
    (a length, a version, the padding) can differ.
    """
    start, length, resume, _rest = signature.byte_range
    gap = pdf[start + length : resume]
    sha256 = cms.DigestAlgorithm({"algorithm": "sha256", "parameters": Null()})
    vouched = {
        part: signature.signer_info[part] for part in ("sid", "signed_attrs", "signature_algorithm", "signature")
    }
    message = cms.ContentInfo(
        {
            "content_type": "signed_data",
            "content": {
                "version": "v1",
                "digest_algorithms": [sha256],
                "encap_content_info": {"content_type": "data"},
                "certificates": [signature.signer_cert],
                "signer_infos": [{"version": "v1", "digest_algorithm": sha256} | vouched],
            },
        }
    )
    spelling: bytes = message.dump().hex().upper().encode()
    return gap == b"<" + spelling.ljust(len(gap) - 2, b"0") + b">"


def _attachments(reader: PdfFileReader) -> dict[str, bytes]:
    files = (each.get_object() for each in reader.root["/AF"])
    return {str(file["/UF"]): file["/EF"]["/F"].data for file in files}
