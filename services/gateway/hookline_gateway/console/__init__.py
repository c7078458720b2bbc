"""The back of the console: signing in, what a signed-in browser may call, and the pages themselves.

The gateway keeps nothing about who is signed in: a session is what its cookie holds, sealed (ADR 18).
"""

from __future__ import annotations

from hookline_gateway.console.acting import session_or_header_keys
from hookline_gateway.console.pages import STATIC, Pages
from hookline_gateway.console.pages import routes as page_routes
from hookline_gateway.console.sessions import Sessions
from hookline_gateway.console.sign_in import routes as sign_in_routes

__all__ = ["STATIC", "Pages", "Sessions", "page_routes", "session_or_header_keys", "sign_in_routes"]
