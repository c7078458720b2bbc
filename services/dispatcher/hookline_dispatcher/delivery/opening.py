"""The secrets of a target, opened: once for each revision of its settings, never for each request."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hookline_dispatcher.config.sealing import (
    authentication_place_of,
    header_place_of,
    place_of,
    private_key_place_of,
)
from hookline_dispatcher.config.targets import TargetSettings
from hookline_dispatcher.core.signature import SigningKey, signing_key
from hookline_runtime.tls.to_receivers import ReceiverTls
from hookline_runtime.vault.envelope import Place
from hookline_runtime.vault.vault import Kept, Vault
from hookline_runtime.webhook.authentication import HEADER, ClientCredentials

from .echoes import secrets_of
from .headers import MASK, Header
from .oauth2 import Client

NO_KEY = "the signing secret cannot be read"
NO_HEADER = "a secret header cannot be read"
NO_AUTHENTICATION = "the secret of the authentication cannot be read"
NO_CLIENT_KEY = "the private key of the client certificate cannot be read"


class NotReadable(Exception):
    """Something secret cannot be opened; the text says what."""


@dataclass(frozen=True, slots=True)
class OpenedSecrets:
    """What signs, what goes along in headers, what gets tokens, and what connections show."""

    keys: tuple[tuple[SigningKey, int], ...]
    headers: tuple[Header, ...]
    masked: bytes
    """The block of the headers as they may be kept, that of a token among them."""
    client: Client | None
    tls: ReceiverTls | None
    shown: tuple[bytes, ...]
    """What a receiver may send back, and is not to be kept."""


def opened_secrets(current: TargetSettings, vault: Vault) -> OpenedSecrets:
    """All of it.

    Raises:
        NotReadable: something cannot be opened.
    """
    headers = _secret_headers(current, vault)
    authorization, client = _authentication(current, vault)
    named = [*(name for name, _ in headers), *([HEADER.encode()] if current.authentication else [])]
    masked = b"".join(b"%s: %s\r\n" % (name.lower(), MASK) for name in named)
    sent = headers + authorization
    shown = secrets_of(sent)
    return OpenedSecrets(_keys(current, vault), sent, masked, client, _tls(current, vault), shown)


def _keys(current: TargetSettings, vault: Vault) -> tuple[tuple[SigningKey, int], ...]:
    place = place_of(current.key)
    return tuple((_signing_key(_opened(vault, place, each.text, NO_KEY)), each.expire_time) for each in current.secrets)


def _signing_key(text: str) -> SigningKey:
    try:
        return signing_key(text)
    except ValueError:
        raise NotReadable(NO_KEY) from None


def _secret_headers(current: TargetSettings, vault: Vault) -> tuple[Header, ...]:
    return tuple(
        (name.encode("ascii"), _opened(vault, header_place_of(current.key, name), kept, NO_HEADER).encode())
        for name, kept in current.secret_headers
    )


def _authentication(current: TargetSettings, vault: Vault) -> tuple[tuple[Header, ...], Client | None]:
    kept = current.authentication
    if kept is None:
        return (), None
    place = authentication_place_of(current.key, kept)
    opened = replace(kept, secret=_opened(vault, place, kept.secret, NO_AUTHENTICATION))
    if isinstance(opened.method, ClientCredentials):
        return (), Client(current.key.account_id, opened.method, opened.secret)
    return ((HEADER.encode(), opened.header.encode("ascii")),), None


def _tls(current: TargetSettings, vault: Vault) -> ReceiverTls | None:
    kept = current.tls
    if kept is None or not kept.key:
        return kept
    return replace(kept, key=_opened(vault, private_key_place_of(current.key), kept.key, NO_CLIENT_KEY))


def _opened(vault: Vault, place: Place, kept: str, reason: str) -> str:
    try:
        return vault.open(place, Kept(kept))
    except ValueError:
        raise NotReadable(reason) from None
