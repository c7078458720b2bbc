"""TLS for the doors that speak HTTP."""

from __future__ import annotations

import ssl
from pathlib import Path

from hookline_runtime.tls.files import ServerFiles, TlsUnusable
from hookline_runtime.tls.identity import read_identity
from hookline_runtime.tls.renewing import Renewing


def server_context(files: ServerFiles) -> ssl.SSLContext:
    """A context that looks at its files at each new connection.

    Raises:
        TlsUnusable: a file does not hold what it should.
    """
    renewing = Renewing((files.certificate, files.key), lambda: _fresh(files))

    def choose(connection: ssl.SSLObject, _name: str | None, _context: ssl.SSLContext) -> None:
        # OpenSSL asks at every greeting, whether or not it names a server. A context is never changed, for a half
        # renewed pair would have replaced the old one.
        renewing.look()
        connection.context = renewing.current

    context = _fresh(files)
    context.sni_callback = choose
    return context


def believing(certificate: Path) -> ssl.SSLContext:
    """A context of a client that believes this very certificate, whatever name it is for, and no other.

    Raises:
        TlsUnusable: the file cannot be read or holds something else.
    """
    try:
        context = ssl.create_default_context(cafile=str(certificate))
    except OSError as error:
        raise TlsUnusable(f"{certificate}: cannot be used: {error.strerror or error}") from None
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context


def _fresh(files: ServerFiles) -> ssl.SSLContext:
    read_identity(files.certificate, files.key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_cert_chain(files.certificate, files.key)
    except (ssl.SSLError, OSError) as error:
        raise TlsUnusable(f"{files.certificate}: cannot be used with {files.key}: {error}") from None
    return context
