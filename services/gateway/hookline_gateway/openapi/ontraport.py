"""The operations of Ontraport's API as those of the document, made of what the API offers and of the fields it shows.

Parameters may stand in the query, in a form or in JSON, whatever the method. A body of a GET is read, but not told as
one: no browser sends it, and OpenAPI gives it no meaning.
"""

from __future__ import annotations

from typing import Any, Final

from hookline_gateway.ontraport.offers import Does, Offer
from hookline_gateway.ontraport.parameters import FORM, JSON
from hookline_gateway.ontraport.told_parameters import Parameter
from hookline_gateway.openapi import envelopes
from hookline_gateway.openapi.failures import OF_ONTRAPORT, components, references

Document = dict[str, Any]

_PREFIX: Final = "Refusal"
_ACCESS: Final = {False: "read", True: "manage"}
_PLACES: Final = "Parameters may stand in the query, in a form or in a JSON body; a body goes before the query."


def tags() -> list[Document]:
    """The tags of these operations."""
    return [
        {"name": "Ontraport: Webhooks", "description": "Subscriptions, as clients of Ontraport know them."},
        {"name": "Ontraport: WebhookLogs", "description": "What was sent to subscriptions and webhooks."},
    ]


def responses() -> Document:
    """The refusals that the operations refer to."""
    return components(_PREFIX, envelopes.REFUSAL, envelopes.refused, OF_ONTRAPORT)


def operation(offer: Offer, method: str) -> Document:
    """One operation, by one of its methods."""
    usual = method == offer.methods[0]
    name = offer.path.split("/", 2)[2].replace("/", "_")
    made: Document = {
        "operationId": f"Ontraport_{name}" if usual else f"Ontraport_{name}_{method.lower()}",
        "tags": [f"Ontraport: {offer.kind.name}s"],
        "summary": offer.summary if usual else f"{offer.summary}, by {method}",
        "description": f"{offer.about} {_PLACES}\n\nNeeds a key of an account with the scope {_ACCESS[offer.manages]}.",
        "responses": {"200": envelopes.done(offer), **references(_PREFIX, OF_ONTRAPORT)},
    }
    has_body = method != "GET"
    if offer.parameters:
        made["parameters"] = [_parameter(each, elsewhere=has_body) for each in offer.parameters]
    if has_body:
        made["requestBody"] = _body(offer)
    return made


def _parameter(told: Parameter, *, elsewhere: bool) -> Document:
    made: Document = {"name": told.name, "in": "query", "description": told.about, "schema": told.schema}
    if told.required and not elsewhere:
        made |= {"required": True, "example": told.example}
    elif told.example:
        # Not ``example``: a page that fills it in would ask for all of it at once.
        made["schema"] = {**told.schema, "examples": [told.example]}
    return made


def _body(offer: Offer) -> Document:
    example = {each.name: each.example for each in offer.parameters}
    content = {
        type_: {"schema": _body_schema(offer, in_json=type_ == JSON), "example": example} for type_ in (FORM, JSON)
    }
    return {"content": content}


def _body_schema(offer: Offer, *, in_json: bool) -> Document:
    properties = {each.name: _value(each, in_json) for each in offer.parameters}
    schema: Document = {"type": "object", "properties": properties}
    if offer.does is Does.SUBSCRIBE:  # an id stands in the query as well as here
        schema["required"] = [each.name for each in offer.parameters if each.required]
    return schema


def _value(told: Parameter, in_json: bool) -> Document:
    schema = {"anyOf": [told.schema, *told.in_json]} if in_json and told.in_json else told.schema
    return {**schema, "description": told.about}
