"""Credentials of gRPC, for servers and for clients."""

from __future__ import annotations

from collections.abc import Callable

import grpc

from hookline_runtime.tls.files import ClientFiles, ServerFiles
from hookline_runtime.tls.identity import read_authorities, read_identity
from hookline_runtime.tls.renewing import Renewing


def server_credentials(files: ServerFiles) -> grpc.ServerCredentials:
    """Credentials that look at their files at each new connection.

    Raises:
        TlsUnusable: a file does not hold what it should.
    """

    def read() -> grpc.ServerCertificateConfiguration:
        own = read_identity(files.certificate, files.key)
        clients = read_authorities(files.client_ca) if files.client_ca else None
        return grpc.ssl_server_certificate_configuration([(own.key, own.certificate)], clients)

    watched = [each for each in (files.certificate, files.key, files.client_ca) if each]
    renewing = Renewing(watched, read)

    def renewed() -> grpc.ServerCertificateConfiguration | None:
        return renewing.current if renewing.look() else None

    mutual = files.client_ca is not None
    # None says that all stays as it is, which the types do not know.
    return grpc.dynamic_ssl_server_credentials(renewing.current, renewed, mutual)  # type: ignore[arg-type]


def channel_credentials(files: ClientFiles) -> grpc.ChannelCredentials:
    """Credentials as the files hold them now.

    Raises:
        TlsUnusable: a file does not hold what it should.
    """
    authorities = read_authorities(files.ca)
    if files.certificate is None or files.key is None:
        return grpc.ssl_channel_credentials(authorities)
    own = read_identity(files.certificate, files.key)
    return grpc.ssl_channel_credentials(authorities, own.key, own.certificate)


def renewed_credentials(files: ClientFiles) -> Callable[[], grpc.ChannelCredentials]:
    """What gives credentials as the files hold them whenever it is asked; what cannot be used leaves the old ones.

    Raises:
        TlsUnusable: a file does not hold what it should, at the beginning.
    """
    watched = [each for each in (files.ca, files.certificate, files.key) if each]
    renewing = Renewing(watched, lambda: channel_credentials(files))

    def current() -> grpc.ChannelCredentials:
        renewing.look()
        return renewing.current

    return current
