"""What the document says of request bins, where the gateway has some. That a bin takes every request says its tag."""

from __future__ import annotations

from typing import Any, Final

from hookline_gateway.openapi import bin_examples, bin_schemas
from hookline_gateway.openapi.document import PREFIX
from hookline_gateway.openapi.failures import READING, references

Document = dict[str, Any]

TAG: Final = "Request bins"
_ABOUT: Final = (
    "Private URLs that keep what is sent to them for a day, and show it: every request to /bin/{id} or to a path below"
    " it that is not among these, whatever its method. Who knows a URL may look; a key of the account that made it"
    " changes it."
)
_JSON: Final = "application/json"
_STREAM: Final = {"type": "string", "description": "The data of each event is a BinRequest, its id the number."}
_TEXT: Final = {"type": "string"}
_NUMBER: Final = {"type": "string", "pattern": "^[0-9]{1,18}$"}


def with_bins(document: Document) -> Document:
    """The document with the bins' operations."""
    components = document["components"]
    return {
        **document,
        "tags": [*document["tags"], {"name": TAG, "description": _ABOUT}],
        "paths": {**document["paths"], **_paths()},
        "components": {**components, "schemas": {**components["schemas"], **bin_schemas.SCHEMAS}},
    }


def _paths() -> Document:
    requests = "/bin/{id}/requests"
    return {
        "/bin": {"post": _make()},
        "/bin/{id}": {"delete": _changing("Delete", "Takes a bin away", "Ends a bin with all that it keeps.")},
        requests: {
            "get": _list(),
            "delete": _changing("Clear", "Lets go of a bin's requests", "Empties a bin; numbers go on."),
        },
        f"{requests}:watch": {"get": _watch()},
        "/bin/{id}/secret": {
            "put": _setting("SetSecret", bin_schemas.SECRET, "whsec_YW4gZXhhbXBsZSBvZiAyNCBieXRlcyE=")
        },
        "/bin/{id}/answer": {"put": _setting("SetAnswer", bin_schemas.STATUS, 503)},
    }


def _make() -> Document:
    made = _operation("Make", "Makes a request bin", "Makes a bin of the key's account, for a day.", ("429", *READING))
    made["requestBody"] = _body(bin_schemas.SECRET, {})
    made["responses"]["201"] = _done("Bin")
    return made


def _list() -> Document:
    size = _parameter("page_size", "query", "At most 100; 20 when left out.", _NUMBER)
    token = _parameter("page_token", "query", "The next_page_token of the page before.", _NUMBER)
    about = "Shows what came, the newest first. Needs no key."
    made = _operation("List", "Lists a bin's requests", about, (), _ID, size, token)
    made["responses"]["200"] = _done("BinPage")
    return _open(made)


def _watch() -> Document:
    after = _parameter("after", "query", "Begins after this number; 0: with what is kept.", _NUMBER)
    last = _parameter("Last-Event-ID", "header", "Goes on after this number.", _TEXT)
    about = "Sends each request as a server-sent event when it comes. Needs no key."
    made = _operation("Watch", "Follows a bin's requests", about, ("429",), _ID, after, last)
    content = {"text/event-stream": {"schema": _STREAM, "example": bin_examples.EVENT}}
    made["responses"]["200"] = {"description": "What comes, for as long as one listens.", "content": content}
    return _open(made)


def _open(operation: Document) -> Document:
    """An operation for whoever knows the URL."""
    responses = {status: told for status, told in operation["responses"].items() if status not in ("401", "403")}
    return {**operation, "responses": responses, "security": []}


def _setting(name: str, field: Document, example: Any) -> Document:
    (word,) = field
    made = _operation(name, f"Sets a bin's {word}", field[word]["description"], READING, _ID)
    made["requestBody"] = _body(field, {word: example})
    made["responses"]["200"] = _done("Bin")
    return made


def _changing(name: str, summary: str, about: str) -> Document:
    made = _operation(name, summary, about, (), _ID)
    made["responses"]["200"] = {
        "description": "It is done.",
        "content": {_JSON: {"schema": {"type": "object"}, "example": {}}},
    }
    return made


def _operation(name: str, summary: str, about: str, more: tuple[str, ...], *parameters: Document) -> Document:
    statuses = ("400", "401", "403", "404", *more, "5XX")
    made: Document = {"operationId": f"Bins_{name}", "tags": [TAG], "summary": summary, "description": about}
    if parameters:
        made["parameters"] = [*parameters]
    return made | {"responses": references(PREFIX, statuses)}


def _parameter(name: str, place: str, about: str, schema: Document) -> Document:
    return {"name": name, "in": place, "description": about, "schema": schema}


_ID: Final = _parameter("id", "path", "The last part of the bin's URL.", _TEXT) | {
    "required": True,
    "example": bin_examples.ID,
}


def _body(field: Document, example: Document) -> Document:
    schema = {"type": "object", "properties": field, "additionalProperties": False}
    return {"content": {_JSON: {"schema": schema, "example": example}}}


def _done(schema: str) -> Document:
    told = {"schema": {"$ref": f"#/components/schemas/{schema}"}, "example": bin_examples.EXAMPLES[schema]}
    return {"description": "What was asked for.", "content": {_JSON: told}}
