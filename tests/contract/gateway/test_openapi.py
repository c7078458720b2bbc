"""The OpenAPI document: valid, whole, and told in the words of the protos."""

from __future__ import annotations

import contextlib
import copy
import re
from collections.abc import Iterator
from typing import Any

import httpx
import orjson
import pytest
from google.protobuf.message_factory import GetMessageClass
from hookline.event.v1 import event_pb2
from openapi_schema_validator import OAS31Validator, oas31_format_checker
from openapi_spec_validator import OpenAPIV31SpecValidator

from hookline_gateway import ontraport
from hookline_gateway.backends import Backends
from hookline_gateway.bodies import BodyLimits
from hookline_gateway.calls import Calls
from hookline_gateway.json_api.json_in import message_of
from hookline_gateway.json_api.json_out import json_of
from hookline_gateway.json_api.operations import Operation, operations, publishing
from hookline_gateway.json_api.parameters import put_variables
from hookline_gateway.ontraport.callers import Caller
from hookline_gateway.ontraport.offers import OFFERS, Offer
from hookline_gateway.ontraport.routes import Works
from hookline_gateway.openapi.answers import example_of
from hookline_gateway.openapi.document import document
from hookline_gateway.openapi.examples import EVENT, body_of, in_path
from hookline_gateway.openapi.parameters import field_at
from hookline_gateway.openapi.request_bins import with_bins
from hookline_gateway.statuses import CallFailed
from hookline_runtime.validation import require
from tests.contract.gateway.rig import gateway
from tests.integration.process import free_port

OFFERED = (*operations(), publishing())
WHOLE = with_bins(document(OFFERED, OFFERS))


def answers() -> Iterator[str]:
    """Where what is answered stands in the document, by what leads there."""
    told = [
        (f"paths {path} {verb} responses", each["responses"])
        for path, item in WHOLE["paths"].items()
        for verb, each in item.items()
    ]
    for place, responses in [*told, ("components responses", WHOLE["components"]["responses"])]:
        for status, response in responses.items():
            for type_ in response.get("content", ()):
                yield f"{place} {status} content {type_}"


ANSWERS = [*answers()]


@pytest.mark.parametrize("bins", [False, True])
def test_a_validator_finds_nothing_wrong(bins: bool) -> None:
    made = document(OFFERED, OFFERS)
    OpenAPIV31SpecValidator(with_bins(made) if bins else made).validate()


def test_every_operation_and_schema_is_there_and_described() -> None:
    made = document(OFFERED, OFFERS)
    told = {each["operationId"] for item in made["paths"].values() for each in item.values()}
    of_rpcs = {f"{each.rpc.containing_service.name}_{each.rpc.name}" for each in OFFERED}
    assert {each for each in told if not each.startswith("Ontraport_")} == of_rpcs
    for path, item in made["paths"].items():
        for verb, each in item.items():
            assert len(each["description"]) > 20, (verb, path)
            assert each["summary"], (verb, path)
            assert all(parameter["description"] for parameter in each.get("parameters", ())), (verb, path)
    missing = [name for name, schema in made["components"]["schemas"].items() if not schema.get("description")]
    assert missing == ["Status"]  # google.rpc's own
    event = made["components"]["schemas"]["Event"]["properties"]
    assert event["data"]["type"] == "object"
    assert event["params"]["additionalProperties"] == {"type": "string"}
    assert event["object_type_id"]["type"] == "integer"


def test_nested_and_repeated_parameters_are_told() -> None:
    made = document(OFFERED, OFFERS)
    listing = {each["name"]: each for each in made["paths"]["/v1/deliveries"]["get"]["parameters"]}
    assert listing["states"]["schema"]["type"] == "array"
    assert listing["target.kind"]["schema"] == {"$ref": "#/components/schemas/TargetKind"}
    (kind, *_) = made["paths"]["/v1/targets/{target_kind}/{target_id}"]["get"]["parameters"]
    assert (kind["name"], kind["in"], kind["required"]) == ("target_kind", "path", True)


def test_paths_that_differ_in_the_names_of_their_variables_alone_are_one() -> None:
    paths = document(OFFERED, OFFERS)["paths"]
    assert {*paths["/v1/subscriptions/{id}"]} == {"get", "patch", "delete"}
    shapes = [re.sub(r"\{[^}]*\}", "{}", path) for path in paths]
    assert len(shapes) == len({*shapes})


async def test_both_apis_are_told_as_they_are_routed() -> None:
    made = document(OFFERED, OFFERS)["paths"]
    channels = Backends.connect("127.0.0.1:1", "127.0.0.1:1")
    routed = {
        (route.path, method)
        for route in ontraport.routes(Calls(channels, 1.0), BodyLimits(1, 1.0), per_minute=lambda plan: 1)
        for method in route.methods or ()
        if method != "HEAD"  # the framework's own beside GET
    }
    told = {(path, verb.upper()) for path, item in made.items() if path.startswith("/1/") for verb in item}
    assert routed == told


@pytest.mark.parametrize("each", [each for each in OFFERED if each.body], ids=lambda each: each.rpc.name)
def test_every_example_of_a_body_is_taken(each: Operation) -> None:
    if each.rpc.client_streaming:
        return require(message_of(EVENT, event_pb2.Event))
    value = copy.deepcopy(body_of(each.rpc.name))
    variables = {name: str(in_path(name, field_at(each.rpc.input_type, name))) for name in each.template.variables}
    put_variables(value, variables, each.rpc.input_type)
    return require(message_of(value, each.request))


@pytest.mark.parametrize("place", ANSWERS)
def test_every_answer_has_an_example_that_its_schema_takes(place: str) -> None:
    content = WHOLE
    for part in place.split(" "):
        content = content[part]
    schema = {**content["schema"], "components": WHOLE["components"]}
    OAS31Validator(schema, format_checker=oas31_format_checker).validate(content["example"])


@pytest.mark.parametrize("each", operations(), ids=lambda each: each.rpc.name)
def test_an_example_of_an_answer_is_what_would_be_written(each: Operation) -> None:
    example = example_of(each.rpc.output_type)
    assert orjson.loads(json_of(message_of(example, GetMessageClass(each.rpc.output_type)))) == example


@pytest.mark.parametrize("offer", OFFERS, ids=lambda offer: offer.path)
async def test_every_parameter_that_is_read_is_told_and_no_other(offer: Offer) -> None:
    read: set[str] = set()

    class Recorded(dict[str, str]):
        def get(self, name: str, default: Any = None) -> Any:
            read.add(name)
            return super().get(name, default)

    calls = Calls(Backends.connect("127.0.0.1:1", "127.0.0.1:1"), 1.0)
    given = Recorded({each.name: each.example for each in offer.parameters})
    with contextlib.suppress(CallFailed):  # nothing listens there: what is asked for was read by then
        await Works(calls).of(offer)(Caller(1, 1, ()), given)
    assert read == {each.name for each in offer.parameters}


@pytest.mark.parametrize("bins", [False, True])
async def test_bins_are_told_where_there_are_some(bins: bool) -> None:
    async with (
        gateway(free_port(), free_port(), gateway_bin=bins) as made,
        httpx.AsyncClient(trust_env=False) as http,
    ):
        told = (await http.get(f"http://127.0.0.1:{made.port}/openapi.json")).json()
        assert ("/bin/{id}/requests" in told["paths"]) is bins


@pytest.mark.parametrize("encoding", ["gzip", "identity", "gzip;q=0"])
async def test_it_is_served(encoding: str) -> None:
    async with gateway(free_port(), free_port()) as made, httpx.AsyncClient(trust_env=False) as http:
        url = f"http://127.0.0.1:{made.port}/openapi.json"
        answer = await http.get(url, headers={"Accept-Encoding": encoding})
        assert answer.json()["openapi"] == "3.1.0"
        assert answer.headers.get("content-encoding") == ("gzip" if encoding == "gzip" else None)
