"""What TLS settings of a target must be to be saved; for who saves and who previews. Pure but for OpenSSL."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from hookline_runtime.tls.to_receivers import ReceiverTls, receiver_context
from hookline_runtime.webhook.refusals import WebhookFlaw

CERTIFICATE, KEY, AUTHORITIES = "tls.client_certificate", "tls.client_private_key", "tls.ca_certificates"
_PRIVATE = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")
_FORM = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def tls_flaws(tls: ReceiverTls, now: int) -> Iterator[WebhookFlaw]:
    """Give what is wrong with the settings; `now` is in microseconds."""
    if bool(tls.certificate) != bool(tls.key):
        missing = CERTIFICATE if tls.key else KEY
        yield WebhookFlaw(missing, "is required: certificate and private key come together")
    elif tls.certificate:
        yield from _identity_flaws(tls, now)
    yield from authority_flaws(AUTHORITIES, tls.authorities)


def authority_flaws(path: str, pem: str) -> Iterator[WebhookFlaw]:
    """Give what is wrong with certificates that are to be trusted; none of them are fine."""
    if not pem:
        return
    try:
        certificates_in(pem)
        receiver_context(ReceiverTls(authorities=pem))
    except ValueError:
        yield WebhookFlaw(path, _NO_CERTIFICATES)


def certificates_in(pem: str) -> list[x509.Certificate]:
    """Read certificates, at least one.

    Raises ValueError where there is none, or anything else among them: a private key would be shown to everybody.
    """
    if _PRIVATE.search(pem):
        raise ValueError("holds a private key")
    return x509.load_pem_x509_certificates(pem.encode())


def expiry_of(pem: str) -> int:
    """Give when the first certificate of a chain that was taken expires, in microseconds."""
    return int(certificates_in(pem)[0].not_valid_after_utc.timestamp()) * 1_000_000


_NO_CERTIFICATES = "must hold certificates in PEM, and nothing else"


def _identity_flaws(tls: ReceiverTls, now: int) -> Iterator[WebhookFlaw]:
    try:
        first = certificates_in(tls.certificate)[0]
        shown = first.public_key().public_bytes(*_FORM)
        begin, end = first.not_valid_before_utc, first.not_valid_after_utc
    except (ValueError, UnsupportedAlgorithm):
        yield WebhookFlaw(CERTIFICATE, _NO_CERTIFICATES)
        return
    moment = datetime.fromtimestamp(now / 1_000_000, UTC)
    if moment > end:
        yield WebhookFlaw(CERTIFICATE, f"has expired: it was valid until {end:%Y-%m-%d}")
    elif moment < begin:
        yield WebhookFlaw(CERTIFICATE, f"is not valid before {begin:%Y-%m-%d}")
    reason = _key_fault(tls.key, shown)
    if reason:
        yield WebhookFlaw(KEY, reason)
    elif not _usable(tls):
        yield WebhookFlaw(CERTIFICATE, "is of a kind that TLS does not take, or its chain or key is too weak")


def _key_fault(pem: str, shown: bytes) -> str:
    try:
        key = load_pem_private_key(pem.encode(), None, unsafe_skip_rsa_key_validation=True)
    except TypeError:
        return "must not have a password"
    except (ValueError, UnsupportedAlgorithm):
        return "must hold a private key in PEM"
    fits = key.public_key().public_bytes(*_FORM) == shown
    return "" if fits else "is not the key of the first certificate in client_certificate"


def _usable(tls: ReceiverTls) -> bool:
    try:
        # Nothing is trusted here, so that the system's authorities need not be read.
        receiver_context(ReceiverTls(tls.certificate, tls.key, tls.certificate))
    except ValueError:
        return False
    return True
