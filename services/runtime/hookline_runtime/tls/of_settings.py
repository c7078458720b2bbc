"""What the settings of a service say about encryption: how it listens, and how it connects.

Nothing listens in plain text where others than this machine can connect, unless the settings say that it may.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import grpc

from hookline_runtime.renewed_channel import Credentials
from hookline_runtime.settings import PREFIX, Settings, SettingsError
from hookline_runtime.tls import https, rpc
from hookline_runtime.tls.files import ClientFiles, ServerFiles, TlsUnusable
from hookline_runtime.tls.plaintext import is_loopback

T = TypeVar("T")
CERTIFICATE, KEY, CA, CLIENT_CA = (f"tls_{each}_file" for each in ("certificate", "key", "ca", "client_ca"))


@dataclass(frozen=True, slots=True)
class Transport:
    """How a service listens for gRPC, shows its metrics, and connects to the others; None each: in plain text."""

    rpc: grpc.ServerCredentials | None
    metrics: ssl.SSLContext | None
    others: Credentials | None


def transport_of(settings: Settings, service: str) -> Transport:
    """What the settings say for a service, by whose name its own ones begin.

    Raises:
        SettingsError: certificates cannot be used, or plain text may not be where it would.
    """
    return Transport(
        rpc_server(settings, f"{service}_address"),
        http_server(settings, f"{service}_metrics"),
        rpc_client(settings),
    )


def rpc_server(settings: Settings, name: str) -> grpc.ServerCredentials | None:
    """Credentials for the address that the setting ``name`` holds; None: plain text.

    Raises:
        SettingsError: they cannot be had, or plain text may not be there.
    """
    files = _shown(settings, CERTIFICATE, KEY)
    if settings.tls_client_ca_file is not None and files is None:
        raise _missing(CERTIFICATE, CLIENT_CA)
    if files is None:
        _refuse_plaintext(settings, name, CERTIFICATE, KEY)
        return None
    try:
        return rpc.server_credentials(ServerFiles(files.certificate, files.key, settings.tls_client_ca_file))
    except TlsUnusable as error:
        raise SettingsError(str(error)) from None


def rpc_client(settings: Settings) -> Credentials | None:
    """Credentials to connect to the other services with, as their files hold them; None: plain text.

    Raises:
        SettingsError: they cannot be had.
    """
    if settings.tls_ca_file is None:
        return None
    shown = _shown(settings, CERTIFICATE, KEY)
    files = ClientFiles(settings.tls_ca_file, *((shown.certificate, shown.key) if shown else ()))
    try:
        return rpc.renewed_credentials(files)
    except TlsUnusable as error:
        raise SettingsError(str(error)) from None


def http_server(settings: Settings, name: str, certificate: str = CERTIFICATE, key: str = KEY) -> ssl.SSLContext | None:
    """A context for the address that the setting ``name`` holds, if any; None: plain text.

    ``certificate`` and ``key`` name the settings that hold the files.

    Raises:
        SettingsError: it cannot be had, or plain text may not be there.
    """
    files = _shown(settings, certificate, key)
    if files is None:
        _refuse_plaintext(settings, name, certificate, key)
        return None
    try:
        return https.server_context(files)
    except TlsUnusable as error:
        raise SettingsError(str(error)) from None


def _shown(settings: Settings, certificate: str, key: str) -> ServerFiles | None:
    chain, secret = _file(settings, certificate), _file(settings, key)
    if chain is None and secret is None:
        return None
    if chain is None:
        raise _missing(certificate, key)
    if secret is None:
        raise _missing(key, certificate)
    return ServerFiles(chain, secret)


def _file(settings: Settings, name: str) -> Path | None:
    found: Path | None = getattr(settings, name)
    return found


def _missing(name: str, beside: str) -> SettingsError:
    return SettingsError(f"{_variable(name)}: is required beside {_variable(beside)}")


def _refuse_plaintext(settings: Settings, name: str, certificate: str, key: str) -> None:
    address: str | None = getattr(settings, name)
    if address is None or settings.plaintext or is_loopback(address):
        return
    raise SettingsError(
        f"{_variable(name)}: others than this machine can connect to {address}, and nothing would be encrypted: set"
        f" {_variable(certificate)} and {_variable(key)}, or {PREFIX}PLAINTEXT=true where everybody on the network may"
        " read along"
    )


def _variable(name: str) -> str:
    return f"{PREFIX}{name}".upper()
