"""What is fuzzed: functions of bytes, which fail where ours does what it may on no input.

Each takes any bytes at all. What ours refuses with an error of its own is fine; so is what it takes, as long as what it
then says of it is true.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from ipaddress import IPv4Address, ip_address
from urllib.parse import parse_qsl
from xml.parsers import expat

import orjson
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass
from hookline.event.v1 import event_pb2

from hookline_builtin import register_encoders
from hookline_builtin.triggers import grammar
from hookline_dispatcher.api.event_data import fault_of
from hookline_dispatcher.api.wire_events import event_message, publication
from hookline_dispatcher.core.object_data import parse_data, parse_written
from hookline_dispatcher.delivery.retry_after import retry_after
from hookline_gateway.ontraport.condition_json import read_condition
from hookline_gateway.refusals import Unreadable
from hookline_plugin import EncodeError, FieldPath, Payload, TemplateEncoder, TemplateError
from hookline_plugin.trigger import TextError
from hookline_runtime.access import KeyKind, Principal
from hookline_runtime.egress.addresses import special_use
from hookline_runtime.egress.policy import Policy
from hookline_runtime.egress.url import UrlRefused, parse_url
from hookline_runtime.errors import InvalidArgument, PermissionDenied
from hookline_runtime.validation import every
from tests.integration.test_odd_requests import METHODS
from tests.unit.sender.test_response import read

NOW = 1_790_000_000_000_000
VALUES: Payload = {
    "a": 'He said "]]>" & <left>\r\n\u2028',
    "b": 12345678901234567890123,
    "c": None,
    "d": True,
    "e": {"f": "\ud800 \x00 &#0;", "g": [1.5, {}]},
    "first_name": "Zoë 😀 %41+&=;#?/\\",
}
RECORD = {"id": "1", "event": "sub_tag(4)", "url": "https://shop.example/a", "last_code": None}
PRINCIPAL = Principal(KeyKind.ACCOUNT, 7, frozenset(), "")


class Labels:
    """The labels of the values above; whether others are refused is chosen."""

    def __init__(self, strict: bool) -> None:
        self.strict = strict

    def find(self, name: str) -> FieldPath | None:
        """Give the path of a label."""
        path = tuple(name.strip().lower().replace(" ", "_").split("."))
        return path if path[0] in VALUES or not self.strict else None

    def nearest(self, name: str) -> str | None:
        """Give a label."""
        return "First Name"


def url(data: bytes) -> None:
    """Reading URLs: one reading, that of libraries in C too, and no way past the guard."""
    try:
        parsed = parse_url(data.decode("utf-8", "replace"))
    except UrlRefused:
        return
    scheme, host, port = parsed.endpoint
    assert all(0x21 <= byte <= 0x7E for byte in host.encode("ascii") + parsed.target), parsed
    shown = f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}{parsed.target.decode('ascii')}"
    assert parse_url(shown) == parsed
    with suppress(OSError):
        assert ip_address(socket.inet_aton(host)) == IPv4Address(host), f"{host} is read as another address elsewhere"
    with suppress(ValueError):
        if special_use(ip_address(host)) is not None:
            assert Policy.of().endpoint_refusal(parsed.endpoint) is not None, host


def response(data: bytes) -> None:
    """Reading answers: the same in one piece as byte by byte, and never more kept than is said."""
    for ends in (False, True):
        for no_body in (False, True):
            whole, reusable = read([data] if data else [], ends=ends, no_body=no_body)
            cut, still = read([bytes([byte]) for byte in data], ends=ends, no_body=no_body)
            assert cut == whole
            assert still or not reusable  # what follows an answer is not seen before the connection is used again


def template(data: bytes) -> None:
    """Parsing and rendering templates: whatever the values, the receiver's parser can read what comes out."""
    choice, text = data[:1] or b"\0", data[1:].decode("utf-8", "replace")
    for encoder in register_encoders():
        if not isinstance(encoder, TemplateEncoder):
            continue
        encoder.detects(text)
        with suppress(TemplateError, EncodeError):
            _READABLE[encoder.name](encoder.parse(text, Labels(choice[0] % 2 == 1)).render(VALUES))


def _xml(body: bytes) -> None:
    expat.ParserCreate().Parse(body, True)


_READABLE: dict[str, Callable[[bytes], object]] = {
    "form": lambda body: parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=None),
    "json": json.loads,
    "xml": _xml,
    "text": bytes.decode,
}


def event_data(data: bytes) -> None:
    """Reading an event's data: what is taken in can be read whenever it is used."""
    if fault_of(data):
        return
    fields = json.loads(data)
    assert parse_data(data).keys() == fields.keys() == parse_written(data).keys()


def rule_text(data: bytes) -> None:
    """The text grammar of rules: what is read can be written, and read again as the same."""
    events, conditions, actions, *_ = *data.decode("utf-8", "replace").split("\n", 2), "", ""
    try:
        found = grammar.read(events, conditions, actions)
    except TextError:
        return
    with suppress(ValueError):  # what a rule cannot be, although it can be read
        written = grammar.write(found)
        again = grammar.read(written["events"], written["conditions"], written["actions"])
        assert grammar.write(again) == written


def condition(data: bytes) -> None:
    """Conditions of the original's lists, in both of their forms."""
    text = data.decode("utf-8", "replace")
    with suppress(Unreadable):
        read_condition(text, RECORD.keys()).keeps(RECORD)
    with suppress(Unreadable, orjson.JSONDecodeError):
        read_condition(orjson.loads(text), RECORD.keys()).keeps(RECORD)


def waiting(data: bytes) -> None:
    """What receivers ask to wait."""
    span = retry_after(data.decode("latin-1"), NOW)
    assert span is None or span >= 0


def request(data: bytes) -> None:
    """Every request of every RPC: its rules are checked without failing."""
    kinds = requests()
    with suppress(DecodeError):
        every(kinds[int.from_bytes(data[:2], "big") % len(kinds)].FromString(data[2:]))


def published(data: bytes) -> None:
    """An event: refused in words, or taken and shown as it was."""
    with suppress(DecodeError, InvalidArgument, PermissionDenied):
        event = publication(event_pb2.Event.FromString(data), "event", PRINCIPAL, NOW).event
        assert event.account_id == PRINCIPAL.account_id
        assert not every(event_message(event))


@cache
def requests() -> list[type[Message]]:
    """What is sent to RPCs, by their names."""
    return [GetMessageClass(method.input_type) for _, method in sorted(METHODS.items())]


TARGETS: dict[str, Callable[[bytes], None]] = {
    each.__name__: each
    for each in (url, response, template, event_data, rule_text, condition, waiting, request, published)
}
