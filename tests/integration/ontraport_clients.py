"""Two clients of the original, as they put a request on the wire: its own for PHP, and one for .NET.

Header names, encodings and the places of parameters are theirs; what is told of a failure is not.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote_plus, urlencode

import httpx


class Client(ABC):
    """A client of one account."""

    def __init__(self, base: str, api_key: str, api_appid: str) -> None:
        self._base = base
        self._headers = {"Api-key": api_key, "Api-Appid": api_appid}
        self.last: httpx.Response | None = None

    async def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None = None) -> Any:
        async with httpx.AsyncClient(trust_env=False, timeout=30) as http:
            url = f"{self._base}/1/{path}"
            self.last = await http.request(method, url, headers={**self._headers, **headers}, content=body)
        return self.last.json()

    @abstractmethod
    async def subscribe(self, url: str, event: str, data: str | None = None) -> Any: ...

    @abstractmethod
    async def unsubscribe(self, id_: str) -> Any: ...

    @abstractmethod
    async def get(self, path: str, **parameters: Any) -> Any: ...


class Php(Client):
    """The original's own: forms in bodies, everything else in the query, also of a DELETE."""

    async def subscribe(self, url: str, event: str, data: str | None = None) -> Any:
        fields = {"url": url, "event": event} | ({} if data is None else {"data": data})
        form = {"content-type": "application/x-www-form-urlencoded"}
        return await self.send("POST", "Webhook/subscribe", form, urlencode(fields).encode())

    async def unsubscribe(self, id_: str) -> Any:
        return await self.send("DELETE", f"Webhook/unsubscribe?{urlencode({'id': id_})}", {})

    async def get(self, path: str, **parameters: Any) -> Any:
        pairs: list[tuple[str, Any]] = []
        for name, value in parameters.items():
            if isinstance(value, list):
                pairs += [(f"{name}[{place}]", each) for place, each in enumerate(value)]
            else:
                pairs.append((name, value))
        return await self.send("GET", f"{path}?{urlencode(pairs)}", {})


class DotNet(Client):
    """JSON bodies, also of a DELETE, with ids as numbers; a GET names the type of a body that it has not."""

    async def subscribe(self, url: str, event: str, data: str | None = None) -> Any:
        return await self._json("POST", "Webhook/subscribe", {"url": url, "event": event, "data": data})

    async def unsubscribe(self, id_: str) -> Any:
        return await self._json("DELETE", "Webhook/unsubscribe", {"id": int(id_)})

    async def get(self, path: str, **parameters: Any) -> Any:
        shown = (
            (name, ",".join(map(str, value)) if isinstance(value, list) else str(value))
            for name, value in parameters.items()
        )
        query = "&".join(f"{name}={quote_plus(value)}" for name, value in shown)
        headers = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
        return await self.send("GET", f"{path}?{query}" if query else path, headers, b"")

    async def _json(self, method: str, path: str, values: dict[str, Any]) -> Any:
        return await self.send(
            method, path, {"content-type": "application/json; charset=utf-8"}, json.dumps(values).encode()
        )
