"""Sessions: the key of who signed in and when, sealed into a text that the browser keeps.

They end by their age, with the key (the services decide that at every call), or with the sealing key.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from hookline_gateway.backends import Metadata
from hookline_gateway.console.sealing import Seal
from hookline_gateway.credentials import API_APPID, API_KEY
from hookline_runtime.errors import Unauthenticated

_PURPOSE = b"hookline console session 1"
_CLOCKS_DIFFER = 60  # seconds, between gateways that share a sealing key


@dataclass(frozen=True, slots=True)
class Session:
    """Who signed in, and when in seconds of the epoch."""

    api_key: str
    api_appid: str
    issued: int

    @property
    def keys(self) -> Metadata:
        """The key as the services are shown it."""
        return ((API_KEY, self.api_key), (API_APPID, self.api_appid))


class Sessions:
    """Makes and reads sessions that are good for ``seconds``; ``clock`` gives seconds of the epoch."""

    def __init__(self, key: bytes, seconds: int, clock: Callable[[], float]) -> None:
        self._seal = Seal(key, _PURPOSE)
        self.seconds = seconds
        self._clock = clock

    def begin(self, api_key: str, api_appid: str) -> tuple[Session, str]:
        """A session that begins now, and its sealed text."""
        session = Session(api_key, api_appid, int(self._clock()))
        content = json.dumps([session.api_key, session.api_appid, session.issued])
        return session, self._seal.seal(content.encode())

    def read(self, text: str) -> Session:
        """The session that was sealed into a text.

        Raises:
            Unauthenticated: none was, by this key, or it is over.
        """
        content = self._seal.open(text)
        if content is None:
            raise Unauthenticated("the session is not one of this gateway: sign in again", reason="SESSION_INVALID")
        session = Session(*json.loads(content))
        if not -_CLOCKS_DIFFER <= self._clock() - session.issued < self.seconds:
            raise Unauthenticated("the session is over: sign in again", reason="SESSION_EXPIRED")
        return session

    def end_of(self, session: Session) -> int:
        """When a session is over, in seconds of the epoch."""
        return session.issued + self.seconds
