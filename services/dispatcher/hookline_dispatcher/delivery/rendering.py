"""Requests ready to be sent: URL, headers and secrets of the current settings around a body of the frozen ones.

Headers: ``webhook-id``, ``webhook-timestamp`` and ``webhook-signature`` (Standard Webhooks 1.0), ``User-Agent``, the
encoder's Content-Type, then the target's own, which may replace the last two. The signature is made over the very
bytes that are sent, with every secret in force. What does not change from request to request is kept per revision of
a target's settings, in a bounded cache.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from importlib.metadata import version
from typing import NamedTuple

from hookline_dispatcher.config.targets import TargetSettings
from hookline_dispatcher.core.event import Event
from hookline_dispatcher.core.instants import SECOND
from hookline_dispatcher.core.signature import sign, signing_key
from hookline_dispatcher.sender.model import Outgoing
from hookline_dispatcher.sender.request import OWNED_HEADERS
from hookline_dispatcher.store.model import TargetKey
from hookline_runtime.egress.url import ParsedUrl, UrlRefused, parse_url

from .body import FindEncoder, NotRendered, render_body
from .headers import MASK, Header, sent_block

USER_AGENT = f"Hookline/{version('hookline-dispatcher')} (+webhooks)"
METHOD = "POST"
MOST_KEPT = 20_000

_NOT_THEIRS = OWNED_HEADERS | {b"webhook-id", b"webhook-timestamp", b"webhook-signature"}
_LOG_TAIL = b"webhook-id: %s\r\nwebhook-timestamp: %d\r\nwebhook-signature: " + MASK + b"\r\n"


def webhook_id(installation: str, root_id: int) -> str:
    """The ``webhook-id`` of a delivery and its redeliveries; ``installation`` is of eight digits."""
    return f"msg_{installation}{root_id:x}"


class Rendered(NamedTuple):
    """A request, and its headers as they may be kept."""

    outgoing: Outgoing
    log_headers: bytes


@dataclass(frozen=True, slots=True)
class _Settled:
    """What of a request only changes with the target's settings."""

    url: ParsedUrl
    headers: tuple[Header, ...]
    log_headers: bytes
    keys: tuple[tuple[bytes, int], ...]


class Renderer:
    """Renders requests; pure but for its cache."""

    def __init__(self, find_encoder: FindEncoder, most_kept: int = MOST_KEPT) -> None:
        self._find_encoder = find_encoder
        self._most_kept = most_kept
        self._kept: OrderedDict[tuple[TargetKey, int, str], _Settled] = OrderedDict()

    def body(self, event: Event, frozen: TargetSettings) -> bytes | None:
        """The body alone, for whoever looks at a request that was sent; None when it cannot be rendered any more."""
        body = render_body(event, frozen, self._find_encoder)
        return None if isinstance(body, NotRendered) else body.content

    def request(
        self, message_id: str, event: Event, frozen: TargetSettings, current: TargetSettings, now: int
    ) -> Rendered | NotRendered:
        """The request for ``event``.

        Args:
            message_id: The value of ``webhook-id``.
            event: What happened.
            frozen: The settings as of the firing: they make the body.
            current: The settings as of now: they say where it goes, with which headers and secrets.
            now: The present moment.
        """
        body = render_body(event, frozen, self._find_encoder)
        if isinstance(body, NotRendered):
            return body
        try:
            settled = self._settled(current, body.media_type)
        except UrlRefused as error:
            return NotRendered(str(error))
        except ValueError:
            return NotRendered("the signing secret cannot be read")
        seconds = now // SECOND
        keys = [key for key, expire_time in settled.keys if not expire_time or now < expire_time]
        name = message_id.encode("ascii")
        headers = (
            (b"webhook-id", name),
            (b"webhook-timestamp", b"%d" % seconds),
            (b"webhook-signature", sign(keys, message_id, seconds, body.content).encode("ascii")),
            *settled.headers,
        )
        outgoing = Outgoing(b"POST", settled.url.endpoint, settled.url.target, headers, body.content)
        return Rendered(outgoing, _LOG_TAIL % (name, seconds) + settled.log_headers)

    def _settled(self, current: TargetSettings, media_type: str) -> _Settled:
        key = (current.key, current.revision, media_type)
        settled = self._kept.get(key)
        if settled is None:
            settled = self._kept[key] = _settle(current, media_type)
            if len(self._kept) > self._most_kept:
                self._kept.popitem(last=False)
        return settled


def _settle(current: TargetSettings, media_type: str) -> _Settled:
    own = [(name.encode("ascii"), value.encode()) for name, value in current.headers]
    names = {name.lower() for name, _ in own}
    defaults = ((b"User-Agent", USER_AGENT.encode("ascii")), (b"Content-Type", media_type.encode("ascii")))
    headers = (
        *((name, value) for name, value in defaults if name.lower() not in names),
        *((name, value) for name, value in own if name.lower() not in _NOT_THEIRS),
    )
    keys = tuple((signing_key(secret.text), secret.expire_time) for secret in current.secrets)
    return _Settled(parse_url(current.url), headers, sent_block(headers), keys)
