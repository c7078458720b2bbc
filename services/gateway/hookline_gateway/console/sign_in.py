"""``/session``: signing in, who one is, signing out."""

from __future__ import annotations

import time
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hookline_gateway.answers import json_answer
from hookline_gateway.bodies import BodyLimits, media_type, read_body
from hookline_gateway.calls import Calls
from hookline_gateway.console import cookie
from hookline_gateway.console.acting import session_of
from hookline_gateway.console.callers import Callers, document
from hookline_gateway.console.same_origin import must_be_own, must_not_be_foreign
from hookline_gateway.console.sessions import Session, Sessions
from hookline_gateway.console.wrong_sign_ins import WrongSignIns
from hookline_gateway.credentials import API_APPID, API_KEY, header_keys
from hookline_gateway.json_api.json_in import read_json
from hookline_gateway.refusals import UnsupportedType
from hookline_runtime.errors import InvalidArgument, Unauthenticated, Violation

PATH = "/session"
_FIELDS = ("api_key", "api_appid")
_MOST_BYTES = 4096
_NEVER_KEPT = {"cache-control": "no-store"}


def routes(
    calls: Calls,
    sessions: Sessions,
    *,
    wrong_per_minute: int,
    body_seconds: float,
    clock: Callable[[], int] = time.monotonic_ns,
) -> list[Route]:
    """The routes of sessions; an address may send ``wrong_per_minute`` wrong keys in a minute of the ``clock``."""
    door = SignIn(
        sessions, Callers(calls), WrongSignIns(wrong_per_minute, clock), BodyLimits(_MOST_BYTES, body_seconds)
    )
    # One route, for of several with the same path the refusal of another method would name those of the first alone.
    return [Route(PATH, door.serve, methods=["POST", "GET", "DELETE"])]


class SignIn:
    """Gives out sessions and takes them back."""

    def __init__(self, sessions: Sessions, callers: Callers, wrong: WrongSignIns, limits: BodyLimits) -> None:
        self._sessions = sessions
        self._callers = callers
        self._wrong = wrong
        self._limits = limits

    async def serve(self, request: Request) -> Response:
        """Does what the method says."""
        match request.method:
            case "POST":
                return await self.sign_in(request)
            case "DELETE":
                return await self.sign_out(request)
            case _:
                return await self.who(request)

    async def sign_in(self, request: Request) -> Response:
        """Begins a session for a key, if the registry knows it; says who it is."""
        must_not_be_foreign(request)
        api_key, api_appid = await self._key(request)
        async with self._wrong.trying(request):
            header_keys({API_KEY: api_key, API_APPID: api_appid})
            session, sealed = self._sessions.begin(api_key, api_appid)
            answer = await self._about(session)
        cookie.give(request, answer, sealed, self._sessions.seconds)
        return answer

    async def who(self, request: Request) -> Response:
        """Says who is signed in."""
        session = session_of(request, self._sessions)
        if session is None:
            raise Unauthenticated("nobody is signed in", reason="SESSION_MISSING")
        return await self._about(session)

    async def sign_out(self, request: Request) -> Response:
        """Ends the session in this browser, if there is one."""
        if cookie.shown(request) is not None:
            must_be_own(request)
        answer = Response(status_code=204, headers=_NEVER_KEPT)
        cookie.take_back(request, answer)
        return answer

    async def _about(self, session: Session) -> Response:
        caller = await self._callers.of(session)
        return json_answer(document(caller, self._sessions.end_of(session)), headers=_NEVER_KEPT)

    async def _key(self, request: Request) -> tuple[str, str]:
        # Not even a body without a type: a form of another site can send one, and nothing of type JSON.
        if media_type(request) != "application/json":
            raise UnsupportedType("the body must be application/json", headers={"accept": "application/json"})
        value = read_json(await read_body(request, self._limits))
        if not isinstance(value, dict):
            raise InvalidArgument(Violation("", f"the body must be a JSON object with {' and '.join(_FIELDS)}"))
        faults = [Violation(str(name)[:64], "is not a field") for name in value if name not in _FIELDS]
        faults += [
            Violation(name, "must be a text that is not empty") for name in _FIELDS if not _is_text(value.get(name))
        ]
        if faults:
            raise InvalidArgument(*faults)
        return value["api_key"].strip(), value["api_appid"].strip()


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
