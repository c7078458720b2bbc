"""Which requests may act by the cookie of a session, by what browsers say of where they come from."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from starlette.requests import Request

from hookline_gateway.console.same_origin import must_be_own, must_not_be_foreign
from hookline_gateway.refusals import ForeignPage

HOST = {"host": "hooks.example:7700"}
OWN = {"origin": "http://hooks.example:7700"}
CONSOLE = {"x-hookline-console": "1"}
SITE = "sec-fetch-site"


def request(method: str, headers: Mapping[str, str], scheme: str = "http") -> Request:
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    return Request(
        {"type": "http", "method": method, "path": "/", "scheme": scheme, "headers": raw, "query_string": b""}
    )


@pytest.mark.parametrize("method, headers", [
    ("GET", {}), ("HEAD", {}), ("GET", {SITE: "same-origin"}), ("GET", {SITE: "none"}), ("GET", OWN),
    ("POST", CONSOLE | OWN), ("DELETE", CONSOLE | {SITE: "same-origin"}),
    ("PATCH", CONSOLE | OWN | {SITE: "same-origin"}),
    # A proxy that ends TLS: the browser itself says that it is one origin.
    ("POST", CONSOLE | {SITE: "same-origin", "origin": "https://hooks.example:7700"}),
    ("POST", CONSOLE | {"origin": "HTTP://Hooks.Example:7700"}),
])  # fmt: skip
def test_the_consoles_own_requests_pass(method: str, headers: dict[str, str]) -> None:
    must_be_own(request(method, HOST | headers))


@pytest.mark.parametrize("method, headers", [
    ("GET", {SITE: "cross-site"}), ("GET", {SITE: "same-site"}), ("GET", {SITE: ""}), ("HEAD", {SITE: "cross-site"}),
    ("GET", {"origin": "https://evil.example"}), ("GET", {"origin": "null"}),
    ("POST", {}), ("POST", CONSOLE), ("POST", OWN), ("POST", {SITE: "same-origin"}),
    ("POST", CONSOLE | {SITE: "none"}), ("POST", CONSOLE | {SITE: "same-site"}),
    ("POST", CONSOLE | {SITE: "cross-site"}),
    ("POST", CONSOLE | {"origin": "https://evil.example"}), ("POST", CONSOLE | {"origin": "null"}),
    ("POST", CONSOLE | {"origin": ""}), ("POST", CONSOLE | {"origin": "https://hooks.example:7700"}),
    ("POST", CONSOLE | {"origin": "http://hooks.example"}), ("POST", CONSOLE | {"origin": "http://hooks.example:7701"}),
    ("POST", CONSOLE | {"origin": "http://hooks.example:7700.evil.example"}),
    ("POST", CONSOLE | {SITE: "same-origin", "origin": "http://evil.example"}),
    ("POST", CONSOLE | {SITE: "same-origin", "origin": "http://[hooks.example:7700"}),
    ("POST", OWN | {"x-hookline-console": "0"}), ("DELETE", OWN), ("PUT", OWN | {"x-hookline-console": "true"}),
])  # fmt: skip
def test_what_may_come_from_elsewhere_does_not(method: str, headers: dict[str, str]) -> None:
    with pytest.raises(ForeignPage):
        must_be_own(request(method, HOST | headers))


def test_who_says_nothing_of_origins_is_no_browser_and_may_sign_in() -> None:
    must_not_be_foreign(request("POST", HOST))
    with pytest.raises(ForeignPage):
        must_not_be_foreign(request("POST", HOST | {SITE: "cross-site"}))
    with pytest.raises(ForeignPage):
        must_not_be_foreign(request("POST", HOST | {"origin": "https://evil.example"}))
