"""What connections to receivers show and trust: names are checked, and TLS 1.2 is the least that is spoken."""

from __future__ import annotations

import os
import secrets
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)


@dataclass(frozen=True, slots=True)
class ReceiverTls:
    """What one target's connections show and trust, all PEM; what is empty is as for everybody.

    `key` is that of the first of the `certificate` chain; where it is stored, it stands here sealed.
    """

    certificate: str = ""
    key: str = field(default="", repr=False)
    authorities: str = ""

    @property
    def size(self) -> int:
        """How many characters it has."""
        return len(self.certificate) + len(self.key) + len(self.authorities)


def receiver_context(tls: ReceiverTls = ReceiverTls()) -> ssl.SSLContext:
    """Make a context; where the system's authorities count, that takes tens of milliseconds.

    Raises:
        ValueError: OpenSSL does not take what should be shown or trusted.
    """
    try:
        context = ssl.create_default_context(cadata=tls.authorities or None)
        if tls.certificate:
            _show(context, tls)
    except (ssl.SSLError, UnsupportedAlgorithm, TypeError) as error:
        raise ValueError(str(error)) from None
    if tls.authorities:
        # Whoever names a certificate means that one, not the authority that signed it in turn.
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.hostname_checks_common_name = False  # it names nothing: RFC 9525, section 2
    context.set_alpn_protocols(["http/1.1"])
    return context


def _show(context: ssl.SSLContext, tls: ReceiverTls) -> None:
    """Have the certificate shown. OpenSSL takes it from a file only, so the key is encrypted for the way there."""
    password = secrets.token_hex(32)
    key = load_pem_private_key(tls.key.encode(), None, unsafe_skip_rsa_key_validation=True)
    encrypted = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(password.encode()))
    with _file_of(tls.certificate.encode() + b"\n" + encrypted) as name:
        context.load_cert_chain(name, password=password)


@contextmanager
def _file_of(content: bytes) -> Iterator[str]:
    """Give the name of a file with the content, in memory where there is such a thing: a disk may be read-only."""
    if hasattr(os, "memfd_create"):
        with os.fdopen(os.memfd_create("identity"), "wb", buffering=0) as memory:
            memory.write(content)
            yield f"/proc/self/fd/{memory.fileno()}"
        return
    with tempfile.NamedTemporaryFile(buffering=0) as file:
        file.write(content)
        yield file.name
