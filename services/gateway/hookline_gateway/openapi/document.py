"""The document: one path item for each path, one operation for each way to call an RPC."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version
from typing import Any

from google.protobuf.descriptor import MethodDescriptor
from google.rpc import status_pb2
from hookline.dispatcher.v1 import event_service_pb2
from hookline.event.v1 import event_pb2, options_pb2

from hookline_gateway.json_api.etags import takes_if_match
from hookline_gateway.json_api.event_stream import MEDIA_TYPE, TOKEN
from hookline_gateway.json_api.operations import Operation
from hookline_gateway.json_api.publishing import LINES, REVISION
from hookline_gateway.openapi.comments import comment, first_sentence
from hookline_gateway.openapi.parameters import parameters
from hookline_gateway.openapi.schemas import Schemas

Document = dict[str, Any]

_JSON = "application/json"
_DESCRIPTION = (
    "Everything that the services do, as JSON. Fields have the names of the protos; those of proto3 JSON are read as"
    " well. Numbers of 64 bits are written as strings. Every failure is a google.rpc.Status."
)
_EXAMPLE = {
    "type": "sub_tag",
    "params": {"tag_id": "4"},
    "object_type_id": 0,
    "object_id": "8",
    "data": {"firstname": "Mary"},
}
_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "schema": {"type": "string"},
    "description": "The ETag that the thing must still have; otherwise the answer is 412.",
}
_LAST_EVENT_ID = {
    "name": "Last-Event-ID",
    "in": "header",
    "schema": {"type": "string"},
    "description": "The id of the last event that came: the stream goes on after it.",
}


def document(operations: Iterable[Operation]) -> Document:
    """The OpenAPI 3.1 document of these operations."""
    schemas = Schemas()
    paths: Document = {}
    tags = {}
    for each in operations:
        service = each.rpc.containing_service
        tags[service.name] = {"name": service.name, "description": comment(service.full_name)}
        paths.setdefault(each.template.text, {})[each.verb.lower()] = _operation(each, schemas)
    failure = _content(schemas.reference(status_pb2.Status.DESCRIPTOR))
    return {
        "openapi": "3.1.0",
        "info": {"title": "Hookline", "version": version("hookline-gateway"), "description": _DESCRIPTION},
        "security": [{"ApiKey": [], "ApiAppid": []}],
        "tags": list(tags.values()),
        "paths": paths,
        "components": {
            "schemas": schemas.made,
            "responses": {"Failure": {"description": "What went wrong, with details.", "content": failure}},
            "securitySchemes": {"ApiKey": _key("Api-Key"), "ApiAppid": _key("Api-Appid")},
        },
    }


def _operation(operation: Operation, schemas: Schemas) -> Document:
    rpc = operation.rpc
    text = comment(rpc.full_name)
    made: Document = {
        "operationId": f"{rpc.containing_service.name}_{rpc.name}",
        "tags": [rpc.containing_service.name],
        "summary": first_sentence(text),
        "description": f"{text}\n\n{_access(rpc)}",
    }
    if rpc.client_streaming:
        return made | _publishing(schemas)
    asked = parameters(operation, schemas)
    if takes_if_match(rpc.input_type):
        asked.append(_IF_MATCH)
    if operation.streams:
        asked.append(_LAST_EVENT_ID)
    if asked:
        made["parameters"] = asked
    if operation.body:
        made["requestBody"] = {"content": _content(schemas.reference(rpc.input_type))}
    return made | _responses(
        _streamed(rpc, schemas) if operation.streams else _content(schemas.reference(rpc.output_type))
    )


def _streamed(rpc: MethodDescriptor, schemas: Schemas) -> Document:
    schemas.reference(rpc.output_type)
    text = f"Server-sent events: the data of each is a {rpc.output_type.name}, its id the {TOKEN}."
    return {MEDIA_TYPE: {"schema": {"type": "string", "description": text}}}


def _publishing(schemas: Schemas) -> Document:
    """``POST /v1/events``: what stands in no annotation."""
    lines = {"schema": {"type": "string", "description": "An event on each line; each is answered by a line."}}
    event = {"schema": schemas.reference(event_pb2.Event.DESCRIPTOR), "example": _EXAMPLE}
    acked = _content(schemas.reference(event_service_pb2.PublishResponse.DESCRIPTOR))
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
        **_responses(acked | {LINES: {"schema": {"type": "string"}}}),
    }


def _responses(content: Document) -> Document:
    return {
        "responses": {
            "200": {"description": "What was asked for.", "content": content},
            "default": {"$ref": "#/components/responses/Failure"},
        }
    }


def _content(schema: Document) -> Document:
    return {_JSON: {"schema": schema}}


def _access(rpc: MethodDescriptor) -> str:
    access = rpc.GetOptions().Extensions[options_pb2.access]
    return comment(f"hookline.event.v1.Access.{options_pb2.Access.Name(access)}")


def _key(header: str) -> Document:
    return {"type": "apiKey", "in": "header", "name": header}
