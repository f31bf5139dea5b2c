"""The keys that sign and seal licences, and the public halves by which anyone can check them.

Two keys, two jobs: Ed25519 signs the code in the QR, ECDSA on P-256 seals the PDF. A server names the files of both
(`LICENCE_SIGNING_KEY`, `LICENCE_SEAL_KEY`). The zero-install start makes a pair for demonstration once, under
``keys/`` of the data folder, readable by its owner alone. Public halves are published in ``keys/public/`` under a
name made from the key; a key that is replaced stays there, so that older licences go on verifying.

Files, all PEM: the signing key in PKCS 8; the seal's key in PKCS 8 followed by its certificate; public
signing keys ``<key id>.pub.pem``; certificates ``<first bytes of SHA-256>.seal.pem``.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.utils.translation import gettext as _

from licensing.rules.licence_codes import key_id_of


class KeysMissing(RuntimeError):
    """No key to sign with, or none to check by: nothing can be issued or verified until one is named."""


@dataclass(frozen=True, slots=True)
class IssuingKeys:
    """What a licence is made with. ``signing`` signs the code, ``seal`` and its ``certificate`` the PDF."""

    signing: Ed25519PrivateKey
    seal: EllipticCurvePrivateKey
    certificate: x509.Certificate


@dataclass(frozen=True, slots=True)
class PublishedKeys:
    """What a licence is checked by: public signing keys by key id, and the certificates of seals."""

    signing: dict[str, Ed25519PublicKey]
    seals: tuple[x509.Certificate, ...]


def issuing() -> IssuingKeys:
    """The keys in use, their public halves published.

    Raises `KeysMissing` where a system that is no demonstration names no keys, or names files that hold none.
    """
    folder = Path(settings.SLUICE_DATA) / "keys"
    signing = _private(settings.LICENCE_SIGNING_KEY, folder / "signing.pem", _new_signing_key)
    seal = _private(settings.LICENCE_SEAL_KEY, folder / "seal.pem", _new_seal)
    try:
        signing_key = load_pem_private_key(signing, password=None)
        seal_key = load_pem_private_key(seal, password=None)
        certificate = x509.load_pem_x509_certificate(seal)
    except ValueError as error:
        raise KeysMissing(_("A licence key file does not hold what it should: %(error)s") % {"error": error}) from error
    if not isinstance(signing_key, Ed25519PrivateKey) or not isinstance(seal_key, EllipticCurvePrivateKey):
        raise KeysMissing(_("LICENCE_SIGNING_KEY must hold an Ed25519 key, LICENCE_SEAL_KEY an elliptic-curve key."))
    if certificate.public_key() != seal_key.public_key():
        raise KeysMissing(_("The certificate in LICENCE_SEAL_KEY belongs to another key."))
    keys = IssuingKeys(signing_key, seal_key, certificate)
    _publish(keys, public_folder())
    return keys


def published(*, folder: Path | None = None) -> PublishedKeys:
    """The keys to check by, from ``folder`` or from where this system publishes its own.

    Raises `KeysMissing` if the folder holds none, or a file in it is damaged.
    """
    folder = folder or public_folder()
    signing, seals = {}, []
    for path in sorted(folder.glob("*.pem")):
        try:
            if path.name.endswith(".seal.pem"):
                seals.append(x509.load_pem_x509_certificate(path.read_bytes()))
            elif path.name.endswith(".pub.pem"):
                key = load_pem_public_key(path.read_bytes())
                if isinstance(key, Ed25519PublicKey):
                    signing[key_id_of(key)] = key
        except ValueError as error:
            raise KeysMissing(_("%(file)s is not a public key: %(error)s") % {"file": path, "error": error}) from error
    if not signing:
        raise KeysMissing(_("No public keys in %(folder)s.") % {"folder": folder})
    return PublishedKeys(signing, tuple(seals))


def public_folder() -> Path:
    """Where the public halves lie, to be handed to whoever checks licences off line."""
    return Path(settings.SLUICE_DATA) / "keys" / "public"


def _private(named: str, path: Path, make: Callable[[], bytes]) -> bytes:
    if named:
        try:
            return Path(named).read_bytes()
        except OSError as error:
            raise KeysMissing(_("Cannot read the licence key: %(error)s") % {"error": error}) from error
    if not settings.DEMO:
        raise KeysMissing(
            _(
                "Name the files of the licence keys in LICENCE_SIGNING_KEY and LICENCE_SEAL_KEY: "
                "licences with legal effect are not signed with keys made on the spot."
            )
        )
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_once(path, make(), mode=0o600)
    return path.read_bytes()


def _publish(keys: IssuingKeys, folder: Path) -> None:
    public = keys.signing.public_key()
    parts = {
        f"{key_id_of(public)}.pub.pem": public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        f"{keys.certificate.fingerprint(SHA256()).hex()[:8]}.seal.pem": keys.certificate.public_bytes(Encoding.PEM),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in parts.items():
        if not (folder / name).exists():
            _write_once(folder / name, content, mode=0o644)


def _write_once(path: Path, content: bytes, *, mode: int) -> None:
    """Write ``path`` whole or not at all; of two processes that try at once, the first wins and both read its file."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        file.write(content)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _new_signing_key() -> bytes:
    return _pem(Ed25519PrivateKey.generate())


def _new_seal() -> bytes:
    """A key and a certificate that it signed itself.

    The certificate has no last day (RFC 5280, 4.1.2.5): a licence must verify for as long as anyone keeps it, and
    a seal ends by being taken out of the published folder.
    """
    key = generate_private_key(SECP256R1())
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, str(settings.AUTHORITY["en"])[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, "Licence seal (demonstration)"),
        ]
    )
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, SHA256())
    )
    return _pem(key) + certificate.public_bytes(Encoding.PEM)


def _pem(key: Ed25519PrivateKey | EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
