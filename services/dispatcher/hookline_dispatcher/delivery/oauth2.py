"""Asking for an access token by client credentials (RFC 6749, section 4.4), and reading the answer. Pure.

An answer is a stranger's: nothing of it gets into a reason but the error codes that the standards know.
"""

from __future__ import annotations

import base64
import math
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus, urlencode

import orjson

from hookline_dispatcher.sender.model import Answered, Failed, Outgoing, Refusal
from hookline_runtime.egress.url import parse_url
from hookline_runtime.tls.to_receivers import ReceiverTls
from hookline_runtime.webhook.authentication import ClientCredentials

from .headers import USER_AGENT, Header

UNTOLD_LIFE = 300.0
"""Seconds that a token is used whose server does not say how long it lives."""
LONGEST_LIFE = 86_400.0
_EARLY, _EARLY_SHARE = 60.0, 0.1
"""A token is given up so many seconds before its end, of one that lives shortly this share of its life."""
_is_token = re.compile(r"[!-~]{1,8192}").fullmatch
_ERRORS = frozenset(
    {
        "access_denied",
        "invalid_client",
        "invalid_grant",
        "invalid_request",
        "invalid_scope",
        "invalid_target",
        "server_error",
        "temporarily_unavailable",
        "unauthorized_client",
        "unsupported_grant_type",
    }
)


@dataclass(frozen=True, slots=True)
class Client:
    """Who asks for a token, and where: accounts share none, nor do clients that differ in anything."""

    account_id: int
    asks: ClientCredentials
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Token:
    """An access token, which is good for so many seconds from when it was asked for; 0: for this once."""

    value: bytes = field(repr=False)
    life: float

    @property
    def header(self) -> Header:
        """What shows it (RFC 6750)."""
        return b"Authorization", b"Bearer " + self.value


@dataclass(frozen=True, slots=True)
class NoToken:
    """There is none; ``reason`` is fit for the customer, ``refusal`` for the operator alone."""

    reason: str
    refusal: Refusal | None = None


def token_request(client: Client) -> Outgoing:
    """The request for a token; raises ValueError where it cannot be sent."""
    asks, url = client.asks, parse_url(client.asks.token_url)
    optional = {"scope": " ".join(asks.scopes), "audience": asks.audience, "resource": asks.resource}
    fields = {"grant_type": "client_credentials", **{name: value for name, value in optional.items() if value}}
    headers = [
        (b"User-Agent", USER_AGENT.encode("ascii")),
        (b"Content-Type", b"application/x-www-form-urlencoded"),
        (b"Accept", b"application/json"),
    ]
    if asks.in_body:
        fields |= {"client_id": asks.client_id, "client_secret": client.secret}
    else:
        pair = f"{quote_plus(asks.client_id)}:{quote_plus(client.secret)}"
        headers.append((b"Authorization", b"Basic " + base64.b64encode(pair.encode("ascii"))))
    tls = ReceiverTls(authorities=asks.authorities) if asks.authorities else None
    return Outgoing(b"POST", url.endpoint, url.target, headers, urlencode(fields).encode("ascii"), tls)


def read_token(answer: Answered | Failed) -> Token | NoToken:
    """What came of the request."""
    if isinstance(answer, Failed):
        return NoToken(f"no access token: {answer.reason.replace('receiver', 'token server')}", answer.refusal)
    body = _object(answer)
    if not 200 <= answer.status_code < 300:
        error = body.get("error")
        code = f" ({error})" if isinstance(error, str) and error in _ERRORS else ""
        return NoToken(f"no access token: the token server answered {answer.status_code}{code}")
    value, kind, life = body.get("access_token"), body.get("token_type", "bearer"), _life(body.get("expires_in"))
    if not isinstance(value, str) or not _is_token(value) or life is None:
        return NoToken("no access token: the token server's answer holds none")
    if not isinstance(kind, str) or kind.lower() != "bearer":
        return NoToken("no access token: the token server gives other tokens than bearer tokens")
    return Token(value.encode("ascii"), life)


def _object(answer: Answered) -> dict[str, Any]:
    """The JSON object of an answer; an empty one where there is none, or it is larger than what is kept of answers."""
    try:
        found = {} if answer.body_cut else orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _life(told: object) -> float | None:
    """How long a token is used; None for what is no span of time. Some servers write the number as a text."""
    if told is None:
        return UNTOLD_LIFE
    if isinstance(told, bool) or not isinstance(told, int | float | str):
        return None
    try:
        seconds = float(told)
    except (ValueError, OverflowError):
        return None
    if not math.isfinite(seconds):
        return None
    seconds = min(seconds, LONGEST_LIFE)
    return max(0.0, seconds - min(_EARLY, seconds * _EARLY_SHARE))
