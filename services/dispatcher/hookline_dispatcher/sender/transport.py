"""httpx at the sender's two sides: the sender as an httpx transport, and any httpx transport as a sender."""

import asyncio
import time
from collections.abc import Callable, Mapping

import httpx

from hookline_dispatcher.core.retry import Outcome
from hookline_runtime.egress.url import DEFAULT_PORTS

from .guard import AddressRefused, Guard
from .limits import Limits
from .model import (
    Answered,
    Endpoint,
    Failed,
    Late,
    NoAnswer,
    Outgoing,
    SendResult,
    Sends,
)
from .reasons import TIMED_OUT
from .request import OWNED_HEADERS, encode_request, host_header

DEFAULT_TIMEOUT = 30.0  # seconds
OWN_TLS = "the transport of this installation takes no client certificates and CA certificates of targets"

_ERRORS: Mapping[NoAnswer, type[httpx.TransportError]] = {
    Outcome.TIMEOUT: httpx.ReadTimeout,
    Outcome.NAME_NOT_RESOLVED: httpx.ConnectError,
    Outcome.ADDRESS_REFUSED: httpx.ConnectError,
    Outcome.NOT_CONNECTED: httpx.ConnectError,
    Outcome.TLS_FAILED: httpx.ConnectError,
    Outcome.PROTOCOL_ERROR: httpx.RemoteProtocolError,
    Outcome.TOO_LARGE: httpx.RemoteProtocolError,
    Outcome.NOT_AUTHORIZED: httpx.ConnectError,
}


class HooklineTransport(httpx.AsyncBaseTransport):
    """Sends an httpx request through a sender, which it then owns.

    The largest of the request's timeouts bounds the whole exchange. A body is cut as the sender cuts it; the extension
    ``hookline_body_cut`` says whether it was. Raises the errors of httpx.
    """

    def __init__(self, sender: Sends) -> None:
        self._sender = sender

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request` and return its answer."""
        outgoing = Outgoing(
            method=request.method.encode("ascii"),
            endpoint=_endpoint(request.url),
            target=request.url.raw_path,
            headers=[(name, value) for name, value in request.headers.raw if name.lower() not in OWNED_HEADERS],
            body=await request.aread(),
        )
        try:
            result = await self._sender.send(outgoing, timeout=_one_bound(request))
        except ValueError as error:
            raise httpx.LocalProtocolError(str(error), request=request) from None
        if isinstance(result, Failed):
            raise _ERRORS[result.outcome](result.reason, request=request)
        if isinstance(result, Late):  # cannot be: no leave_by was given
            raise httpx.WriteTimeout("the request did not leave in time", request=request)
        return httpx.Response(
            result.status_code,
            headers=list(result.headers),
            stream=httpx.ByteStream(result.body),
            extensions={"http_version": b"HTTP/1.1", "hookline_body_cut": result.body_cut},
        )

    async def aclose(self) -> None:
        """Close the sender."""
        await self._sender.aclose()


class HttpxSender:
    """Sends through an httpx transport of the operator's choice, within the bounds of the sender.

    The transport connects, so the guard can check only what the URL shows; where a name leads is the transport's
    business. `clock` as in `Sender`; `leave_by` is checked before the transport takes the request.
    """

    def __init__(
        self,
        transport: httpx.AsyncBaseTransport,
        guard: Guard,
        *,
        limits: Limits = Limits(),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._transport = transport
        self._guard = guard
        self._limits = limits
        self._clock = clock

    async def send(self, request: Outgoing, *, timeout: float, leave_by: float | None = None) -> SendResult:
        """Send `request` and return what came of it; the contract is that of `Sender.send`."""
        encode_request(request)  # refuses what must not be written
        started = self._clock()
        if leave_by is not None and started > leave_by:
            return Late()
        outcome: NoAnswer
        refusal = None
        if request.tls is not None:  # it would go without: rather not at all
            return Failed(Outcome.TLS_FAILED, OWN_TLS, self._latency(started))
        try:
            self._guard.check_literal(request.endpoint)
            async with asyncio.timeout(timeout):
                return await self._exchange(_httpx_request(request, timeout), started)
        except AddressRefused as error:
            outcome, reason, refusal = Outcome.ADDRESS_REFUSED, str(error), error.why
        except (TimeoutError, httpx.TimeoutException):
            outcome, reason = Outcome.TIMEOUT, TIMED_OUT
        except (httpx.ConnectError, httpx.ProxyError):
            outcome, reason = Outcome.NOT_CONNECTED, "no connection came about"
        except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, OSError):
            outcome, reason = Outcome.PROTOCOL_ERROR, "the exchange with the receiver broke off"
        return Failed(outcome, reason, self._latency(started), refusal=refusal)

    async def aclose(self) -> None:
        """Close the transport."""
        await self._transport.aclose()

    async def _exchange(self, request: httpx.Request, started: float) -> SendResult:
        response = await self._transport.handle_async_request(request)
        first_byte = self._latency(started)  # the whole head's, in truth: when the first one came the transport knows
        try:
            headers = self._kept_headers(response)
            if headers is None:
                reason = "the head of the receiver's answer is too large"
                return Failed(Outcome.TOO_LARGE, reason, self._latency(started), first_byte_latency=first_byte)
            body, cut = await self._read(response)
        finally:
            await response.aclose()
        head_cut = len(headers) < len(response.headers.raw)
        return Answered(response.status_code, headers, body, cut, self._latency(started), None, first_byte, head_cut)

    def _kept_headers(self, response: httpx.Response) -> tuple[tuple[bytes, bytes], ...] | None:
        kept, size = [], 0
        for name, value in response.headers.raw:
            size += len(name) + len(value) + 4
            if size <= self._limits.head_kept:
                kept.append((name.lower(), value))
        return tuple(kept) if size <= self._limits.head_read else None

    async def _read(self, response: httpx.Response) -> tuple[bytes, bool]:
        limits, body, seen = self._limits, bytearray(), 0
        # Not `aiter_raw`, which refuses a response that was made with its whole content at hand.
        assert isinstance(response.stream, httpx.AsyncByteStream), "an asynchronous transport gives such a stream"
        async for chunk in response.stream:
            body += chunk[: limits.body_kept - len(body)]
            seen += len(chunk)
            if seen > limits.body_read:
                break
        return bytes(body), seen > len(body)

    def _latency(self, started: float) -> int:
        return int((self._clock() - started) * 1_000_000)


def _endpoint(url: httpx.URL) -> Endpoint:
    if url.scheme not in DEFAULT_PORTS:
        raise httpx.UnsupportedProtocol("the URL is neither http nor https")
    return Endpoint(url.scheme, url.raw_host.decode("ascii").lower(), url.port or DEFAULT_PORTS[url.scheme])


def _one_bound(request: httpx.Request) -> float:
    timeouts: Mapping[str, float | None] = request.extensions.get("timeout", {})
    return max((seconds for seconds in timeouts.values() if seconds is not None), default=DEFAULT_TIMEOUT)


def _httpx_request(request: Outgoing, timeout: float) -> httpx.Request:
    endpoint = request.endpoint
    host = f"[{endpoint.host}]" if ":" in endpoint.host else endpoint.host
    url = httpx.URL(scheme=endpoint.scheme, host=host, port=endpoint.port, raw_path=request.target)
    headers = [(b"Host", host_header(endpoint).encode("ascii")), (b"Accept-Encoding", b"identity"), *request.headers]
    return httpx.Request(
        request.method.decode("ascii"),
        url,
        headers=headers,
        content=request.body,
        extensions={"timeout": httpx.Timeout(timeout).as_dict()},
    )
