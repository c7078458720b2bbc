from __future__ import annotations

from typing import Any

import pytest
from hookline.registry.v1 import subscription_pb2 as pb

from hookline_gateway.ontraport.options import Options, read_options, written
from hookline_gateway.refusals import Unprocessable

LIGHT, NOTIFY, FULL = pb.PAYLOAD_FORMAT_LIGHTWEIGHT, pb.PAYLOAD_FORMAT_NOTIFY, pb.PAYLOAD_FORMAT_FULL


@pytest.mark.parametrize(
    "value, options",
    [
        ("", Options()),
        (" ", Options()),
        ("{}", Options()),
        ('{"format":"lightweight"}', Options(LIGHT)),
        ('{"format":"Notify"}', Options(NOTIFY)),
        ('{"format":"full"}', Options(FULL)),
        ('{"format":null,"content_type":""}', Options()),
        ('{"content_type":"application/json"}', Options(FULL, "application/json")),
        ({"format": "notify", "content_type": "text/plain"}, Options(NOTIFY, "text/plain")),
    ],
)
def test_options(value: Any, options: Options) -> None:
    assert read_options(value) == options


@pytest.mark.parametrize(
    "value",
    ["lightweight", "[]", "1", "null", '{"format":"heavy"}', '{"format":1}', '{"content_type":1}', '{"formats":"full"}',
     "{", "[" * 5000, {"format": ["full"]}, ["format"], '{"a":"' + "x" * 5000 + '"}'],
)  # fmt: skip
def test_what_are_no_options(value: Any) -> None:
    with pytest.raises(Unprocessable, match="data "):
        read_options(value)


@pytest.mark.parametrize(
    "text", ["", '{"format":"lightweight"}', '{"format":"notify","content_type":"application/json"}']
)
def test_what_was_written_is_shown(text: str) -> None:
    options = read_options(text)
    assert written(pb.Subscription(format=options.format, content_type=options.content_type)) == text


def test_the_default_type_is_not_shown() -> None:
    assert written(pb.Subscription(content_type="application/x-www-form-urlencoded")) == ""
