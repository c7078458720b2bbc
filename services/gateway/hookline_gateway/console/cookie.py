"""The cookie that holds a session: for this host alone, out of reach of scripts, and never sent from another site."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

_NAME = "hookline-session"


def shown(request: Request) -> str | None:
    """The sealed session that a request carries; None where it carries none."""
    return request.cookies.get(_name(request))


def give(request: Request, response: Response, sealed: str, seconds: int) -> None:
    """Has the browser keep a sealed session for so long."""
    _set(request, response, sealed, seconds)


def take_back(request: Request, response: Response) -> None:
    """Has the browser forget the session."""
    _set(request, response, "", 0)


def _set(request: Request, response: Response, value: str, seconds: int) -> None:
    response.set_cookie(
        _name(request), value, max_age=seconds, path="/", secure=_by_tls(request), httponly=True, samesite="strict"
    )


def _name(request: Request) -> str:
    # With this prefix a browser takes the cookie from this very host alone, and only by TLS (RFC 6265bis, 4.1.3.2).
    return f"__Host-{_NAME}" if _by_tls(request) else _NAME


def _by_tls(request: Request) -> bool:
    return request.url.scheme == "https"
