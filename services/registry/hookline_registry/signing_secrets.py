"""Signing secrets of targets: their form, where they are stored, and how one follows another."""

import base64
import binascii
import secrets

from hookline_registry.model import ItemKind, Secrets
from hookline_runtime.vault.envelope import Place
from hookline_runtime.vault.vault import Kept

PREFIX = "whsec_"
DEFAULT_OVERLAP = 24 * 3600 * 1_000_000
"""How long the secret before a rotation signs beside the new one, in microseconds."""
FORM = "must be whsec_ followed by 24 to 64 bytes in base64"
"""What a given secret must be, for people."""
_SIZE = range(24, 65)


def new_secret() -> str:
    """Make a secret of 32 random bytes."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def is_secret(text: str) -> bool:
    """Say whether a text is `whsec_` and 24 to 64 bytes in standard base64."""
    if not text.startswith(PREFIX):
        return False
    try:
        raw = base64.b64decode(text.removeprefix(PREFIX).encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        return False
    return len(raw) in _SIZE


def place_of(kind: ItemKind, account_id: int, target_id: int) -> Place:
    """Say where the signing secrets of a target belong; the current one and the one before share their place."""
    return Place(account_id, kind.name.lower(), target_id, "signing_secret")


def rotated(now: Secrets, new: Kept, at: int, overlap: int) -> Secrets:
    """Give what signs after a rotation: the new secret and, for `overlap` microseconds, the current one."""
    if overlap == 0:
        return Secrets(new)
    return Secrets(new, now.current, at + overlap)


def alive(kept: Secrets, at: int) -> Secrets:
    """Give the secrets without the one that has expired."""
    if kept.old_expire_time is not None and kept.old_expire_time <= at:
        return Secrets(kept.current)
    return kept
