"""The pages as they are served: what each answer allows the browser, how long it is kept, and what is no page."""

from __future__ import annotations

import gzip
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from hookline_gateway.console.pages import PLACES, STATIC
from tests.contract.gateway.rig import gateway
from tests.integration.process import free_port

DOCUMENT = '<!doctype html><meta name="csp-nonce" content="__CSP_NONCE__"><p>{}</p>'
SCRIPT = "console.log('hello');" * 200


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A folder as the build lays it out, with a secret beside it."""
    static = tmp_path / "static"
    (static / "assets").mkdir(parents=True)
    (static / "index.html").write_text(DOCUMENT.format("ö"))
    (static / "favicon.svg").write_text("<svg/>")
    (static / "assets" / "index-1a2b.js").write_text(SCRIPT)
    (static / "assets" / "index-1a2b.css").write_text("p{}")
    (static / ".built-from").write_text("a digest")
    (tmp_path / "secret").write_text("a secret")
    return static


@asynccontextmanager
async def serving(static: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with (
        gateway(free_port(), free_port(), pages=static) as made,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{made.port}", trust_env=False) as http,
    ):
        yield http


async def test_every_place_of_the_console_is_the_document(built: Path) -> None:
    async with serving(built) as http:
        for path in ("/", *(f"/{place}{rest}" for place in PLACES for rest in ("", "/", "/4", "/a/b%2Fc"))):
            answer = await http.get(path)
            assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
            assert answer.headers["cache-control"] == "no-cache"
            assert "<p>ö</p>" in answer.text


async def test_the_document_allows_itself_and_nothing_else(built: Path) -> None:
    async with serving(built) as http:
        nonces = set()
        for _ in range(3):
            answer = await http.get("/deliveries/4")
            found = re.search(r'content="([\w-]{22})"', answer.text)
            assert found is not None
            nonces.add(found[1])
            assert answer.headers["content-security-policy"] == (
                f"default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{found[1]}'; img-src 'self' data:; "
                "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
            )
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["x-frame-options"] == "DENY"
            assert answer.headers["referrer-policy"] == "no-referrer"
            assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        assert len(nonces) == 3


async def test_what_the_document_loads_is_kept_for_good(built: Path) -> None:
    async with serving(built) as http:
        script = await http.get("/assets/index-1a2b.js", headers={"accept-encoding": "gzip"})
        assert script.text == SCRIPT
        assert script.headers["content-encoding"] == "gzip"
        assert script.headers["content-type"].startswith("text/javascript")
        assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert script.headers["x-content-type-options"] == "nosniff"
        again = await http.get("/assets/index-1a2b.js", headers={"if-none-match": script.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert (await http.head("/assets/index-1a2b.css")).headers["content-type"].startswith("text/css")
        icon = await http.get("/favicon.svg")
        assert (icon.text, icon.headers["content-type"]) == ("<svg/>", "image/svg+xml")


async def test_what_the_build_compressed_goes_out_as_it_is(built: Path) -> None:
    packed = gzip.compress(SCRIPT.encode(), mtime=0)
    (built / "assets" / "index-1a2b.js.gz").write_bytes(packed)
    async with serving(built) as http:
        async with http.stream("GET", "/assets/index-1a2b.js", headers={"accept-encoding": "gzip, br"}) as script:
            assert b"".join([piece async for piece in script.aiter_raw()]) == packed
            assert script.headers["content-encoding"] == "gzip"
            assert script.headers["content-type"].startswith("text/javascript")
            assert (script.headers["content-length"], script.headers["vary"]) == (str(len(packed)), "Accept-Encoding")
        (built / "assets" / "index-1a2b.js.br").write_bytes(b"as it was laid down")
        async with http.stream("GET", "/assets/index-1a2b.js", headers={"accept-encoding": "gzip, br"}) as script:
            assert b"".join([piece async for piece in script.aiter_raw()]) == b"as it was laid down"
            assert script.headers["content-encoding"] == "br"
            assert script.headers["content-type"].startswith("text/javascript")
        plain = await http.get("/assets/index-1a2b.js", headers={"accept-encoding": "identity"})
        assert (plain.text, "content-encoding" in plain.headers) == (SCRIPT, False)


@pytest.mark.parametrize("path", [
    "/assets/none.js", "/assets/", "/assets", "/assets/../index.html", "/assets/..%2f..%2fsecret",
    "/assets/%2e%2e/.built-from",
    "/assets/%00", "/assets//etc/passwd", "/assets/" + "a" * 400, "/.built-from", "/index.html", "/static/index.html",
    "/deliveriesx", "/favicon.ico", "/nothing",
])  # fmt: skip
async def test_everything_else_is_nothing(built: Path, path: str) -> None:
    async with serving(built) as http:
        # As it stands: httpx would take the dots out of the path.
        request = http.build_request("GET", "/")
        request.url = request.url.copy_with(raw_path=path.encode())
        answer = await http.send(request)
        assert (answer.status_code, answer.json()["details"][0]["reason"]) == (404, "ROUTE_UNKNOWN")


async def test_a_person_who_went_astray_is_told_so_by_the_document(built: Path) -> None:
    async with serving(built) as http:
        answer = await http.get("/nothing", headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
        assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
        assert "<p>ö</p>" in answer.text
        assert "script-src 'self'" in answer.headers["content-security-policy"]
        posted = await http.post("/nothing", headers={"accept": "text/html"})
        assert (posted.status_code, posted.json()["details"][0]["reason"]) == (404, "ROUTE_UNKNOWN")


async def test_a_page_is_looked_at_and_not_changed(built: Path) -> None:
    async with serving(built) as http:
        for path in ("/", "/deliveries", "/assets/index-1a2b.js"):
            answer = await http.post(path)
            assert (answer.status_code, set(answer.headers["allow"].split(", "))) == (405, {"GET", "HEAD"})
        head = await http.head("/")
        assert (head.status_code, head.content) == (200, b"")


async def test_the_documents_of_the_apis_stay_where_they_are(built: Path) -> None:
    async with serving(built) as http:
        assert (await http.get("/openapi.json")).json()["openapi"].startswith("3.1")
        assert (await http.get("/healthz")).status_code == 503


async def test_what_was_not_built_says_how_to_build_it(tmp_path: Path) -> None:
    async with serving(tmp_path / "none") as http:
        for path in ("/", "/deliveries/4"):
            answer = await http.get(path)
            assert (answer.status_code, answer.headers["content-type"]) == (503, "text/plain; charset=utf-8")
            assert "make setup" in answer.text
        assert (await http.get("/assets/index.js")).status_code == 404
        assert (await http.get("/favicon.svg")).status_code == 404


@pytest.mark.skipif(not (STATIC / "index.html").exists(), reason="the console was not built here")
def test_what_the_build_makes_runs_under_the_policy() -> None:
    document = (STATIC / "index.html").read_text()
    assert '<meta name="csp-nonce" content="__CSP_NONCE__">' in document
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", document)
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", document, re.DOTALL)
    assert scripts
    for attributes, text in scripts:
        assert 'src="/assets/' in attributes
        assert not text.strip()
    loaded = re.findall(r'(?:src|href)="([^"]+)"', document)
    assert all((STATIC / path.removeprefix("/")).is_file() for path in loaded)
