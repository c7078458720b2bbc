"""The pages of the console: one document that draws every page in the browser, and the files that it loads.

They lie in ``static``, where the build puts them. What the browser loads has a name that changes with its content, and
so is kept for good; the document is asked for anew each time, and has a nonce of its own each time.
"""

from __future__ import annotations

import secrets
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.staticfiles import StaticFiles

from hookline_gateway.content_coding import takes
from hookline_gateway.security_headers import page_headers

STATIC = Path(__file__).parents[1] / "static"
"""Where the build puts the pages."""
PLACES = (
    "sign-in",
    "deliveries",
    "subscriptions",
    "webhooks",
    "campaigns",
    "rules",
    "forms",
    "object-types",
    "plugins",
    "keys",
    "accounts",
    "administration",
    "audit",
    "docs",
)
"""First words of the paths of pages; below each the document itself knows which there are."""

_NONCE = "__CSP_NONCE__"
_FOR_GOOD = {"cache-control": "public, max-age=31536000, immutable"}
_FOR_A_DAY = {"cache-control": "public, max-age=86400"}
_CODINGS = {"br": ".br", "gzip": ".gz"}
"""In which the build laid files down compressed, the smaller first, and how these end."""
_ASK_AGAIN = {"cache-control": "no-cache"}
_NOT_BUILT = (
    "The console is not here: its pages are built when hookline-gateway is installed, and this one was installed"
    " without them.\nIn a clone, run `make setup` without HOOKLINE_SKIP_CONSOLE; it brings the Node.js it needs.\n"
    "Everything else works: see /openapi.json.\n"
)


def routes(static: Path = STATIC) -> list[Route]:
    """The routes of the pages that lie in a folder."""
    pages = Pages(static)
    return [
        Route("/assets/{path:path}", pages.asset),
        Route("/favicon.svg", pages.icon),
        Route("/", pages.document),
        *(Route(path, pages.document) for place in PLACES for path in (f"/{place}", f"/{place}/{{rest:path}}")),
    ]


class Pages:
    """Serves one folder of pages; it may be built while the gateway runs."""

    def __init__(self, static: Path) -> None:
        self._document = static / "index.html"
        self._files = StaticFiles(directory=static, check_dir=False)
        self._folder = static / "assets"
        self._assets = StaticFiles(directory=self._folder, check_dir=False)

    async def document(self, request: Request) -> Response:
        """The document, whichever page of it is asked for; 503 in words where it was not built."""
        return self._drawn(200) or PlainTextResponse(_NOT_BUILT, 503, _ASK_AGAIN)

    def nothing(self, request: Request) -> Response | None:
        """The document for a person who followed an address that nothing has; None: no person is to read the answer."""
        looks = request.method in ("GET", "HEAD") and "text/html" in request.headers.get("accept", "")
        return self._drawn(404) if looks else None

    def _drawn(self, status: int) -> Response | None:
        text = _text(self._document)
        if text is None:
            return None
        nonce = secrets.token_urlsafe(16)
        return HTMLResponse(text.replace(_NONCE, nonce), status, headers=_ASK_AGAIN | page_headers(nonce))

    async def asset(self, request: Request) -> Response:
        """A file that the document loads, as the build compressed it for who takes that."""
        name = request.path_params["path"]
        coding = self._coding(name, request.headers.get("accept-encoding", ""))
        answer = await _file(self._assets, name + _CODINGS.get(coding, ""), request)
        answer.headers.update(_FOR_GOOD | {"vary": "Accept-Encoding"})
        if coding:
            answer.headers["content-encoding"] = coding
        return answer

    def _coding(self, name: str, accepted: str) -> str:
        """The coding in which a file is there and taken; empty: none."""
        wanted = [coding for coding in _CODINGS if takes(coding, accepted)]
        # Compared with the names that are there: what a stranger wrote is no path until it is one of them.
        try:
            there = {file.name for file in self._folder.iterdir()} if wanted else set()
        except FileNotFoundError:
            return ""
        return next((coding for coding in wanted if name + _CODINGS[coding] in there), "")

    async def icon(self, request: Request) -> Response:
        """The icon of the browser's tab."""
        answer = await _file(self._files, "favicon.svg", request)
        answer.headers.update(_FOR_A_DAY)
        return answer


async def _file(files: StaticFiles, name: str, request: Request) -> Response:
    if "\0" in name:  # no file's name holds it, and the system would be asked for one
        raise HTTPException(404)
    return await files.get_response(name, request.scope)


def _text(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
