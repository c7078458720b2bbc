"""Signing secrets in the replica: where they belong, and how what is stored of a target is sealed anew.

They stay sealed in memory, too, until a request is signed: the renderer opens them once per revision of a target.
"""

from __future__ import annotations

from dataclasses import replace

import orjson

from hookline_dispatcher.store.model import TARGET_KINDS, ConfigRow, TargetKey
from hookline_runtime.vault.envelope import Place
from hookline_runtime.vault.renewing import Renewal
from hookline_runtime.vault.vault import Kept, Vault

from .targets import TargetSettings

_KINDS = {1: "subscription", 2: "webhook"}


def place_of(key: TargetKey) -> Place:
    """Where the signing secrets of a target belong; all of them share their place."""
    return Place(key.account_id, _KINDS[key.kind], key.id, "signing_secret")


def sealed(settings: TargetSettings, vault: Vault) -> TargetSettings:
    """The settings that came with secrets in clear, with them as they are to be stored."""
    place = place_of(settings.key)
    return replace(
        settings, secrets=tuple(replace(each, text=vault.seal(place, each.text)) for each in settings.secrets)
    )


def renewed_body(renewal: Renewal, row: ConfigRow) -> bytes:
    """The body of a target's row with its secrets as they should be stored; the same bytes where they are."""
    body = orjson.loads(row.body)
    place = place_of(TargetKey(row.account_id, TARGET_KINDS[row.kind], row.id))
    kept = body.get("secrets", [])
    secrets = [[renewal.renewed(place, Kept(text)), expire_time] for text, expire_time in kept]
    return row.body if secrets == kept else orjson.dumps({**body, "secrets": secrets})
