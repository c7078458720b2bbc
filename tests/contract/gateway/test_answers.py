"""What is answered is what the OpenAPI document says, whatever is asked: no 5xx, nothing outside the schema."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from openapi_schema_validator import OAS31Validator

from hookline_gateway.json_api.operations import Operation, operations, publishing
from hookline_gateway.ontraport.offers import OFFERS
from hookline_gateway.openapi.document import document
from hookline_gateway.openapi.paths import told_paths
from tests.contract.gateway.rig import Door, door
from tests.contract.gateway.test_json_api import EVENT

# Those that delete are left out: they would take away what the others look at.
OPERATIONS = [each for each in operations() if not each.streams and each.verb != "DELETE"]
DOCUMENT = document((*operations(), publishing()), OFFERS)
TOLD = told_paths(each.template for each in (*operations(), publishing()))
VARIABLES = ("1", "0", "-1", "x", "%00", "%F0%9F%98%80", "9" * 30, "%2E%2E", "a:b", "TARGET_KIND_WEBHOOK")
BODIES: list[Any] = [{}, {"x": 1}, [], None, "text", {"account_id": -1}, {"account_id": "1", "id": {}}, {"id": 1e400}]

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def rig(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Door]:
    async with door(tmp_path_factory.mktemp("door")) as made:
        url = made.suite.receiver.url
        await made.http.post("/v1/subscriptions", json={"subscription": {"event": "sub_tag", "url": url}})
        await made.http.post("/v1/webhooks", json={"webhook": {"url": url, "data": "a=[First Name]"}})
        await made.http.post("/v1/events", json={**EVENT, "id": "1"})
        yield made


def fits(answer: httpx.Response, schema: dict[str, Any]) -> None:
    """Passes an answer whose body is of the schema."""
    OAS31Validator({**schema, "components": DOCUMENT["components"]}).validate(answer.json())


def as_told(operation: Operation, answer: httpx.Response) -> None:
    """Passes an answer that the document tells of."""
    assert answer.status_code < 500, (operation.template.text, answer.text)
    told = DOCUMENT["paths"][TOLD[operation.template.text].text][operation.verb.lower()]["responses"]
    if answer.status_code == 200:
        fits(answer, told["200"]["content"]["application/json"]["schema"])
    else:
        fits(answer, {"$ref": "#/components/schemas/Status"})


def value_for(field: Any, number: int) -> Any:
    """A value of one of several kinds, which may fit the field or not."""
    kinds = [0, "", "x", [], {}, [{}], True, "2026-01-01T00:00:00Z", -5, "\x00", [None], {"": None}]
    return kinds[(field.number + number) % len(kinds)]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: f"{each.verb} {each.template.text}")
async def test_no_operation_fails_whatever_it_is_asked(rig: Door, operation: Operation) -> None:
    bodies = [*BODIES]
    for number in range(12):
        bodies.append({field.name: value_for(field, number) for field in operation.rpc.input_type.fields})
    for number, variable in enumerate((*VARIABLES, *VARIABLES[:2] * 5)):
        path = re.sub(r"\{[^}]*\}", variable, operation.template.text)
        if operation.body:
            text = json.dumps(bodies[number % len(bodies)])
            how: dict[str, Any] = {"content": text, "headers": {"Content-Type": "application/json"}}
        else:
            how = (
                {"params": {"page_size": number % 3}} if "page_size" in operation.rpc.input_type.fields_by_name else {}
            )
        url = httpx.URL(rig.url).copy_with(raw_path=path.encode())
        as_told(operation, await rig.http.request(operation.verb, url.copy_merge_params(how.pop("params", {})), **how))
