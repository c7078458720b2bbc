"""The document: one path item for each path, one operation for each way to call an RPC or to use Ontraport's API."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version
from typing import Any

import orjson
from google.protobuf.descriptor import Descriptor, MethodDescriptor
from google.rpc import status_pb2
from hookline.dispatcher.v1 import event_service_pb2
from hookline.event.v1 import event_pb2, options_pb2

from hookline_gateway.json_api.etags import shows_etag, takes_if_match
from hookline_gateway.json_api.event_stream import MEDIA_TYPE, TOKEN
from hookline_gateway.json_api.operations import Operation, publishing
from hookline_gateway.json_api.publishing import LINES, REVISION
from hookline_gateway.ontraport.offers import Offer
from hookline_gateway.openapi import envelopes, failures, ontraport
from hookline_gateway.openapi.answers import event_of, example_of
from hookline_gateway.openapi.comments import comment, first_sentence
from hookline_gateway.openapi.examples import EVENT, body_of
from hookline_gateway.openapi.examples import LINES as EVENT_LINES
from hookline_gateway.openapi.parameters import parameters
from hookline_gateway.openapi.paths import Told, told_paths
from hookline_gateway.openapi.schemas import Schemas

Document = dict[str, Any]

_JSON = "application/json"
_DESCRIPTION = (
    "Everything that the services do, as JSON below /v1, and below /1 the API that clients of Ontraport know. Below /v1"
    " fields have the names of the protos; those of proto3 JSON are read as well. Numbers of 64 bits are written as"
    " strings. Every failure is a google.rpc.Status."
)
PREFIX = "Failure"
"""Before the names of the responses that tell of failures."""
_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "schema": {"type": "string"},
    "description": "The ETag that the thing must still have; otherwise the answer is 412.",
}
_IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "schema": {"type": "string"},
    "description": "The ETag of what is known already: while the thing has it, the answer is 304, without a body.",
}
_NOT_MODIFIED = {"description": "The thing still has an ETag of If-None-Match."}
_LAST_EVENT_ID = {
    "name": "Last-Event-ID",
    "in": "header",
    "schema": {"type": "string"},
    "description": "The id of the last event that came: the stream goes on after it.",
}


def document(operations: Iterable[Operation], offers: Sequence[Offer]) -> Document:
    """The OpenAPI 3.1 document of these operations of the JSON API and of Ontraport's."""
    schemas = Schemas()
    paths: Document = {}
    tags = {}
    for offer in offers:
        paths[offer.path] = {method.lower(): ontraport.operation(offer, method) for method in offer.methods}
    offered = [*operations]
    told = told_paths(each.template for each in offered)
    for each in offered:
        service = each.rpc.containing_service
        tags[service.name] = {"name": service.name, "description": comment(service.full_name)}
        path = told[each.template.text]
        paths.setdefault(path.text, {})[each.verb.lower()] = _operation(each, path, schemas)
    status = schemas.reference(status_pb2.Status.DESCRIPTOR)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Hookline", "version": version("hookline-gateway"), "description": _DESCRIPTION},
        "servers": [{"url": "/"}],
        "security": [{"ApiKey": [], "ApiAppid": []}],
        "tags": [*ontraport.tags(), *tags.values()],
        "paths": paths,
        "components": {
            "schemas": {**schemas.made, **envelopes.schemas(offers)},
            "responses": {**failures.components(PREFIX, status, failures.status_example), **ontraport.responses()},
            "securitySchemes": {
                "ApiKey": _key("Api-Key", "The secret of a key."),
                "ApiAppid": _key("Api-Appid", "Its application id."),
            },
        },
    }


def _operation(operation: Operation, path: Told, schemas: Schemas) -> Document:
    rpc = operation.rpc
    text = _without_name(comment(rpc.full_name), rpc.name)
    made: Document = {
        "operationId": f"{rpc.containing_service.name}_{rpc.name}",
        "tags": [rpc.containing_service.name],
        "summary": first_sentence(text),
        "description": f"{text}\n\n{_access(rpc)}",
    }
    if rpc.client_streaming:
        return made | _publishing(schemas)
    asked = parameters(operation, path, schemas)
    if takes_if_match(rpc.input_type):
        asked.append(_IF_MATCH)
    if operation.streams:
        asked.append(_LAST_EVENT_ID)
    if _may_be_known(operation):
        asked.append(_IF_NONE_MATCH)
    if asked:
        made["parameters"] = asked
    if operation.body:
        body = {"schema": schemas.reference(rpc.input_type), "example": body_of(rpc.name)}
        made["requestBody"] = {"content": {_JSON: body}}
    content = _streamed(rpc, schemas) if operation.streams else _content(rpc.output_type, schemas)
    made |= _responses(content, _failures(operation))
    if _may_be_known(operation):
        made["responses"]["304"] = _NOT_MODIFIED
    return made


def _may_be_known(operation: Operation) -> bool:
    return operation.verb == "GET" and shows_etag(operation.rpc.output_type)


def _failures(operation: Operation) -> Iterator[str]:
    yield from failures.EVERY
    if operation.body:
        yield from failures.READING
    if operation.verb != "GET":
        yield failures.CHANGING
    if takes_if_match(operation.rpc.input_type):
        yield failures.CONDITIONAL


def _streamed(rpc: MethodDescriptor, schemas: Schemas) -> Document:
    schemas.reference(rpc.output_type)
    text = f"Server-sent events: the data of each is a {rpc.output_type.name}, its id the {TOKEN}."
    return {MEDIA_TYPE: {"schema": {"type": "string", "description": text}, "example": event_of(rpc.output_type)}}


def _publishing(schemas: Schemas) -> Document:
    """``POST /v1/events``: what stands in no annotation."""
    text = {"type": "string", "description": "An event on each line; each is answered by a line."}
    lines = {"schema": text, "example": EVENT_LINES}
    event = {"schema": schemas.reference(event_pb2.Event.DESCRIPTOR), "example": EVENT}
    acked = _content(event_service_pb2.PublishResponse.DESCRIPTOR, schemas)
    field = event_service_pb2.PublishRequest.DESCRIPTOR.fields_by_name[REVISION]
    revision = {
        "name": REVISION,
        "in": "query",
        "schema": schemas.of_field(field),
        "description": comment(field.full_name),
    }
    return {
        "summary": "Publishes one event, or any number of them as JSON lines",
        "description": "Takes one event as a JSON object, or JSON lines that are acked line by line while they come.",
        "parameters": [revision],
        "requestBody": {"required": True, "content": {_JSON: event, LINES: lines}},
        **_responses(acked | {LINES: _acks()}, _failures(publishing())),
    }


def _responses(content: Document, failed: Iterable[str]) -> Document:
    done = {"description": "What was asked for.", "content": content}
    return {"responses": {"200": done, **failures.references(PREFIX, failed)}}


def _content(answer: Descriptor, schemas: Schemas) -> Document:
    return {_JSON: {"schema": schemas.reference(answer), "example": example_of(answer)}}


def _acks() -> Document:
    ack = example_of(event_service_pb2.PublishResult.DESCRIPTOR)
    lines = (orjson.dumps({"line": number, **ack}, option=orjson.OPT_APPEND_NEWLINE) for number in (1, 2))
    return {"schema": {"type": "string"}, "example": b"".join(lines).decode()}


def _access(rpc: MethodDescriptor) -> str:
    access = rpc.GetOptions().Extensions[options_pb2.access]
    return comment(f"hookline.event.v1.Access.{options_pb2.Access.Name(access)}")


def _without_name(text: str, name: str) -> str:
    """A comment without what is said to be done by: in a list of operations each begins with what it does."""
    said = text.removeprefix(f"{name} ")
    return said[:1].upper() + said[1:]


def _key(header: str, text: str) -> Document:
    return {"type": "apiKey", "in": "header", "name": header, "description": text}
