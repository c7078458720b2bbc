"""What is secret about a target, all of it together: where each part belongs, and how it is kept."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from hookline_registry import secret_headers
from hookline_registry.model import ItemKind, Secrets
from hookline_registry.secret_headers import Written
from hookline_registry.signing_secrets import place_of, public_key_of
from hookline_runtime.tls.to_receivers import ReceiverTls
from hookline_runtime.vault.envelope import Place
from hookline_runtime.vault.renewing import Renewal
from hookline_runtime.vault.vault import Kept, Vault
from hookline_runtime.webhook.authentication import Authentication, from_json

Target = tuple[ItemKind, int, int]
"""Kind, account and id."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a caller gave along with a target, in clear."""

    headers: Written = ()
    authentication: Authentication | None = None
    tls: ReceiverTls | None = None


def made(vault: Vault, target: Target, signing: str, given: Given) -> Secrets:
    """Give the secrets of a target that is made."""
    return Secrets(
        vault.seal(place_of(*target), signing),
        public_key=public_key_of(signing),
        headers=secret_headers.sealed(vault, target, given.headers),
        authentication=given.authentication and sealed_authentication(vault, target, given.authentication),
        tls=given.tls and sealed_tls(vault, target, given.tls),
    )


def sealed_authentication(vault: Vault, target: Target, opened: Authentication) -> Authentication:
    """Give an authentication as it is to be stored."""
    return replace(opened, secret=vault.seal(authentication_place(target, opened), opened.secret))


def sealed_tls(vault: Vault, target: Target, opened: ReceiverTls) -> ReceiverTls:
    """Give TLS settings as they are to be stored."""
    return replace(opened, key=vault.seal(key_place(target), opened.key)) if opened.key else opened


def authentication_place(target: Target, authentication: Authentication) -> Place:
    """Say where the secret of an authentication belongs."""
    return _place(target, authentication.place)


def key_place(target: Target) -> Place:
    """Say where the private key of a client's certificate belongs."""
    return _place(target, "client_private_key")


def renewed_authentication(renewal: Renewal, target: Target, row: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Give what should be stored in the stead of an authentication's column."""
    if row is None:
        return None
    return {**row, "secret": renewal.renewed(authentication_place(target, from_json(row)), Kept(row["secret"]))}


def renewed_tls(renewal: Renewal, target: Target, row: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Give what should be stored in the stead of the TLS settings' column."""
    if row is None or not row["key"]:
        return row
    return {**row, "key": renewal.renewed(key_place(target), Kept(row["key"]))}


def _place(target: Target, name: str) -> Place:
    kind, account_id, target_id = target
    return Place(account_id, kind.name.lower(), target_id, name)
