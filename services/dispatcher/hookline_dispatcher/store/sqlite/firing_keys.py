"""Keys of firings, kept as digests of one length, from which nothing of an object can be read."""

from __future__ import annotations

from hashlib import blake2b

from hookline_dispatcher.store.routing import Post

from . import rows


def key_digest(source: str, post: Post, key: str) -> bytes:
    """What a firing's key is kept as."""
    return blake2b(rows.keys([source, *post, key]).encode(), digest_size=16).digest()
