"""Requests that are rendered to be looked at, with what is perhaps not meant about them. Nothing is sent or kept.

They are made by the renderer that attempts use; only the secrets are others. Each preview has a renderer of its own, on
a thread of its own: settings that were never saved must not get into a cache, nor take the time of deliveries.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeVar

from hookline_dispatcher.config.targets import Secret, SubscriptionSettings, TargetSettings, WebhookSettings
from hookline_dispatcher.core.event import Event
from hookline_dispatcher.core.signature import PREFIX
from hookline_dispatcher.sender.guard import AddressRefused, Guard, NameNotResolved
from hookline_dispatcher.sender.model import Endpoint
from hookline_dispatcher.sender.request import encode_request
from hookline_plugin.media_type import essence
from hookline_plugin.template import Names
from hookline_runtime.clock import Clock
from hookline_runtime.plugins import PluginHost
from hookline_runtime.webhook.authentication import HEADER
from hookline_runtime.webhook.remarks import Remark, content_type_remarks, merge_remarks, method_remarks
from hookline_runtime.webhook.request import WebhookTemplate

from .body import NotRendered
from .headers import MASK, Header
from .rendering import Rendered, Renderer
from .webhook_templates import WebhookTemplates, values_of

SAMPLE_SECRET = PREFIX + "c2FtcGxl" * 4
"""What signs instead of a target's own secrets, so that nothing that is shown verifies anywhere."""
MESSAGE_ID = "msg_preview"
LOOK_UP_SECONDS = 2.0

T = TypeVar("T", bound=TargetSettings)


class Shown(NamedTuple):
    """A request as it would go on the wire; its URL as people read it."""

    method: str
    url: str
    headers: tuple[Header, ...]
    body: bytes
    endpoint: Endpoint


@dataclass(frozen=True, slots=True)
class Previewed:
    """What came of it."""

    request: Shown | NotRendered
    media_type: str
    """What the data are written in; empty: there are none."""
    remarks: tuple[Remark, ...]


class Previewer:
    """Renders previews.

    Args:
        host: The plugins.
        guard: Says where nothing may be sent.
        clock: The time.
    """

    def __init__(self, host: PluginHost, guard: Guard, clock: Clock) -> None:
        self._host = host
        self._guard = guard
        self._clock = clock

    async def webhook(self, settings: WebhookSettings, event: Event, names: Names) -> Previewed:
        """The request of a webhook for ``event``; ``names`` knows what merge fields may be called today."""
        return await self._guarded(await asyncio.to_thread(self._webhook, settings, event, names))

    async def subscription(self, settings: SubscriptionSettings, event: Event) -> Previewed:
        """The request of a subscription for ``event``."""
        return await self._guarded(await asyncio.to_thread(self._subscription, settings, event))

    def _webhook(self, settings: WebhookSettings, event: Event, names: Names) -> Previewed:
        templates = WebhookTemplates(self._host)
        request = self._shown(Renderer(self._host.encoder_for, templates), settings, event)
        template = templates.template(settings, settings)
        if isinstance(template, NotRendered):
            return Previewed(request, "", ())
        remarks = tuple(_remarks(template, settings, event, request, names))
        return Previewed(request, template.media_type, remarks)

    def _subscription(self, settings: SubscriptionSettings, event: Event) -> Previewed:
        request = self._shown(Renderer(self._host.encoder_for), settings, event)
        media_type = essence(settings.content_type)
        return Previewed(request, media_type, tuple(content_type_remarks(settings.headers, media_type)))

    def _shown(self, renderer: Renderer, settings: TargetSettings, event: Event) -> Shown | NotRendered:
        signed = _with_sample_secret(settings)
        rendered = renderer.request(MESSAGE_ID, event, signed, signed, self._clock.now())
        if isinstance(rendered, NotRendered):
            return rendered
        try:
            return _on_the_wire(rendered)
        except ValueError as error:
            return NotRendered(str(error))

    async def _guarded(self, previewed: Previewed) -> Previewed:
        if isinstance(previewed.request, NotRendered):
            return previewed
        fault = await self._fault_of(previewed.request.endpoint)
        if not fault:
            return previewed
        return replace(previewed, remarks=(Remark("url", fault), *previewed.remarks))

    async def _fault_of(self, endpoint: Endpoint) -> str:
        """Why nothing could be sent there at this moment, in the words that an attempt would have; empty: it could."""
        try:
            async with asyncio.timeout(LOOK_UP_SECONDS):
                await self._guard.resolve(endpoint)
        except (AddressRefused, NameNotResolved) as refused:
            return str(refused)
        except (OSError, TimeoutError):
            return "the name could not be resolved in time"
        return ""


def _with_sample_secret(settings: T) -> T:
    named = [*(name for name, _ in settings.secret_headers), *([HEADER] if settings.authentication else [])]
    masked = tuple((name, MASK.decode("ascii")) for name in named)
    secrets = (Secret(SAMPLE_SECRET),)
    return replace(settings, secrets=secrets, secret_headers=masked, authentication=None, tls=None)


def _on_the_wire(rendered: Rendered) -> Shown:
    """What the sender makes of it: a head that was taken apart again has all that is sent.

    Raises:
        ValueError: the sender would refuse it.
    """
    sent = rendered.outgoing
    head, _, _ = encode_request(sent).partition(b"\r\n\r\n")
    lines = (line.partition(b": ") for line in head.split(b"\r\n")[1:])
    headers = tuple((name, value) for name, _, value in lines)
    return Shown(sent.method.decode("ascii"), rendered.url, headers, sent.body, sent.endpoint)


def _remarks(
    template: WebhookTemplate,
    settings: WebhookSettings,
    event: Event,
    request: Shown | NotRendered,
    names: Names,
) -> Iterator[Remark]:
    yield from merge_remarks(template, values_of(event), settings.gone, names)
    has_body = bool(settings.data) and not template.in_query
    yield from method_remarks(settings.method, has_body and (isinstance(request, NotRendered) or bool(request.body)))
    yield from content_type_remarks(settings.headers, template.media_type if has_body else "")
