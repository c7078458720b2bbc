"""What a browser fetches before any page of the console can stand there."""

from __future__ import annotations

import gzip
import re

import pytest

from hookline_gateway.console import STATIC

# The charts and the editor of maps, about 135 and 90 KB, are fetched by the pages that show them: neither fits in here.
MOST_BYTES = 300_000

pytestmark = pytest.mark.skipif(not (STATIC / "index.html").exists(), reason="the console was not built here")


def _first() -> set[str]:
    """The scripts and styles that the document names, and what these import without waiting for a page to be opened."""
    found: set[str] = set()
    named = re.findall(r'(?:src|href)="/assets/([^"]+)"', (STATIC / "index.html").read_text())
    while named:
        name = named.pop()
        if name not in found:
            found.add(name)
            named += re.findall(r'(?:\bfrom|\bimport)\s*"\./([^"]+)"', (STATIC / "assets" / name).read_text())
    return found


def test_the_first_load_is_small() -> None:
    sizes = {name: (STATIC / "assets" / f"{name}.gz").stat().st_size for name in _first()}
    document = len(gzip.compress((STATIC / "index.html").read_bytes()))
    assert sum(sizes.values()) + document < MOST_BYTES, sorted(sizes.items(), key=lambda each: -each[1])


def test_what_is_large_waits_for_its_page() -> None:
    first = _first()
    pages = {path.name for path in (STATIC / "assets").glob("*.js")} - first
    for large in ("Charts", "Campaign", "LiveDoc", "Overview"):
        assert any(name.startswith(f"{large}-") for name in pages), large
