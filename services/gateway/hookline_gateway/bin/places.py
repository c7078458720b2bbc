"""Where bins are, as the outside sees them."""

from __future__ import annotations

import re

from starlette.requests import Request

BASE = "/bin"
# Only what can stand in a URL: the header is the client's to write.
_HOST = re.compile(r"(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?", re.ASCII)


def url_of(request: Request, bin_id: str, public_url: str) -> str:
    """The URL of a bin: below the address that a setting gives, or the one by which this request came."""
    return f"{public_url.rstrip('/') or _origin(request)}{BASE}/{bin_id}"


def is_navigation(request: Request) -> bool:
    """Whether a person opens the URL in a browser, as opposed to a program that sends something."""
    if request.method not in ("GET", "HEAD"):
        return False
    destination = request.headers.get("sec-fetch-dest")
    if destination is not None:
        return destination == "document"
    return "text/html" in request.headers.get("accept", "")


def _origin(request: Request) -> str:
    host = request.headers.get("host", "")
    if not _HOST.fullmatch(host):
        name, port = request.scope.get("server") or ("127.0.0.1", 80)
        host = f"[{name}]:{port}" if ":" in name else f"{name}:{port}"
    return f"{request.scope['scheme']}://{host}"
