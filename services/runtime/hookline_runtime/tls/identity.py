"""What the files of certificates and keys must hold; apart from their names, for it takes a while to import."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hookline_runtime.tls.files import TlsUnusable


@dataclass(frozen=True, slots=True)
class Identity:
    """A chain and the key of its first certificate, both PEM, which fit together."""

    certificate: bytes
    key: bytes

    @property
    def name(self) -> str:
        """A name or an address that the first certificate is for; empty where it has none."""
        certificate = x509.load_pem_x509_certificates(self.certificate)[0]
        try:
            names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        except x509.ExtensionNotFound:
            return ""
        found = [*names.get_values_for_type(x509.DNSName), *map(str, names.get_values_for_type(x509.IPAddress))]
        return found[0].replace("*", "any") if found else ""


def read_identity(certificate: Path, key: Path) -> Identity:
    """A chain and its key.

    Raises:
        TlsUnusable: a file cannot be read or holds something else, or they do not fit together.
    """
    chain, secret = _bytes(certificate), _bytes(key)
    shown = _certificates(certificate, chain)[0].public_key()
    try:
        own = serialization.load_pem_private_key(secret, password=None).public_key()
    except TypeError:
        raise TlsUnusable(f"{key}: the key must not have a password") from None
    except (ValueError, UnsupportedAlgorithm):
        raise TlsUnusable(f"{key}: holds no private key in PEM") from None
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if own.public_bytes(*form) != shown.public_bytes(*form):
        raise TlsUnusable(f"{key}: is not the key of the certificate in {certificate}")
    return Identity(chain, secret)


def read_authorities(file: Path) -> bytes:
    """The certificates of authorities, at least one, as they stand in the file.

    Raises:
        TlsUnusable: the file cannot be read or holds something else.
    """
    held = _bytes(file)
    _certificates(file, held)
    return held


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise TlsUnusable(f"{file}: cannot be read: {error.strerror or error}") from None


def _certificates(file: Path, held: bytes) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(held)
    except ValueError:
        raise TlsUnusable(f"{file}: holds no certificate in PEM") from None
