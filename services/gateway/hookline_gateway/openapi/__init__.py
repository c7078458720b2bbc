"""``/openapi.json``: both APIs, and request bins where there are some, as an OpenAPI 3.1 document.

The JSON API is told by the descriptors and their comments, Ontraport's by what its routes are made of.
"""

from __future__ import annotations

from functools import cache

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hookline_gateway.answers import JSON
from hookline_gateway.json_api.operations import operations, publishing
from hookline_gateway.ontraport.offers import OFFERS
from hookline_gateway.openapi.document import document
from hookline_gateway.openapi.request_bins import with_bins

_HEADERS = {"cache-control": "public, max-age=300"}


def routes(*, bins: bool) -> list[Route]:
    """The route of the document, with request bins or without; it is made when it is first asked for."""

    async def openapi(request: Request) -> Response:
        return Response(_bytes(bins), headers=_HEADERS, media_type=JSON)

    return [Route("/openapi.json", openapi)]


@cache
def _bytes(bins: bool) -> bytes:
    made = document((*operations(), publishing()), OFFERS)
    return orjson.dumps(with_bins(made) if bins else made)
