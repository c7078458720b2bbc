from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hookline_dispatcher.config.targets import Secret, WebhookSettings, literal_origin
from hookline_dispatcher.core.event import Event
from hookline_dispatcher.delivery.body import NotRendered
from hookline_dispatcher.delivery.rendering import Rendered, Renderer
from hookline_dispatcher.delivery.webhook_templates import WebhookTemplates, values_of
from hookline_plugin.template import Merge
from hookline_runtime.plugins import PluginHost
from hookline_runtime.webhook.names import KnownNames
from hookline_runtime.webhook.request import WebhookRefused, WebhookText, parse_webhook
from tests.unit.dispatcher.configs import event, webhook
from tests.unit.dispatcher.samples import NOW, SECRET
from tests.unit.dispatcher.toy_source import BuiltinEncoders

HOST = PluginHost({"builtin": BuiltinEncoders()})
NAMES = (("first name", ("firstname",)),)
EVENT = event(data=b'{"firstname":"Mary","id":"theirs"}')


def render(
    current: WebhookSettings, frozen: WebhookSettings | None = None, what: Event = EVENT
) -> Rendered | NotRendered:
    renderer = Renderer(HOST.encoder_for, WebhookTemplates(HOST))
    return renderer.request("msg_0a", what, frozen or current, current, NOW)


def rendered(current: WebhookSettings, frozen: WebhookSettings | None = None) -> Rendered:
    found = render(current, frozen)
    assert isinstance(found, Rendered)
    return found


def test_the_objects_id_is_the_events_whatever_its_data_say() -> None:
    assert values_of(EVENT) == {"firstname": "Mary", "id": "8"}


def test_a_name_means_in_the_data_what_it_meant_when_it_was_fired() -> None:
    frozen = webhook(revision=1, data="n=[First Name]", names=NAMES)
    current = webhook(revision=2, data="other=1", names=(("first name", ("nickname",)),))
    assert rendered(current, frozen).outgoing.body == b"n=Mary"


@pytest.mark.parametrize("own", [(), (("content-type", "text/x-mine"),)])
def test_the_users_content_type_wins_and_no_reserved_header_goes_along(own: tuple[tuple[str, str], ...]) -> None:
    headers = dict(rendered(webhook(data="a=1", headers=own)).outgoing.headers)
    shown = {name.lower(): value for name, value in headers.items()}
    assert shown[b"content-type"] == (own[0][1].encode() if own else b"application/x-www-form-urlencoded")
    assert b"user-agent" in shown


@pytest.mark.parametrize(
    "current, words",
    [
        (webhook(data="{", content_type="application/json"), "data: "),
        (webhook(url="ftp://r.example/"), "url: "),
        (webhook(data="a", content_type="x/y"), "content_type: "),
        (webhook(data="a=1", secrets=(Secret("nonsense"),)), "the signing secret cannot be read"),
        (webhook(headers=(("Host", "evil"),)), "headers[0]"),
        (webhook(url="http://[First Name] x/", names=NAMES), "url: "),
    ],
)
def test_says_why_there_is_no_request(current: WebhookSettings, words: str) -> None:
    found = render(current)
    assert isinstance(found, NotRendered)
    assert words in found.reason
    assert len(found.reason) <= 500


def test_data_that_cannot_be_read_are_not_rendered() -> None:
    assert render(webhook(data="a=1"), what=event(data=b"[]")) == NotRendered("the event's data cannot be read")


def test_a_changed_revision_is_not_taken_from_the_cache() -> None:
    renderer = Renderer(HOST.encoder_for, WebhookTemplates(HOST, most_weight=1))
    for revision in (1, 2, 1):
        current = webhook(revision=revision, data=f"revision={revision}", secrets=(Secret(SECRET),))
        found = renderer.request("msg_0a", EVENT, current, current, NOW)
        assert isinstance(found, Rendered)
        assert found.outgoing.body == b"revision=%d" % revision


@pytest.mark.parametrize("method, body", [("POST", b"n=Mary"), ("GET", b"")])
async def test_the_body_of_a_request_that_was_sent_follows_its_method(method: str, body: bytes) -> None:
    renderer = Renderer(HOST.encoder_for, WebhookTemplates(HOST))
    assert await renderer.body(EVENT, webhook(data="n=[First Name]", names=NAMES), method) == body
    assert await renderer.body(EVENT, webhook(data="{", content_type="application/json"), method) is None
    elsewhere = webhook(url="no url", data="n=[First Name]", names=NAMES)
    assert await renderer.body(EVENT, elsewhere, method) == body, "it may have been sent to a later URL"


PIECES = [
    "http://",
    "https://",
    "[",
    "]",
    "[Host]",
    "r.example",
    ":8080",
    "[::1]",
    "/",
    "?a=",
    "#",
    "[a:b]",
    "a",
    "127.1",
]


@settings(max_examples=300)
@given(st.lists(st.sampled_from(PIECES), max_size=7).map("".join))
def test_a_lane_has_an_origin_where_the_template_has_a_literal_host(url: str) -> None:
    try:
        template = parse_webhook(WebhookText(url, "POST"), KnownNames({}), HOST)
    except WebhookRefused:
        return  # nothing is ever sent there
    # Lanes write IPv6 addresses without brackets, as those of subscriptions do: both share an origin's room.
    at = template.endpoint
    merged = at is None or any(isinstance(part, Merge) for part in template.url.origin)
    assert literal_origin(url) == ("" if at is None or merged else f"{at.host}:{at.port}")
