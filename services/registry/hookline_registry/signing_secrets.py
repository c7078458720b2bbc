"""Signing secrets of targets: their forms, where they are stored, and how one follows another."""

import base64
import binascii
import secrets
from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hookline_registry.model import ItemKind, Secrets
from hookline_runtime.vault.envelope import Place
from hookline_runtime.vault.vault import Kept

SHARED, PRIVATE, PUBLIC = "whsec_", "whsk_", "whpk_"
"""What begins a secret that the receiver shares, a private key, and the public key of its pair."""
DEFAULT_OVERLAP = 24 * 3600 * 1_000_000
"""How long the secret before a rotation signs beside the new one, in microseconds."""
FORM = "must be whsec_ followed by 24 to 64 bytes in base64, or whsk_ followed by an Ed25519 key of 32 or 64 bytes"
"""What a given secret must be, for people."""
_SIZE = range(24, 65)
_SEED = 32


def new_secret(*, pair: bool = False) -> str:
    """Make a secret of 32 random bytes, or the private key of a pair."""
    return (PRIVATE if pair else SHARED) + base64.b64encode(secrets.token_bytes(32)).decode()


def is_secret(text: str) -> bool:
    """Say whether a text is a secret in one of the two forms, in standard base64."""
    if text.startswith(PRIVATE):
        return _seed(text) is not None
    return text.startswith(SHARED) and len(_bytes(text, SHARED)) in _SIZE


def public_key_of(secret: str) -> str:
    """Give the public key of a private one; empty for a secret that the receiver shares."""
    seed = _seed(secret) if secret.startswith(PRIVATE) else None
    if seed is None:
        return ""
    return PUBLIC + base64.b64encode(_public(seed)).decode()


def _seed(private: str) -> bytes | None:
    """Read a private key: its seed, or the seed with the public key behind it; None for anything else."""
    raw = _bytes(private, PRIVATE)
    seed, public = raw[:_SEED], raw[_SEED:]
    return seed if len(seed) == _SEED and (not public or public == _public(seed)) else None


def _public(seed: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def _bytes(text: str, prefix: str) -> bytes:
    """Give what stands behind the prefix in base64, nothing where that is none."""
    try:
        return base64.b64decode(text.removeprefix(prefix).encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        return b""


def place_of(kind: ItemKind, account_id: int, target_id: int) -> Place:
    """Say where the signing secrets of a target belong; the current one and the one before share their place."""
    return Place(account_id, kind.name.lower(), target_id, "signing_secret")


def rotated(now: Secrets, new: Kept, public_key: str, at: int, overlap: int) -> Secrets:
    """Give what signs after a rotation: the new secret and, for `overlap` microseconds, the current one."""
    if overlap == 0:
        return replace(now, current=new, old=None, old_expire_time=None, public_key=public_key)
    return replace(now, current=new, old=now.current, old_expire_time=at + overlap, public_key=public_key)


def alive(kept: Secrets, at: int) -> Secrets:
    """Give the secrets without the one that has expired."""
    if kept.old_expire_time is not None and kept.old_expire_time <= at:
        return replace(kept, old=None, old_expire_time=None)
    return kept
