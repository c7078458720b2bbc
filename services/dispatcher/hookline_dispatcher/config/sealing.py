"""Secrets of targets in the replica: where they belong, and how what is stored of a target is sealed anew.

They stay sealed in memory, too, until a request is signed: the renderer opens them once per revision of a target.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson

from hookline_dispatcher.store.model import TARGET_KINDS, ConfigRow, TargetKey
from hookline_runtime.vault.envelope import Place
from hookline_runtime.vault.renewing import Renewal
from hookline_runtime.vault.vault import Kept, Vault
from hookline_runtime.webhook.authentication import Authentication, from_json

from .targets import TargetSettings

_KINDS = {1: "subscription", 2: "webhook"}


def place_of(key: TargetKey) -> Place:
    """Where the signing secrets of a target belong; all of them share their place."""
    return Place(key.account_id, _KINDS[key.kind], key.id, "signing_secret")


def header_place_of(key: TargetKey, name: str) -> Place:
    """Where the value of a secret header of a target belongs."""
    return Place(key.account_id, _KINDS[key.kind], key.id, f"secret_header:{name.lower()}")


def authentication_place_of(key: TargetKey, authentication: Authentication) -> Place:
    """Where the secret of a target's authentication belongs."""
    return Place(key.account_id, _KINDS[key.kind], key.id, authentication.place)


def private_key_place_of(key: TargetKey) -> Place:
    """Where the private key of a target's client certificate belongs."""
    return Place(key.account_id, _KINDS[key.kind], key.id, "client_private_key")


def sealed(settings: TargetSettings, vault: Vault) -> TargetSettings:
    """The settings that came with secrets in clear, with them as they are to be stored."""
    key, tls, authentication = settings.key, settings.tls, settings.authentication
    place = place_of(key)
    if authentication is not None:
        sealed_secret = vault.seal(authentication_place_of(key, authentication), authentication.secret)
        authentication = replace(authentication, secret=sealed_secret)
    if tls is not None and tls.key:
        tls = replace(tls, key=vault.seal(private_key_place_of(key), tls.key))
    return replace(
        settings,
        authentication=authentication,
        tls=tls,
        secrets=tuple(replace(each, text=vault.seal(place, each.text)) for each in settings.secrets),
        secret_headers=tuple(
            (name, vault.seal(header_place_of(key, name), value)) for name, value in settings.secret_headers
        ),
    )


def renewed_body(renewal: Renewal, row: ConfigRow) -> bytes:
    """The body of a target's row with its secrets as they should be stored; the same bytes where they are."""
    body = orjson.loads(row.body)
    key = TargetKey(row.account_id, TARGET_KINDS[row.kind], row.id)
    place = place_of(key)
    renewed = {
        "secrets": [[renewal.renewed(place, Kept(text)), expires] for text, expires in body.get("secrets", [])],
        "secret_headers": [
            [name, renewal.renewed(header_place_of(key, name), Kept(value))]
            for name, value in body.get("secret_headers", [])
        ],
        **_renewed_credentials(renewal, key, body),
    }
    return (
        row.body if all(body.get(name, []) == kept for name, kept in renewed.items()) else orjson.dumps(body | renewed)
    )


def _renewed_credentials(renewal: Renewal, key: TargetKey, body: Mapping[str, Any]) -> dict[str, Any]:
    renewed: dict[str, Any] = {}
    authentication, tls = body.get("authentication"), body.get("tls")
    if authentication:
        place = authentication_place_of(key, from_json(authentication))
        renewed["authentication"] = {**authentication, "secret": renewal.renewed(place, Kept(authentication["secret"]))}
    if tls and tls["key"]:
        renewed["tls"] = {**tls, "key": renewal.renewed(private_key_place_of(key), Kept(tls["key"]))}
    return renewed
