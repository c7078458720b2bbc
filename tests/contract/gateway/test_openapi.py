"""The OpenAPI document: valid, whole, and told in the words of the protos."""

from __future__ import annotations

import httpx
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from hookline_gateway.json_api.operations import operations, publishing
from hookline_gateway.openapi.document import document
from tests.contract.gateway.rig import gateway
from tests.integration.process import free_port

OFFERED = (*operations(), publishing())


def test_a_validator_finds_nothing_wrong() -> None:
    OpenAPIV31SpecValidator(document(OFFERED)).validate()


def test_every_operation_and_schema_is_there_and_described() -> None:
    made = document(OFFERED)
    told = {each["operationId"] for item in made["paths"].values() for each in item.values()}
    assert told == {f"{each.rpc.containing_service.name}_{each.rpc.name}" for each in OFFERED}
    for path, item in made["paths"].items():
        for verb, each in item.items():
            assert len(each["description"]) > 20, (verb, path)
            assert all(parameter["description"] for parameter in each.get("parameters", ())), (verb, path)
    missing = [name for name, schema in made["components"]["schemas"].items() if not schema.get("description")]
    assert missing == ["Status"]  # google.rpc's own
    event = made["components"]["schemas"]["Event"]["properties"]
    assert event["data"]["type"] == "object"
    assert event["params"]["additionalProperties"] == {"type": "string"}
    assert event["object_type_id"]["type"] == "integer"


def test_nested_and_repeated_parameters_are_told() -> None:
    made = document(OFFERED)
    listing = {each["name"]: each for each in made["paths"]["/v1/deliveries"]["get"]["parameters"]}
    assert listing["states"]["schema"]["type"] == "array"
    assert listing["target.kind"]["schema"] == {"$ref": "#/components/schemas/TargetKind"}
    (kind, *_) = made["paths"]["/v1/targets/{target.kind}/{target.id}"]["get"]["parameters"]
    assert (kind["name"], kind["in"], kind["required"]) == ("target.kind", "path", True)


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
async def test_it_is_served(encoding: str) -> None:
    async with gateway(free_port(), free_port()) as made, httpx.AsyncClient(trust_env=False) as http:
        url = f"http://127.0.0.1:{made.port}/openapi.json"
        answer = await http.get(url, headers={"Accept-Encoding": encoding})
        assert answer.json()["openapi"] == "3.1.0"
        assert answer.headers.get("content-encoding") == ("gzip" if encoding == "gzip" else None)
