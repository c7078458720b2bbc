"""How this process and others on this machine reach the services that it starts, by the environment that those have."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import grpc

from hookline_cli.failure import CliError
from hookline_runtime.tls.files import ClientFiles, TlsUnusable

_CA = "HOOKLINE_TLS_CA_FILE"
_CERTIFICATE = "HOOKLINE_TLS_CERTIFICATE_FILE"
_KEY = "HOOKLINE_TLS_KEY_FILE"
_GATEWAY = "HOOKLINE_GATEWAY_CERTIFICATE_FILE"


@dataclass(frozen=True, slots=True)
class Encryption:
    """What clients of the services are to have, and the certificates of services and gateway; None: plain text."""

    client: ClientFiles | None = None
    gateway: Path | None = None

    @property
    def services(self) -> Path | None:
        """The certificate that the services show."""
        return self.client.certificate if self.client else None

    def rpc(self) -> grpc.ChannelCredentials | None:
        """Credentials for the services' gRPC; raises CliError where they cannot be had."""
        if self.client is None:
            return None
        # What reads certificates takes a while to import; without any nothing does.
        from hookline_runtime.tls.rpc import channel_credentials

        try:
            return channel_credentials(self.client)
        except TlsUnusable as error:
            raise CliError(str(error)) from None

    def http(self, certificate: Path | None) -> ssl.SSLContext | bool:
        """What a client of HTTP verifies by: a service on this machine is believed by its very certificate."""
        if certificate is None:
            return True
        from hookline_runtime.tls.https import believing

        try:
            return believing(certificate)
        except TlsUnusable as error:
            raise CliError(str(error)) from None


PLAIN = Encryption()


def encryption_of(environment: Mapping[str, str]) -> Encryption:
    """What the environment says; raises CliError where a part is missing."""
    ca, certificate, key, gateway = (_file(environment, each) for each in (_CA, _CERTIFICATE, _KEY, _GATEWAY))
    if ca is None and certificate is None:
        return Encryption(None, gateway)
    if ca is None or certificate is None or key is None:
        raise CliError(f"{_CA}, {_CERTIFICATE} and {_KEY} belong together here: the services connect to each other")
    return Encryption(ClientFiles(ca, certificate, key), gateway)


def _file(environment: Mapping[str, str], name: str) -> Path | None:
    return Path(found).absolute() if (found := environment.get(name)) else None
