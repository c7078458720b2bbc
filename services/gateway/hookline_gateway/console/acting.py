"""As whom a request of the JSON API acts: with the key in its headers or, without one, with the session's."""

from __future__ import annotations

from starlette.requests import Request

from hookline_gateway.backends import Metadata
from hookline_gateway.console import cookie
from hookline_gateway.console.same_origin import must_be_own
from hookline_gateway.console.sessions import Session, Sessions
from hookline_gateway.credentials import API_APPID, API_KEY, KeysOf, header_keys


def session_or_header_keys(sessions: Sessions) -> KeysOf:
    """Reads the key of a request. One in the headers goes before the cookie, even where it is half of one, or wrong."""

    def keys_of(request: Request) -> Metadata:
        if API_KEY in request.headers or API_APPID in request.headers:
            return header_keys(request.headers)
        session = session_of(request, sessions)
        return () if session is None else session.keys

    return keys_of


def session_of(request: Request, sessions: Sessions) -> Session | None:
    """The session that a request acts by; None where it carries none.

    Raises:
        ForeignPage: the request may come from the page of another origin.
        Unauthenticated: the session is over, or none of this gateway's.
    """
    sealed = cookie.shown(request)
    if sealed is None:
        return None
    must_be_own(request)
    return sessions.read(sealed)
