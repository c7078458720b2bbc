"""The answers of Ontraport's API: the envelope, what it holds for each operation, and what a refusal says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from hookline_gateway.ontraport.fields import Field, Kind
from hookline_gateway.ontraport.offers import Does, Offer
from hookline_gateway.ontraport.parameters import JSON

Document = dict[str, Any]

_REFUSAL: Final = "OntraportRefusal"
_ACCOUNT: Final = {"type": "integer", "description": "The account of the key."}
_RATE: Final = {
    "Limit": "How many requests a minute has.",
    "Remaining": "How many are left of them.",
    "Reset": "The seconds until the oldest request counts no more.",
}


REFUSAL: Final[Document] = {"$ref": f"#/components/schemas/{_REFUSAL}"}
"""The schema of every refusal."""


def schemas(offers: Iterable[Offer]) -> Document:
    """The schemas of the records that operations show, and of a refusal."""
    kinds = {each.kind.name: each.kind for each in offers}
    made = {_name(kind): _record(kind) for kind in kinds.values()}
    return {**made, _REFUSAL: _refusal()}


def done(offer: Offer) -> Document:
    """The response of an operation that did what was asked for."""
    data, example = _data(offer)
    schema = {
        "type": "object",
        "properties": {"code": {"const": 0}, "data": data, "account_id": _ACCOUNT},
        "required": ["code", "data", "account_id"],
    }
    told = {"schema": schema, "example": {"code": 0, "data": example, "account_id": 1}}
    return {"description": "What was asked for.", "headers": _headers(), "content": {JSON: told}}


def refused(status: str, words: str) -> Document:
    """An example of a refusal."""
    code = 503 if status == "5XX" else int(status)
    return {"code": code, "data": None, "error": words, "account_id": 1}


def _data(offer: Offer) -> tuple[Document, object]:
    """The schema of what the envelope holds, and an example of it."""
    record = _reference(_name(offer.kind))
    shown = {field.name: field.example for field in offer.kind.fields}
    whole = {"allOf": [record], "required": [*offer.kind.names]}
    match offer.does:
        case Does.SUBSCRIBE:
            secret = {"type": "string", "description": "Verifies the requests; it is not shown again."}
            new = {**shown, "last_hook": None, "last_code": "0", "last_payload": "", "signing_secret": "whsec_…"}
            return {**whole, "properties": {"signing_secret": secret}}, new
        case Does.UNSUBSCRIBE:
            schema = {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}
            return schema, {"id": "1"}
        case Does.ONE:
            return whole, shown
        case Does.MANY:
            return {"type": "array", "items": record, "maxItems": 50}, [shown]
        case Does.INFO:
            return _info(offer.kind)
        case Does.META:
            return {"type": "object", "required": [str(offer.kind.object_type_id)]}, offer.kind.meta()


def _info(kind: Kind) -> tuple[Document, object]:
    empty: Document = {"type": "array", "maxItems": 0}
    names = {"type": "array", "items": {"type": "string"}}
    count = {"type": "string", "pattern": "^[0-9]+$", "description": "How many there are."}
    settings = ("listFieldSettings", "cardViewSettings", "viewMode")
    properties = {"listFields": names, **dict.fromkeys(settings, empty), "count": count}
    schema = {"type": "object", "properties": properties, "required": [*properties]}
    return schema, {"listFields": [*kind.names], **{name: [] for name in settings}, "count": "1"}


def _record(kind: Kind) -> Document:
    return {
        "type": "object",
        "description": f"A {kind.name}: every value is a text, or null.",
        "properties": {field.name: _field(field) for field in kind.fields},
        "required": ["id"],
        # The secret of a new subscription comes beside them.
        "additionalProperties": {"type": "string"},
    }


def _field(field: Field) -> Document:
    schema: Document = {"type": ["string", "null"], "description": field.about}
    if field.numeric:
        schema["pattern"] = "^[0-9]+$"
    return {**schema, "examples": [field.example]}


def _refusal() -> Document:
    return {
        "type": "object",
        "description": "Why it was not done.",
        "properties": {
            "code": {"type": "integer", "description": "The status."},
            "data": {"type": "null"},
            "error": {"type": "string", "description": "Why, in words."},
            "account_id": _ACCOUNT,
        },
        "required": ["code", "data", "error"],
    }


def _headers() -> Document:
    return {
        f"X-Rate-Limit-{name}": {"description": text, "schema": {"type": "string", "pattern": "^[0-9]+$"}}
        for name, text in _RATE.items()
    }


def _name(kind: Kind) -> str:
    return f"Ontraport{kind.name}"


def _reference(name: str) -> Document:
    return {"$ref": f"#/components/schemas/{name}"}
