"""The id of an HTTP request goes along with the calls that answer it."""

from typing import Any

import structlog

from hookline_gateway.calls import Calls


async def test_the_id_of_the_request_goes_along() -> None:
    came: list[Any] = []

    async def method(request: object, *, timeout: float, metadata: Any) -> str:
        came.append(tuple(metadata))
        return "answer"

    backends: Any = None  # what is called is given
    calls = Calls(backends, 1.0)
    with structlog.contextvars.bound_contextvars(request_id="r-1"):
        assert await calls.registry(method, None, (("api-key", "k"),)) == "answer"
    await calls.registry(method, None, (("api-key", "k"),))
    assert came == [(("api-key", "k"), ("x-request-id", "r-1")), (("api-key", "k"),)]
