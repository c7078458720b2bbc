"""Requests ready to be sent: URL, headers and secrets of the current settings around a body of the frozen ones.

Headers: ``webhook-id``, ``webhook-timestamp`` and ``webhook-signature`` (Standard Webhooks 1.0), ``User-Agent``, the
encoder's Content-Type, then the target's own, which may replace the last two. The signature is made over the very
bytes that are sent as the body, with every secret in force. What does not change from request to request is kept per
revision of a target's settings, in bounded caches. How a webhook is merged is said in ``webhook_templates``.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from hookline_dispatcher.config.targets import TargetSettings, WebhookSettings
from hookline_dispatcher.core.event import Event
from hookline_dispatcher.core.instants import SECOND
from hookline_dispatcher.core.signature import SigningKey, sign
from hookline_dispatcher.sender.model import Outgoing
from hookline_dispatcher.sender.request import OWNED_HEADERS
from hookline_dispatcher.store.model import TargetKey
from hookline_runtime.egress.url import ParsedUrl, UrlRefused, parse_url
from hookline_runtime.isolation.apart import Apart
from hookline_runtime.isolation.encoders import EncoderApart
from hookline_runtime.isolation.trouble import PluginAway
from hookline_runtime.plugins import PluginHost
from hookline_runtime.tls.to_receivers import ReceiverTls
from hookline_runtime.vault.vault import Vault
from hookline_runtime.webhook.request import RenderedRequest
from hookline_runtime.webhook.url import parse_rendered

from .body import Body, FindEncoder, NotRendered, render_body
from .headers import MASK, USER_AGENT, Header, sent_block
from .oauth2 import Client
from .opening import NotReadable, opened_secrets
from .webhook_templates import WebhookTemplates

MOST_KEPT = 20_000

_NOT_THEIRS = OWNED_HEADERS | {b"webhook-id", b"webhook-timestamp", b"webhook-signature"}
_LOG_TAIL = b"webhook-id: %s\r\nwebhook-timestamp: %d\r\nwebhook-signature: " + MASK + b"\r\n"


def webhook_id(installation: str, root_id: int) -> str:
    """The ``webhook-id`` of a delivery and its redeliveries; ``installation`` is of eight digits."""
    return f"msg_{installation}{root_id:x}"


class Rendered(NamedTuple):
    """A request, its headers as they may be kept, its URL as people read it, and who gets it a token, if anybody."""

    outgoing: Outgoing
    log_headers: bytes
    url: str
    client: Client | None = None
    secrets: tuple[bytes, ...] = ()
    """What is masked where the receiver sends it back."""


@dataclass(frozen=True, slots=True)
class _Settled:
    """What of a request only changes with the target's settings; of a webhook, what is secret and what it trusts."""

    url: ParsedUrl | None
    headers: tuple[Header, ...]
    log_headers: bytes
    keys: tuple[tuple[SigningKey, int], ...]
    client: Client | None = None
    tls: ReceiverTls | None = None
    secrets: tuple[bytes, ...] = ()


class Renderer:
    """Renders requests; pure but for its caches."""

    def __init__(
        self,
        find_encoder: FindEncoder,
        templates: WebhookTemplates | None = None,
        most_kept: int = MOST_KEPT,
        *,
        foreign: bool = False,
        vault: Vault | None = None,
    ) -> None:
        """``foreign`` says that some plugins run apart; ``vault`` opens the secrets."""
        self._vault = vault or Vault()
        self._find_encoder = find_encoder
        self._foreign = foreign
        self._templates = templates or WebhookTemplates(PluginHost({}))
        self._most_kept = most_kept
        self._kept: OrderedDict[tuple[TargetKey, int, str], _Settled] = OrderedDict()

    def apart(self, frozen: TargetSettings, current: TargetSettings) -> Apart | None:
        """The plugin that is asked for the body, where it runs apart: then ``request`` blocks."""
        if not self._foreign:
            return None
        if isinstance(frozen, WebhookSettings):
            return self._templates.apart(frozen, current) if isinstance(current, WebhookSettings) else None
        encoder = self._find_encoder(frozen.content_type)
        return encoder.apart if isinstance(encoder, EncoderApart) else None

    async def body(self, event: Event, frozen: TargetSettings, method: str) -> bytes | None:
        """The body alone, for whoever looks at a request that was sent; None when it cannot be rendered any more."""
        apart = self.apart(frozen, frozen)
        work = partial(self._body, event, frozen, method)
        try:
            return work() if apart is None else await apart.run(work)
        except PluginAway:
            return None

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
        return self._around(message_id, self._made(event, frozen, current), current, now)

    async def request_of(
        self,
        apart: Apart | None,
        message_id: str,
        event: Event,
        frozen: TargetSettings,
        current: TargetSettings,
        now: int,
    ) -> Rendered | NotRendered:
        """The same, with the body made in the thread of the plugin that runs apart, if it is asked."""
        if apart is None:
            return self.request(message_id, event, frozen, current, now)
        try:
            made = await apart.run(partial(self._made, event, frozen, current))
        except PluginAway as away:
            return NotRendered(str(away), own=True)
        return self._around(message_id, made, current, now)

    def _body(self, event: Event, frozen: TargetSettings, method: str) -> bytes | None:
        if isinstance(frozen, WebhookSettings):
            sent = self._templates.body(event, frozen, method)
            return None if isinstance(sent, NotRendered) else sent
        body = render_body(event, frozen, self._find_encoder)
        return None if isinstance(body, NotRendered) else body.content

    def _made(
        self, event: Event, frozen: TargetSettings, current: TargetSettings
    ) -> Body | RenderedRequest | NotRendered:
        """What plugins are asked for; of what is kept here it touches nothing."""
        if isinstance(frozen, WebhookSettings):
            assert isinstance(current, WebhookSettings), "both are settings of one target"
            return self._templates.request(event, frozen, current)
        return render_body(event, frozen, self._find_encoder)

    def _around(
        self, message_id: str, made: Body | RenderedRequest | NotRendered, current: TargetSettings, now: int
    ) -> Rendered | NotRendered:
        """The request around what plugins made."""
        if isinstance(made, NotRendered):
            return made
        if isinstance(made, RenderedRequest):
            assert isinstance(current, WebhookSettings), "both are settings of one target"
            return self._webhook(message_id, made, current, now)
        try:
            settled = self._settled(current, made.media_type)
        except UrlRefused as error:
            return NotRendered(str(error))
        except NotReadable as error:
            return NotRendered(str(error))
        assert settled.url is not None, "a subscription's URL is settled"
        return _signed(message_id, b"POST", settled, settled.url, current.url, made.content, now)

    def _webhook(
        self, message_id: str, sent: RenderedRequest, current: WebhookSettings, now: int
    ) -> Rendered | NotRendered:
        try:
            own = self._settled(current, "")
        except NotReadable as error:
            return NotRendered(str(error))
        try:
            url = parse_rendered(sent.url)
            headers = _headers(sent.headers, sent.content_type)
        except UrlRefused as error:
            return NotRendered(str(error))
        except UnicodeError:
            return NotRendered("a header has characters that cannot be sent")
        all_headers, logged = headers + own.headers, sent_block(headers) + own.log_headers
        settled = _Settled(url, all_headers, logged, own.keys, own.client, own.tls, own.secrets)
        return _signed(message_id, current.method.encode("ascii"), settled, url, sent.url, sent.body, now)

    def _settled(self, current: TargetSettings, media_type: str) -> _Settled:
        key = (current.key, current.revision, media_type)
        settled = self._kept.get(key)
        if settled is None:
            settled = self._kept[key] = _settle(current, media_type, self._vault)
            if len(self._kept) > self._most_kept:
                self._kept.popitem(last=False)
        return settled


def _signed(
    message_id: str, method: bytes, settled: _Settled, url: ParsedUrl, written: str, body: bytes, now: int
) -> Rendered:
    """The request with the headers of Standard Webhooks 1.0."""
    seconds = now // SECOND
    keys = [key for key, expire_time in settled.keys if not expire_time or now < expire_time]
    name = message_id.encode("ascii")
    headers = (
        (b"webhook-id", name),
        (b"webhook-timestamp", b"%d" % seconds),
        (b"webhook-signature", sign(keys, message_id, seconds, body).encode("ascii")),
        *settled.headers,
    )
    outgoing = Outgoing(method, url.endpoint, url.target, headers, body, settled.tls)
    return Rendered(
        outgoing, _LOG_TAIL % (name, seconds) + settled.log_headers, written, settled.client, settled.secrets
    )


def _settle(current: TargetSettings, media_type: str, vault: Vault) -> _Settled:
    opened = opened_secrets(current, vault)
    if isinstance(current, WebhookSettings):
        return _Settled(None, opened.headers, opened.masked, opened.keys, opened.client, opened.tls, opened.shown)
    headers = _headers(current.headers, media_type)
    block = sent_block(headers) + opened.masked
    return _Settled(
        parse_url(current.url), headers + opened.headers, block, opened.keys, opened.client, opened.tls, opened.shown
    )


def _headers(written: Iterable[tuple[str, str]], media_type: str) -> tuple[Header, ...]:
    """A target's own headers behind those that it does not replace; none of ours is among them."""
    own = [(name.encode("ascii"), value.encode()) for name, value in written]
    names = {name.lower() for name, _ in own}
    defaults = ((b"User-Agent", USER_AGENT.encode("ascii")), (b"Content-Type", media_type.encode("ascii")))
    return (
        *((name, value) for name, value in defaults if value and name.lower() not in names),
        *((name, value) for name, value in own if name.lower() not in _NOT_THEIRS),
    )
