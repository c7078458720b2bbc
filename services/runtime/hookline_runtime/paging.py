"""Page tokens of keyset lists: opaque, and good for the list that gave them only.

A token holds the sort key of the last item of a page and a fingerprint of the filter. It proves
nothing: every look-up still carries the account, which belongs into the filter as well.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from hookline_runtime.errors import InvalidArgument, Violation

DEFAULT_PAGE_SIZE = 50
UNREADABLE = "must be empty or the next_page_token of the page before"
_FINGERPRINT_BYTES = 9
_INTEGERS = range(-(2**63), 2**63)


def page_size(requested: int) -> int:
    """How many items a page holds at most: ``requested``, or 50 for 0."""
    return requested or DEFAULT_PAGE_SIZE


def encode_token(filter_fields: Mapping[str, Any], key: Sequence[int | str]) -> str:
    """A token that continues after ``key`` in the list that ``filter_fields`` select.

    ``filter_fields`` are names and JSON values; their order does not matter. Integers fit 64 bits with sign.
    """
    raw = _fingerprint(filter_fields) + orjson.dumps(list(key))
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decode_token(token: str, filter_fields: Mapping[str, Any]) -> list[int | str] | None:
    """The key that ``token`` continues after; None for the empty token, which asks for the first page.

    Raises:
        InvalidArgument: the token is garbage or belongs to another filter; the field is ``page_token``.
    """
    if not token:
        return None
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        key = orjson.loads(raw[_FINGERPRINT_BYTES:])
    except (ValueError, binascii.Error):
        raise _refusal(UNREADABLE) from None
    if raw[:_FINGERPRINT_BYTES] != _fingerprint(filter_fields):
        raise _refusal("is the token of another list, or of other filters")
    if not isinstance(key, list) or not all(map(_is_part, key)):
        raise _refusal(UNREADABLE)
    return key


def _is_part(part: object) -> bool:
    """Whether it may stand in a key; no store takes an integer beyond 64 bits with sign."""
    return type(part) is str or (type(part) is int and part in _INTEGERS)


def _fingerprint(filter_fields: Mapping[str, Any]) -> bytes:
    canonical = orjson.dumps(dict(filter_fields), option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(canonical).digest()[:_FINGERPRINT_BYTES]


def _refusal(reason: str) -> InvalidArgument:
    return InvalidArgument(Violation("page_token", reason))
