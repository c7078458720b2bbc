import orjson
import pytest

from hookline_builtin.encoders import FormEncoder, JsonEncoder
from hookline_dispatcher.config.targets import SubscriptionSettings
from hookline_dispatcher.core.event import Event
from hookline_dispatcher.core.object_data import parse_data
from hookline_dispatcher.delivery.body import Body, NotRendered, render_body
from hookline_dispatcher.store.model import TargetKey
from hookline_plugin import Encoder, Payload

ENCODERS: dict[str, Encoder] = {each.media_type: each for each in (FormEncoder(), JsonEncoder())}


def settings(content_type: str = "application/json", payload_format: int = 1) -> SubscriptionSettings:
    return SubscriptionSettings(
        key=TargetKey(7, 1, 3),
        revision=11,
        event="sub_tag",
        url="http://r.example/",
        format=payload_format,
        content_type=content_type,
    )


def event(data: bytes = b'{"firstname":"Mary","email":"m@x.example"}') -> Event:
    return Event(7, "e1", "sub_tag", 0, "8", data, {"tag_id": "4"}, occurred_time=1_514_940_140_000_000)


def test_a_form_body_has_the_documented_shape() -> None:
    body = render_body(event(), settings("application/x-www-form-urlencoded"), ENCODERS.get)
    assert body == Body(
        b"webhook_id=3&object_type_id=0&event%5Btype%5D=sub_tag&event%5Btag_id%5D=4&data%5Bid%5D=8"
        b"&data%5Bfirstname%5D=Mary&data%5Bemail%5D=m%40x.example&timestamp=1514940140",
        "application/x-www-form-urlencoded",
    )


@pytest.mark.parametrize(
    "payload_format, keys",
    [
        (1, ["id", "firstname", "email"]),
        (0, ["id", "firstname", "email"]),
        (2, ["id", "firstname", "lastname", "email"]),
        (3, ["id"]),
    ],
)
def test_the_format_says_how_much_goes_along(payload_format: int, keys: list[str]) -> None:
    body = render_body(event(), settings(payload_format=payload_format), ENCODERS.get)
    assert isinstance(body, Body)
    assert list(orjson.loads(body.content)["data"]) == keys


@pytest.mark.parametrize("number", [2**63, 2**64, 10**30, -(10**30), 9_007_199_254_740_993])
def test_integers_keep_every_digit(number: int) -> None:
    assert parse_data(b'{"n":%d}' % number) == {"n": number}
    body = render_body(event(b'{"n":%d}' % number), settings(), ENCODERS.get)
    assert isinstance(body, Body)
    assert b'"n":%d' % number in body.content


class Broken:
    name = "broken"
    media_type = "application/json"
    media_types = frozenset({"application/json"})

    def __init__(self, raised: BaseException | None = None, given: object = None) -> None:
        self._raised = raised
        self._given = given

    def encode(self, payload: Payload) -> bytes:
        if self._raised:
            raise self._raised
        return self._given  # type: ignore[return-value]  # that is what is broken


@pytest.mark.parametrize(
    "data, encoders, reason",
    [
        (b"{}", {}, "no plugin encodes application/json"),
        (b"[]", ENCODERS, "the event's data cannot be read"),
        (b"{", ENCODERS, "the event's data cannot be read"),
        (b'{"n":' + b"9" * 5000 + b"}", ENCODERS, "the event's data cannot be read"),
        (b"{}", {"application/json": Broken(RuntimeError("secret value"))}, "broken failed with RuntimeError"),
        (b"{}", {"application/json": Broken(SystemExit(3))}, "broken failed with SystemExit"),
        (b"{}", {"application/json": Broken(given="secret value")}, "broken gave str instead of bytes"),
        (b"{}", {"application/json": Broken()}, "broken gave NoneType instead of bytes"),
    ],
)
def test_says_why_there_is_no_body_without_the_data(data: bytes, encoders: dict[str, Encoder], reason: str) -> None:
    assert render_body(event(data), settings(), encoders.get) == NotRendered(reason)


def test_no_data_is_an_empty_object() -> None:
    assert parse_data(b"") == {}
