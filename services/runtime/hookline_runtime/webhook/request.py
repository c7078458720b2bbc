"""A webhook's request: all its settings read at once, all that is wrong with them told at once.

The data have one content type, written or detected, whose encoder parses and renders them. With GET and DELETE
form-encoded data go into the query, any other data into the body. What a plugin raises stays with its webhook.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import TypeVar
from urllib.parse import quote

from hookline_plugin.encoder import EncodeError, Payload
from hookline_plugin.media_type import essence, is_media_type
from hookline_plugin.template import MAX_RENDERED, FieldPath, Merge, Names, Template, TemplateEncoder, TemplateError
from hookline_runtime.egress.endpoint import Endpoint
from hookline_runtime.egress.url import UrlRefused
from hookline_runtime.isolation.apart import Apart
from hookline_runtime.isolation.encoders import EncoderApart
from hookline_runtime.isolation.trouble import PluginAway, PluginStopped, words_of
from hookline_runtime.plugins import PluginHost
from hookline_runtime.webhook.headers import HeaderTemplate, header_flaws, parse_header
from hookline_runtime.webhook.refusals import RenderRefused, WebhookFlaw, WebhookRefused
from hookline_runtime.webhook.url import UrlTemplate, parse_url_template

__all__ = [
    "MAX_DATA",
    "RenderRefused",
    "RenderedRequest",
    "WebhookFlaw",
    "WebhookRefused",
    "WebhookTemplate",
    "WebhookText",
    "parse_webhook",
]

MAX_DATA = 65_536
"""Bytes of the data as they are written."""

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_QUERY_METHODS = ("GET", "DELETE")
_FORM = "application/x-www-form-urlencoded"
_QUERY_SAFE = "/?%:@!$&'()*+,;=-._~[]"
_MAX_REASON = 300
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class WebhookText:
    """A webhook's settings as they are written; `content_type` is a media type, empty where it is to be detected."""

    url: str
    method: str
    headers: tuple[tuple[str, str], ...] = ()
    data: str = ""
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class RenderedRequest:
    """A request for some values, without what the sender adds.

    `url` is ASCII, at most `MAX_RENDERED_URL` characters, and read by `parse_rendered`. `headers` are the user's own, a
    Content-Type among them comes before `content_type`, the encoder's; that is empty where there is no body.
    """

    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class _Data:
    """Data that were parsed."""

    encoder: TemplateEncoder
    template: Template
    merges: tuple[Merge, ...]
    in_query: bool

    def render(self, values: Payload) -> bytes:
        """Give what the encoder makes of the values, within bounds; whatever it raises is a RenderRefused."""
        name = self.encoder.name
        try:
            body: object = self.template.render(values)
        except EncodeError as error:
            raise RenderRefused(f"{name} cannot express the data: {error}"[:_MAX_REASON]) from None
        except (Exception, SystemExit) as error:
            raise RenderRefused(f"{name} {words_of(error)}", isinstance(error, PluginAway)) from None
        if not isinstance(body, bytes):
            raise RenderRefused(f"{name} gave {type(body).__name__} instead of bytes")
        if len(body) > MAX_RENDERED:
            raise RenderRefused(f"the data are longer than {MAX_RENDERED} bytes with their values")
        return body


@dataclass(frozen=True, slots=True)
class WebhookTemplate:
    """A webhook that was parsed; rendering is a pure function of the values.

    `media_type` is that of the data, without parameters, empty where there are none. `names` are the folded names of
    all merge fields with their paths, without those that nothing is known of. `endpoint` is where every request goes,
    with a harmless name in place of a host that is merged; None where a merge field stands for the whole URL.
    `in_query` tells that the data go into the query.
    """

    media_type: str
    names: Mapping[str, FieldPath]
    endpoint: Endpoint | None
    in_query: bool
    url: UrlTemplate
    headers: tuple[HeaderTemplate, ...]
    data: _Data | None

    @property
    def apart(self) -> Apart | None:
        """The plugin that is asked to render it, where it runs apart: then rendering blocks."""
        encoder = self.data.encoder if self.data else None
        return encoder.apart if isinstance(encoder, EncoderApart) else None

    def body(self, values: Payload) -> bytes:
        """Give the body alone, that of `render`: empty where there are no data, or where they go into the query.

        Raises RenderRefused.
        """
        return b"" if self.data is None or self.in_query else self.data.render(values)

    def render(self, values: Payload) -> RenderedRequest:
        """Give the whole request.

        Raises RenderRefused.
        """
        query = quote(self.data.render(values), safe=_QUERY_SAFE) if self.data and self.in_query else ""
        url = self.url.render(values, query)
        headers = tuple(header.render(values) for header in self.headers)
        body = self.body(values)
        return RenderedRequest(url, headers, body, self.data.encoder.media_type if self.data and body else "")


def parse_webhook(text: WebhookText, names: Names, host: PluginHost) -> WebhookTemplate:
    """Parse all of a webhook.

    Raises WebhookRefused with everything that is wrong with it.
    """
    return _Reading(text, names, host).finish()


class _AwayError(TemplateError):
    """A template that its plugin could not be asked about."""


class _Reading:
    """Reads the settings one by one, and keeps what is wrong with each."""

    def __init__(self, text: WebhookText, names: Names, host: PluginHost) -> None:
        self._text = text
        self._names = names
        self._host = host
        self._flaws: list[WebhookFlaw] = []
        self._passing = False

    def finish(self) -> WebhookTemplate:
        text = self._text
        if text.method not in _METHODS:
            self._flaws.append(WebhookFlaw("method", f"must be one of {', '.join(_METHODS)}"))
        url = self._tried("url", lambda: parse_url_template(text.url, self._names))
        headers = tuple(self._headers())
        data = self._data()
        if self._flaws or url is None:
            raise WebhookRefused(self._flaws, self._passing)
        merges = [*url.merges, *(merge for header in headers for merge in header.merges)]
        merges += data.merges if data else ()
        media_type = essence(data.encoder.media_type) if data else ""
        in_query = data is not None and data.in_query
        return WebhookTemplate(media_type, _paths(merges), url.endpoint, in_query, url, headers, data)

    def _headers(self) -> Iterator[HeaderTemplate]:
        self._flaws.extend(header_flaws(self._text.headers))
        for number, (name, value) in enumerate(self._text.headers):
            header = self._tried(f"headers[{number}].value", partial(parse_header, name, value, self._names))
            if header is not None:
                yield header

    def _data(self) -> _Data | None:
        written, data = self._text.content_type.strip(" \t"), self._text.data
        if written and (not is_media_type(written) or self._host.template_encoder_for(written) is None):
            reason = "must be a media type that an installed encoder can write webhooks in"
            self._flaws.append(WebhookFlaw("content_type", reason))
            return None
        if len(data.encode(errors="replace")) > MAX_DATA:
            self._flaws.append(WebhookFlaw("data", f"must be no longer than {MAX_DATA} bytes"))
            return None
        if not data:
            return None
        encoder = self._host.template_encoder_for(written) if written else self._host.detect(data)
        if encoder is None:
            self._flaws.append(WebhookFlaw("data", "must be of a content type that an installed encoder knows"))
            return None
        in_query = self._text.method in _QUERY_METHODS and essence(encoder.media_type) == _FORM
        return self._tried("data", lambda: _parsed(encoder, data, self._names, in_query))

    def _tried(self, path: str, parse: Callable[[], _T]) -> _T | None:
        try:
            return parse()
        except TemplateError as error:
            self._flaws.append(WebhookFlaw(path, str(error)))
            self._passing |= isinstance(error, _AwayError)
        except UrlRefused as refused:
            self._flaws.append(WebhookFlaw(path, refused.fault))
        return None


def _parsed(encoder: TemplateEncoder, data: str, names: Names, in_query: bool) -> _Data:
    try:
        template = encoder.parse(data, names)
        merges = tuple(template.merges)
        if isinstance(template, Template) and all(isinstance(merge, Merge) for merge in merges):
            return _Data(encoder, template, merges, in_query)
        failed = "gave no template"
    except TemplateError:
        raise
    except (PluginAway, PluginStopped) as error:
        raise _AwayError(f"the encoder {encoder.name} {error.words}", 1, 1) from None
    except (Exception, SystemExit) as error:  # an encoder is a plugin
        failed = words_of(error)
    raise TemplateError(f"the encoder {encoder.name} {failed}", 1, 1)


def _paths(merges: list[Merge]) -> Mapping[str, FieldPath]:
    return MappingProxyType({merge.name: merge.path for merge in merges if merge.path is not None})
