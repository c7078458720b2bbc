"""Whether a request comes from the console's own pages. Browsers say so, and pages cannot make them say otherwise.

That the cookie is ``SameSite=Strict`` keeps other sites out already. What is checked here also keeps out pages of
another origin on the same site, another port of this machine among them, and browsers that do not know the attribute.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.requests import Request

from hookline_gateway.refusals import ForeignPage

CONSOLE = "x-hookline-console"
"""A header that no form can send, and no page of another origin without leave."""
_SAFE = frozenset({"GET", "HEAD"})


def must_be_own(request: Request) -> None:
    """Passes a request that may act by the cookie: one of the console's pages, or a read that a person asked for.

    Raises:
        ForeignPage: it may come from elsewhere; the message says why.
    """
    must_not_be_foreign(request)
    if request.method in _SAFE:
        return
    headers = request.headers
    if headers.get(CONSOLE) != "1":
        raise ForeignPage(f"a change by the session needs the header {CONSOLE}: 1")
    if "origin" not in headers and "sec-fetch-site" not in headers:
        raise ForeignPage("a change by the session needs Origin or Sec-Fetch-Site, which browsers send by themselves")


def must_not_be_foreign(request: Request) -> None:
    """Passes a request of which no browser says that another origin made it.

    Raises:
        ForeignPage: one does.
    """
    site = request.headers.get("sec-fetch-site")
    own = ("same-origin", "none") if request.method in _SAFE else ("same-origin",)
    if site is not None and site not in own:
        raise ForeignPage(f"Sec-Fetch-Site is {site[:32]!r}, and only pages of this origin may use the session")
    origin = request.headers.get("origin")
    if origin is not None and not _same(origin, request, by_host=site is not None):
        raise ForeignPage("Origin is not this host, and only pages of this origin may use the session")


def _same(origin: str, request: Request, *, by_host: bool) -> bool:
    # Where the browser says "same-origin" itself, the scheme may be another on this side of a proxy that ends TLS.
    host = _host(request.headers)
    if by_host:
        return _netloc(origin) == host
    return origin.lower() == f"{request.url.scheme}://{host}"


def _netloc(origin: str) -> str | None:
    try:
        return urlsplit(origin.lower()).netloc
    except ValueError:
        return None


def _host(headers: Mapping[str, str]) -> str:
    return headers.get("host", "").lower()
