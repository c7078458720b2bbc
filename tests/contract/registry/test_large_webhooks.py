"""Texts that take long to read hold up nobody else, and are right when they are written."""

import asyncio
import threading

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from hookline.registry.v1 import object_type_pb2
from hookline.registry.v1 import webhook_pb2 as pb

from hookline_builtin.encoders import XmlEncoder
from hookline_plugin import Names, Template
from tests.contract.registry.world import URL, World, hooking, refusal

CONTACT = 0
BOUND = 20


class Slow:
    """An encoder's parsing that takes until it may go on."""

    def __init__(self) -> None:
        self._parse = XmlEncoder().parse
        self._begun = threading.Event()
        self._go_on = threading.Event()

    def parse(self, text: str, names: Names) -> Template:
        self._begun.set()
        assert self._go_on.wait(BOUND)
        return self._parse(text, names)

    async def begun(self) -> None:
        assert await asyncio.to_thread(self._begun.wait, BOUND)

    def go_on(self) -> None:
        self._go_on.set()


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Slow:
    """Reading XML takes long."""
    slow = Slow()
    monkeypatch.setattr(XmlEncoder, "parse", lambda _, text, names: slow.parse(text, names))
    return slow


async def set_fields(world: World, *labels: str) -> None:
    text = object_type_pb2.FIELD_KIND_TEXT
    fields = [object_type_pb2.Field(key=f"k{n}", label=label, kind=text) for n, label in enumerate(labels)]
    given = object_type_pb2.ObjectType(id=CONTACT, fields=fields)
    await world.user.UpdateObjectType(object_type_pb2.UpdateObjectTypeRequest(object_type=given))


async def test_others_write_while_a_webhook_is_read(world: World, slow: Slow) -> None:
    writing = asyncio.ensure_future(world.user.CreateWebhook(hooking(data="<a>[Email]</a>")))
    await slow.begun()
    first = await world.user.CreateWebhook(hooking(data="[Email]"))
    assert not writing.done()
    slow.go_on()
    assert (await writing).webhook.id == first.webhook.id + 1


async def test_an_update_is_read_beside_others(world: World, slow: Slow) -> None:
    made = (await world.user.CreateWebhook(hooking(data="[Email]"))).webhook
    changed = pb.Webhook(id=made.id, data="<a>[Email]</a>")
    asked = pb.UpdateWebhookRequest(webhook=changed, update_mask=FieldMask(paths=["data"]))
    writing = asyncio.ensure_future(world.user.UpdateWebhook(asked))
    await slow.begun()
    await world.user.CreateWebhook(hooking())
    assert not writing.done()
    slow.go_on()
    assert (await writing).webhook.detected_content_type == "application/xml"


@pytest.mark.parametrize("before, after, taken", [("Old", "New", True), ("New", "Old", False)])
async def test_what_is_written_was_read_against_the_fields_of_that_moment(
    world: World, slow: Slow, before: str, after: str, taken: bool
) -> None:
    await set_fields(world, before)
    call = world.user.CreateWebhook(hooking(URL, data="<a>[New]</a>"))
    writing = asyncio.ensure_future(call if taken else refusal(call))
    await slow.begun()
    await set_fields(world, after)
    slow.go_on()
    answer = await writing
    assert answer.webhook.id == 1 if taken else answer.fields == ("webhook.data",)
