"""The schemas of request bins, as ``bin.showing`` writes them and ``bin.asked`` reads them."""

from __future__ import annotations

from typing import Any, Final, get_args

from hookline_gateway.bin.model import Part, Verdict

Document = dict[str, Any]


def _text(about: str) -> Document:
    return {"type": "string", "description": about}


def _object(about: str, properties: Document) -> Document:
    return {"type": "object", "description": about, "properties": properties, "required": [*properties]}


_TIME: Final = {"type": "string", "format": "date-time"}
_PAIRS: Final = {
    "type": "array",
    "items": {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 2},
}

SECRET: Final[Document] = {
    "signing_secret": {
        "type": "string",
        "maxLength": 256,
        "description": "By which secret signatures are checked, whsec_ and base64; empty: by none.",
    }
}
STATUS: Final[Document] = {
    "status": {
        "type": "integer",
        "minimum": 200,
        "maximum": 599,
        "description": "The HTTP status that the bin answers.",
    }
}

_BIN: Final = _object(
    "A request bin.",
    {
        "id": _text("The last part of its URL."),
        "url": _text("Where to send to, and what to show to nobody else."),
        "expires_time": {**_TIME, "description": "When it is over."},
        **STATUS,
        "has_secret": {"type": "boolean", "description": "Whether signatures are checked."},
    },
)
_SIGNATURE: Final = _object(
    "What is known of a request's signature.",
    {
        "verdict": {"enum": [*get_args(Verdict)], "description": "Whether it verifies."},
        "timestamp": {"type": ["integer", "null"], "description": "The sender's time, in Unix seconds."},
        "seconds_off": {"type": ["number", "null"], "description": "How far that is from when it came."},
        "in_time": {"type": ["boolean", "null"], "description": "Whether that is within the tolerance."},
        "tolerance_seconds": {"type": "number", "description": "How far it may be."},
    },
)
_REQUEST: Final = _object(
    "A request that a bin keeps.",
    {
        "number": {"type": "integer", "description": "Counts the bin's requests from 1."},
        "receive_time": {**_TIME, "description": "When it came."},
        "method": _text("Its method."),
        "path": _text("Its path as it was sent."),
        "query": _text("Its query as it was sent."),
        "headers": {**_PAIRS, "description": "Names in lower case, and values, in order."},
        "body": _text("Its body, in base64 where it is no text."),
        "body_encoding": {"enum": ["utf-8", "base64"], "description": "How the body is written."},
        "size": {"type": "integer", "description": "How many bytes of the body came."},
        "complete": {"type": "boolean", "description": "Whether these were all."},
        "cut": {"type": "array", "items": {"enum": [*get_args(Part)]}, "description": "What is kept in part."},
        "form": {**_PAIRS, "type": ["array", "null"], "description": "The pairs of a form."},
        "json": {"description": "The value of a JSON body."},
        "signature": {"$ref": "#/components/schemas/BinSignature"},
        "webhook_id": {"type": ["string", "null"], "description": "The delivery's id."},
        "attempt": {"type": "integer", "description": "Which one with that id it is, from 1."},
    },
)
_PAGE: Final = _object(
    "A page of a bin's requests.",
    {
        "bin": {"$ref": "#/components/schemas/Bin"},
        "requests": {"type": "array", "items": {"$ref": "#/components/schemas/BinRequest"}},
        "next_page_token": _text("Leads to the next page; empty: there is none."),
    },
)

SCHEMAS: Final[Document] = {"Bin": _BIN, "BinSignature": _SIGNATURE, "BinRequest": _REQUEST, "BinPage": _PAGE}
