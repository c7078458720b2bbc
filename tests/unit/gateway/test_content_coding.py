from __future__ import annotations

import pytest

from hookline_gateway.content_coding import takes


@pytest.mark.parametrize(
    "header, taken",
    [
        ("", False),
        ("gzip", True),
        ("GZip", True),
        ("x-gzip", True),
        ("deflate, gzip;q=1.0, *;q=0.5", True),
        ("br ; q=1 , gzip ; q=0.001", True),
        ("gzip;q=0", False),
        ("gzip; q = 0.000, br", False),
        ("identity", False),
        ("*", False),
        ("notgzip", False),
        ("gzip;q=0,gzip", False),
        (";,;q", False),
    ],
)
def test_gzip_is_taken_by_who_names_it_and_does_not_refuse_it(header: str, taken: bool) -> None:
    assert takes("gzip", header) is taken


@pytest.mark.parametrize("header, taken", [("gzip, br", True), ("br;q=0, gzip", False), ("gzip", False)])
def test_so_is_brotli(header: str, taken: bool) -> None:
    assert takes("br", header) is taken
