"""Keys of firings, each good for one firing, kept as digests, from which nothing of an object can be read."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b

from hookline_dispatcher.store.routing import Post

from . import rows


def key_digest(source: str, post: Post, key: str) -> bytes:
    """What a firing's key is kept as."""
    return blake2b(rows.keys([source, *post, key]).encode(), digest_size=16).digest()


def note_keys(connection: sqlite3.Connection, digests: Sequence[bytes], now: int) -> set[bytes]:
    """Those of ``digests`` that were not known before; they are from now on."""
    new = set(digests)
    for start in range(0, len(digests), rows.CHUNK):
        chunk = digests[start : start + rows.CHUNK]
        found = rows.table(connection, _known(len(chunk)), chunk)
        new.difference_update(bytes.fromhex(digest) for (digest,) in found)
    rows.insert(connection, "firing_key", "digest, create_time", [(digest, now) for digest in new])
    return new


@lru_cache(maxsize=rows.CHUNK)
def _known(number: int) -> str:
    return rows.select("hex(digest)", f"FROM firing_key WHERE digest IN ({','.join('?' * number)})")
