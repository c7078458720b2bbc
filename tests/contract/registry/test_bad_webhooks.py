"""Each bad webhook gives the right code and the path of the field, and changes nothing."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pytest
import pytest_asyncio
from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message
from hookline.registry.v1 import subscription_pb2
from hookline.registry.v1 import webhook_pb2 as pb

from tests.contract.registry.conftest import settings_in
from tests.contract.registry.world import World, hooking, open_world, outcome, refusal

Code = grpc.StatusCode
MOST = 65_536
URL, DATA = ("webhook.url",), ("webhook.data",)
CONTENT_TYPE = ("webhook.content_type",)


@dataclass(frozen=True)
class Case:
    request: Message
    fields: tuple[str, ...] = ()
    code: grpc.StatusCode = Code.INVALID_ARGUMENT
    says: str = ""


def headers(*pairs: tuple[str, str]) -> list[subscription_pb2.Header]:
    return [subscription_pb2.Header(name=name, value=value) for name, value in pairs]


def with_secret(text: str, url: str = "https://example.com/") -> pb.CreateWebhookRequest:
    request = hooking(url)
    request.signing_secret = text
    return request


def update(*paths: str, **values: Any) -> pb.UpdateWebhookRequest:
    return pb.UpdateWebhookRequest(webhook=pb.Webhook(id=1, **values), update_mask=FieldMask(paths=paths))


CASES = {
    # URLs
    "empty url": Case(hooking(""), URL),
    "relative url": Case(hooking("/hook"), URL),
    "not http": Case(hooking("ftp://example.com/"), URL),
    "user info": Case(hooking("https://me:you@example.com/"), URL),
    "user info of a contact": Case(hooking("https://[Email]@example.com/"), URL),
    "port of a contact": Case(hooking("https://example.com:[Score]/"), URL),
    "control character": Case(hooking("https://example.com/\r\nX: y"), URL),
    "blank outside a field": Case(hooking("https://example.com/a b"), URL),
    "backslash": Case(hooking("https://example.com\\@10.0.0.1/[Email]"), URL),
    "loopback": Case(hooking("http://127.0.0.1/[Email]"), URL),
    "localhost": Case(hooking("http://api.localhost./"), URL),
    "decimal address": Case(hooking("http://2130706433/?x=[Email]"), URL),
    "IPv6 loopback": Case(hooking("http://[::1]/"), URL),
    "metadata service": Case(hooking("http://169.254.169.254/latest"), URL),
    "unknown label in the path": Case(hooking("https://example.com/[Frist Name]"), URL, says="First Name"),
    "open bracket in the query": Case(hooking("https://example.com/?a=[Email"), URL),
    "url too long": Case(hooking("https://example.com/" + "x" * 2048), URL),
    # data
    "unknown label": Case(hooking(data="a=1\n&b=[Emial]"), DATA, says="line 2, column 4"),
    "unknown label with the nearest": Case(hooking(data="a=[Emial]"), DATA, says="Email"),
    "unknown label behind a relation": Case(hooking(data="a=[Owner.Emial]"), DATA, says="Owner.Email"),
    "a relation that is none": Case(hooking(data="a=[Email.Email]"), DATA),
    "many relations": Case(hooking(data=f"a=[{'owner.' * 3000}email]"), DATA),
    "unclosed field": Case(hooking(data="a=[Email"), DATA),
    "field without a name": Case(hooking(data="a=[ ]"), DATA),
    "broken JSON": Case(hooking(data='{"a": [Email]', content_type="application/json"), DATA),
    "JSON with a NUL": Case(hooking(data='{"a": "\0"}', content_type="application/json"), (*DATA, *DATA)),
    "NUL in text": Case(hooking(data="a\0b"), DATA),
    "broken XML": Case(hooking(data="<a>[Email]</b>", content_type="application/xml"), DATA),
    "XML with an entity": Case(
        hooking(data='<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', content_type="application/xml"), DATA
    ),
    "JSON nested to the end": Case(hooking(data="[" * MOST, content_type="application/json"), DATA),
    "XML nested to the end": Case(hooking(data="<a>" * (MOST // 3), content_type="application/xml"), DATA),
    "brackets to the end": Case(hooking(data="[" * (MOST - 1), content_type="text/plain"), DATA),
    "a thousand unknown labels": Case(hooking(data="[nope]" * (MOST // 6)), DATA),
    "a label of one long word": Case(hooking(data="[" + "x" * (MOST - 2) + "]"), DATA),
    "data too long": Case(hooking(data="x" * (MOST + 1)), DATA),
    "data too long in bytes": Case(hooking(data="ä" * (MOST // 2 + 1)), DATA),
    # content type
    "unknown content type": Case(hooking(data="x", content_type="image/png"), CONTENT_TYPE),
    "content type that is none": Case(hooking(data="x", content_type="json"), CONTENT_TYPE),
    "content type with a line end": Case(hooking(data="x", content_type="text/plain\r\nX: y"), CONTENT_TYPE),
    "content type too long": Case(hooking(content_type="a/" + "b" * 127), CONTENT_TYPE),
    # headers
    "header name": Case(hooking(headers=headers(("a b", "x"))), ("webhook.headers[0].name",)),
    "merge field in a header's name": Case(hooking(headers=headers(("[Email]", "x"))), ("webhook.headers[0].name",)),
    "line end in a header": Case(hooking(headers=headers(("a", "x\r\ny: z"))), ("webhook.headers[0].value",)),
    "C1 control in a header": Case(hooking(headers=headers(("a", "x\x85y"))), ("webhook.headers[0].value",)),
    "owned header": Case(hooking(headers=headers(("a", ""), ("Host", "x"))), ("webhook.headers[1].name",)),
    "signature header": Case(hooking(headers=headers(("Webhook-Signature", "v1,x"))), ("webhook.headers[0].name",)),
    "header twice": Case(hooking(headers=headers(("X-A", "1"), ("x-a", "2"))), ("webhook.headers[1].name",)),
    "unknown label in a header": Case(
        hooking(headers=headers(("a", ""), ("b", "[Emial]"))), ("webhook.headers[1].value",), says="Email"
    ),
    "too many headers": Case(hooking(headers=headers(*((f"h{n}", "") for n in range(51)))), ("webhook.headers",)),
    # the rest
    "name with an escape": Case(hooking(name="a\x1b[31m"), ("webhook.name",)),
    "name with a NUL": Case(hooking(name="a\0b"), ("webhook.name",)),
    "name with a C1 control": Case(hooking(name="a\x9bb"), ("webhook.name",)),
    "name too long": Case(hooking(name="x" * 129), ("webhook.name",)),
    "no such object type": Case(hooking(object_type_id=7), ("webhook.object_type_id",)),
    "object type below 0": Case(hooking(object_type_id=-1), ("webhook.object_type_id",)),
    "unknown method": Case(hooking(method=9), ("webhook.method",)),
    "no requests per minute": Case(hooking(requests_per_minute=0), ("webhook.requests_per_minute",)),
    "too many requests per minute": Case(hooking(requests_per_minute=181), ("webhook.requests_per_minute",)),
    "too many retries": Case(hooking(max_retries=181), ("webhook.max_retries",)),
    "retries below 0": Case(hooking(max_retries=-1), ("webhook.max_retries",)),
    "timeout too long": Case(hooking(timeout=Duration(seconds=60, nanos=1)), ("webhook.timeout",)),
    "timeout of two signs": Case(hooking(timeout=Duration(seconds=5, nanos=-1)), ("webhook.timeout",)),
    "unknown dead head": Case(hooking(dead_head=9), ("webhook.dead_head",)),
    "no webhook": Case(pb.CreateWebhookRequest(), ("webhook",)),
    "secret that is none": Case(with_secret("whsec_x"), ("signing_secret",)),
    "all at once": Case(
        pb.CreateWebhookRequest(
            webhook=pb.Webhook(
                object_type_id=7, url="http://10.0.0.1/", headers=headers(("te", "[x")), data="{", content_type="a/b"
            ),
            signing_secret="short",
        ),
        (
            "webhook.object_type_id",
            "webhook.headers[0].name",
            "webhook.headers[0].value",
            "webhook.content_type",
            "signing_secret",
        ),
    ),
    # updates
    "unknown path": Case(update("detected_content_type"), ("update_mask",)),
    "path of the server": Case(update("id"), ("update_mask",)),
    "path into a header": Case(update("headers.name"), ("update_mask",)),
    "update to a bad url": Case(update(url="http://10.0.0.1/"), URL),
    "clear the url": Case(update("url"), URL),
    "update to an unknown label": Case(update(data="a=[Emial]"), DATA),
    "update to no such object type": Case(update(object_type_id=7), ("webhook.object_type_id",)),
    "update to an owned header": Case(update(headers=headers(("Host", ""))), ("webhook.headers[0].name",)),
    "update to too many retries": Case(update(max_retries=181), ("webhook.max_retries",)),
    "update with an old etag": Case(update("name", name="x", etag="old"), (), Code.ABORTED),
    "update without an id": Case(pb.UpdateWebhookRequest(webhook=pb.Webhook(name="x")), ("webhook.id",)),
    "nothing to update": Case(pb.UpdateWebhookRequest(), ("webhook",)),
    "no such webhook": Case(pb.UpdateWebhookRequest(webhook=pb.Webhook(id=99, url="bad")), (), Code.NOT_FOUND),
    "delete without an id": Case(pb.DeleteWebhookRequest(), ("id",)),
    "delete with an old etag": Case(pb.DeleteWebhookRequest(id=1, etag="old"), (), Code.ABORTED),
    "rotate to a bad secret": Case(pb.RotateWebhookSecretRequest(id=1, signing_secret="whsec_x"), ("signing_secret",)),
    "overlap of two signs": Case(
        pb.RotateWebhookSecretRequest(id=1, overlap=Duration(seconds=5, nanos=-1)), ("overlap",)
    ),
    "garbage as page token": Case(pb.ListWebhooksRequest(page_token="garbage!"), ("page_token",)),
    "list by a type below 0": Case(pb.ListWebhooksRequest(object_type_id=-1), ("object_type_id",)),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hooked_world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """A world that holds one webhook."""
    folder: Path = tmp_path_factory.mktemp("hooked")
    async with open_world(settings_in(folder)) as world:
        await world.user.CreateWebhook(hooking())
        yield world


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
async def test_bad_webhooks(hooked_world: World, case: Case) -> None:
    before = hooked_world.registry.database.head.revision
    method = case.request.DESCRIPTOR.name.removesuffix("Request")
    refused = await refusal(getattr(hooked_world.user, method)(case.request))
    assert (refused.code, refused.fields) == (case.code, case.fields), refused.text
    assert case.says in refused.text
    assert "short" not in refused.text
    await hooked_world.registry.database.poll()
    assert hooked_world.registry.database.head.revision == before


LARGE_OR_ODD = {
    "many fields": ("a=[Email]" * 7281, True),
    "many brackets": ("[" + "[[" * 30_000 + "Email]", True),
    "many elements": ("<a>" + "<b/>" * 16_000 + "</a>", True),
    "many blanks": ("{}" + " " * 65_000, True),
    "astral": ("\U0001f4a9[First Name|\U0001f4a9]", True),
    "names of languages": ("__proto__=[Email]&constructor=[__class__|x]", False),
}


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(("data", "taken"), LARGE_OR_ODD.values(), ids=LARGE_OR_ODD.keys())
async def test_what_is_large_or_odd_gets_an_answer(hooked_world: World, data: str, taken: bool) -> None:
    expected = Code.OK if taken else Code.INVALID_ARGUMENT
    assert await outcome(hooked_world.user.CreateWebhook(hooking(data=data))) is expected
