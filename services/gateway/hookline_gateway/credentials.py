"""The key that a request shows in its headers, as the metadata by which the services know who calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from starlette.requests import Request

from hookline_gateway.backends import Metadata
from hookline_runtime.errors import Unauthenticated

API_KEY, API_APPID = "api-key", "api-appid"
_LONGEST = 512

KeysOf: TypeAlias = Callable[[Request], Metadata]
"""Where a request's key is read from; raises a HooklineError where it holds none that could be shown."""


def header_keys(headers: Mapping[str, str]) -> Metadata:
    """The key in these headers, or as much of it as there is; the service decides whether it is one.

    Raises:
        Unauthenticated: they hold what no key holds.
    """
    shown = tuple((name, headers[name]) for name in (API_KEY, API_APPID) if name in headers)
    if not all(sendable(value) for _, value in shown):
        raise unknown_key()
    return shown


def whole_key(api_key: str, api_appid: str) -> Metadata:
    """A key of which both halves are needed.

    Raises:
        Unauthenticated: one is missing, or holds what no key holds.
    """
    if not api_key or not api_appid:
        raise Unauthenticated("the headers Api-Key and Api-Appid are required", reason="KEY_MISSING")
    return header_keys({API_KEY: api_key, API_APPID: api_appid})


def unknown_key() -> Unauthenticated:
    """That there is no such key."""
    return Unauthenticated("no key has this Api-Appid and Api-Key", reason="KEY_INVALID")


def sendable(text: str) -> bool:
    """Whether gRPC takes it as metadata."""
    return len(text) <= _LONGEST and text.isascii() and text.isprintable()
