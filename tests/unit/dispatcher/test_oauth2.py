"""Asking for tokens and reading answers: what goes on the wire, and what a stranger's answer may not do."""

import base64
import json
from typing import Any
from urllib.parse import parse_qsl

import pytest

from hookline_dispatcher.core.retry import Outcome
from hookline_dispatcher.delivery.oauth2 import (
    LONGEST_LIFE,
    UNTOLD_LIFE,
    Client,
    NoToken,
    Token,
    read_token,
    token_request,
)
from hookline_dispatcher.sender.model import Answered, Failed, Refusal
from hookline_runtime.webhook.authentication import ClientCredentials

URL = "https://login.example:8443/oauth2/token?tenant=a"


def client(**more: Any) -> Client:
    return Client(7, ClientCredentials(token_url=URL, client_id="my client:1", **more), "s&cr=t +")


def answered(body: object, status: int = 200, cut: bool = False) -> Answered:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answered(status, (), content, cut, 1)


def test_id_and_secret_in_the_header() -> None:
    request = token_request(client())
    assert (request.method, request.endpoint) == (b"POST", ("https", "login.example", 8443))
    assert (request.target, request.tls) == (b"/oauth2/token?tenant=a", None)
    headers = dict(request.headers)
    assert headers[b"Content-Type"] == b"application/x-www-form-urlencoded"
    kind, _, pair = headers[b"Authorization"].partition(b" ")
    # RFC 6749, section 2.3.1: both are form-encoded first.
    assert (kind, base64.b64decode(pair)) == (b"Basic", b"my+client%3A1:s%26cr%3Dt+%2B")
    assert request.body == b"grant_type=client_credentials"


def test_id_and_secret_in_the_body_with_all_that_is_optional() -> None:
    request = token_request(
        client(
            in_body=True, scopes=("read", "write"), audience="https://api.example", resource="urn:x", authorities="P"
        )
    )
    assert b"Authorization" not in dict(request.headers)
    assert dict(parse_qsl(request.body.decode())) == {
        "grant_type": "client_credentials",
        "scope": "read write",
        "audience": "https://api.example",
        "resource": "urn:x",
        "client_id": "my client:1",
        "client_secret": "s&cr=t +",
    }
    assert request.tls is not None
    assert (request.tls.authorities, request.tls.certificate) == ("P", "")


def test_no_secret_in_what_is_printed() -> None:
    assert "s&cr=t" not in repr(client())
    assert "abc" not in repr(Token(b"abc", 1.0))


@pytest.mark.parametrize(
    "told, life",
    [
        (3600, 3540.0),
        ("3600", 3540.0),
        (3600.5, 3540.5),
        (100, 90.0),
        (0, 0.0),
        (-5, 0.0),
        (None, UNTOLD_LIFE),
        (10**15, LONGEST_LIFE - 60),
    ],
)
def test_how_long_a_token_is_used(told: object, life: float) -> None:
    body = {"access_token": "abc", "token_type": "bearer", "expires_in": told}
    assert read_token(answered(body)) == Token(b"abc", life)


def test_a_type_that_is_left_out_is_bearer() -> None:
    assert read_token(answered({"access_token": "abc", "expires_in": 10})) == Token(b"abc", 9.0)


NONE = "no access token: the token server's answer holds none"
OTHER = "no access token: the token server gives other tokens than bearer tokens"


@pytest.mark.parametrize(
    "answer, reason",
    [
        (answered(b"<html>sign in</html>"), NONE),
        (answered(b""), NONE),
        (answered([]), NONE),
        (answered(b"[" * 10_000), NONE),
        (answered({"access_token": "abc"}, cut=True), NONE),
        (answered({"access_token": ""}), NONE),
        (answered({"access_token": 5}), NONE),
        (answered({"access_token": "a\r\nX: y"}), NONE),
        (answered({"access_token": "a b"}), NONE),
        (answered({"access_token": "ä"}), NONE),
        (answered({"access_token": "a" * 8_193}), NONE),
        (answered({"access_token": "abc", "expires_in": True}), NONE),
        (answered({"access_token": "abc", "expires_in": "soon"}), NONE),
        (answered({"access_token": "abc", "expires_in": "nan"}), NONE),
        (answered({"access_token": "abc", "expires_in": "inf"}), NONE),
        (answered({"access_token": "abc", "expires_in": []}), NONE),
        (answered({"access_token": "abc", "token_type": "mac"}), OTHER),
        (answered({"access_token": "abc", "token_type": 1}), OTHER),
        (answered({}, 500), "no access token: the token server answered 500"),
        (answered(b"", 302), "no access token: the token server answered 302"),
        (answered({"error": "invalid_client"}, 401), "no access token: the token server answered 401 (invalid_client)"),
        (answered({"error": "hunter2"}, 400), "no access token: the token server answered 400"),
        (answered({"error": ["x"]}, 400), "no access token: the token server answered 400"),
    ],
)
def test_answers_without_a_token(answer: Answered, reason: str) -> None:
    assert read_token(answer) == NoToken(reason)


def test_no_answer() -> None:
    refusal = Refusal("10.0.0.1", "private")
    failed = Failed(Outcome.NOT_CONNECTED, "the receiver refused the connection", 1, refusal=refusal)
    assert read_token(failed) == NoToken("no access token: the token server refused the connection", refusal)
