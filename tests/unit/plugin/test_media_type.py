"""Media types as RFC 9110 writes them."""

import pytest

from hookline_plugin.media_type import essence, is_media_type


@pytest.mark.parametrize(
    "text",
    [
        "application/json",
        "text/plain; charset=utf-8",
        "text/plain;charset=utf-8",
        "text/plain \t;\tcharset=utf-8;format=flowed",
        'multipart/mixed; boundary="a \\" ;b"',
        "application/vnd.acme.v1+json",
        "a/b;",
    ],
)
def test_is_a_media_type(text: str) -> None:
    assert is_media_type(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "json",
        "/",
        "text/",
        "/plain",
        "text/plain/x",
        "text/plain charset=utf-8",
        "text/plain; charset",
        "text/plain; charset=",
        "text/plain; charset = utf-8",
        'text/plain; a="b',
        "text/plain\n",
        "text/plain; a=b\r\nX: y",
        "text/plåin",
        " text/plain",
        "a/b" + "; " * 5_000 + "\0",
    ],
)
def test_is_none(text: str) -> None:
    assert not is_media_type(text)


@pytest.mark.parametrize(
    "text, expected",
    [
        ("application/json", "application/json"),
        ("Text/Plain; Charset=UTF-8", "text/plain"),
        (" text/xml ;a=b;c=d", "text/xml"),
        ("", ""),
    ],
)
def test_essence(text: str, expected: str) -> None:
    assert essence(text) == expected
