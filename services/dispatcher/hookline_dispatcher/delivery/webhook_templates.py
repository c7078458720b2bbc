"""Webhooks as templates: parsed once for each pair of revisions, rendered for each attempt.

What a firing froze are the data, the content type that they are written in, and what their merge fields stand for: the
data that arrive are a pure function of what is stored. URL, method and headers are the current ones. So where data
stand is up to the method of today: a webhook that was changed from POST to GET sends the data of old firings in the
query of its new URL. The values are those of the firing's event, everywhere.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from threading import Lock
from typing import TypeVar

from hookline_dispatcher.config.targets import WebhookSettings
from hookline_dispatcher.core.event import Event
from hookline_dispatcher.core.object_data import parse_written
from hookline_dispatcher.store.model import TargetKey
from hookline_plugin.encoder import Payload
from hookline_runtime.isolation.apart import Apart
from hookline_runtime.isolation.encoders import EncoderApart
from hookline_runtime.plugins import PluginHost
from hookline_runtime.webhook.names import KnownNames
from hookline_runtime.webhook.request import (
    RenderedRequest,
    RenderRefused,
    WebhookRefused,
    WebhookTemplate,
    WebhookText,
    parse_webhook,
)

from .body import UNREADABLE, NotRendered

MOST_WEIGHT = 20_000
"""How much is kept, in webhooks of the usual size."""

LONGEST_REASON = 500

ANYWHERE = "http://host.invalid/"
"""The URL of a request of which only the body is looked at."""

ID = "id"
"""The key of an object's id among its values: the event's own, whatever its data say."""

T = TypeVar("T")
_Key = tuple[TargetKey, int, int]


class WebhookTemplates:
    """Renders webhooks; pure but for its bounded cache."""

    def __init__(self, host: PluginHost, most_weight: int = MOST_WEIGHT) -> None:
        self._host = host
        self._room = most_weight
        self._keeping = Lock()
        self._apart = next((each.apart for each in host.template_encoders if isinstance(each, EncoderApart)), None)
        self._kept: OrderedDict[_Key, tuple[WebhookTemplate | NotRendered, int]] = OrderedDict()

    def apart(self, frozen: WebhookSettings, current: WebhookSettings) -> Apart | None:
        """The plugin in whose thread a webhook is to be merged, since it, or one like it, is asked; None: none is."""
        if self._apart is None or not frozen.data:
            return None
        kept = self._kept.get((current.key, current.revision, frozen.revision))
        if kept is not None:
            return kept[0].apart if isinstance(kept[0], WebhookTemplate) else None
        if not frozen.content_type:
            return self._apart  # it is to be detected: any may be asked
        encoder = self._host.template_encoder_for(frozen.content_type)
        return encoder.apart if isinstance(encoder, EncoderApart) else None

    def request(self, event: Event, frozen: WebhookSettings, current: WebhookSettings) -> RenderedRequest | NotRendered:
        """The request for ``event``, without what every request has."""
        template = self.template(frozen, current)
        if isinstance(template, NotRendered):
            return template
        return _render(template.render, event)

    def body(self, event: Event, frozen: WebhookSettings, method: str) -> bytes | NotRendered:
        """The body of a request that was sent with ``method``, for whoever looks at it."""
        data_alone = replace(frozen, url=ANYWHERE, headers=(), method=method)
        template, _ = self._parse(frozen, data_alone)
        if isinstance(template, NotRendered):
            return template
        return _render(template.body, event)

    def template(self, frozen: WebhookSettings, current: WebhookSettings) -> WebhookTemplate | NotRendered:
        """What is rendered: the data of ``frozen`` in a request by ``current``."""
        key = (current.key, current.revision, frozen.revision)
        kept = self._kept.get(key)
        if kept is not None:
            return kept[0]
        template, passing = self._parse(frozen, current)
        # What is refused is kept as well: encoders are loaded at the start, so it is refused until the next one.
        if not passing:
            self._keep(key, template, frozen.weight + current.weight)
        return template

    def _keep(self, key: _Key, template: WebhookTemplate | NotRendered, weight: int) -> None:
        with self._keeping:  # what plugins that run apart parse is kept by their threads
            if key in self._kept:
                return
            self._kept[key] = template, weight
            self._room -= weight
            while self._room < 0 and len(self._kept) > 1:
                self._room += self._kept.popitem(last=False)[1][1]

    def _parse(self, frozen: WebhookSettings, current: WebhookSettings) -> tuple[WebhookTemplate | NotRendered, bool]:
        """The template, or why there is none, and whether that may pass."""
        text = WebhookText(
            url=current.url,
            method=current.method,
            headers=current.headers,
            data=frozen.data,
            content_type=frozen.content_type,
        )
        names = KnownNames({**dict(current.names), **dict(frozen.names)})
        try:
            return parse_webhook(text, names, self._host), False
        except WebhookRefused as refused:
            reason = f"the webhook cannot be used: {refused}"[:LONGEST_REASON]
            return NotRendered(reason, refused.passing), refused.passing
        except (Exception, SystemExit) as error:  # encoders are plugins: none stops the dispatcher
            return NotRendered(f"the webhook cannot be used: {type(error).__name__}"), False


def values_of(event: Event) -> Payload:
    """What merge fields are filled from.

    Raises:
        ValueError: the data are no JSON object.
    """
    return {**parse_written(event.data), ID: event.object_id}


def _render(render: Callable[[Payload], T], event: Event) -> T | NotRendered:
    try:
        values = values_of(event)
    except ValueError:
        return NotRendered(UNREADABLE)
    try:
        return render(values)
    except RenderRefused as refused:
        return NotRendered(str(refused), refused.passing)
    except (Exception, SystemExit) as error:  # as above
        return NotRendered(f"the webhook could not be rendered: {type(error).__name__}")
