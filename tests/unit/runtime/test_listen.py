from __future__ import annotations

import pytest
from hookline_runtime.listen import ListenError, split_address

GOOD = [
    ("127.0.0.1:7701", ("127.0.0.1", 7701)),
    ("localhost:0", ("localhost", 0)),
    ("[::1]:65535", ("::1", 65535)),
]
BAD = ["", "host", "host:", ":80", "[]:80", "::1:80", "host:65536", "host:-1", "host:x", "host:٣"]


@pytest.mark.parametrize("address, parts", GOOD)
def test_an_address_has_a_host_and_a_port(address: str, parts: tuple[str, int]) -> None:
    assert split_address(address) == parts


@pytest.mark.parametrize("address", BAD)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="must"):
        split_address(address)


def test_an_address_that_cannot_be_listened_on_is_named() -> None:
    assert "10.0.0.1:80" in str(ListenError("10.0.0.1:80"))
