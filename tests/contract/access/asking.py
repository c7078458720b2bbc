"""Requests made from descriptors: valid by the protos' rules, with any id in any of the places where one may stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor, MethodDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from hookline.event.v1 import event_pb2

from hookline_runtime.validation import check
from tests.contract.registry.world import URL, campaigning, forming, hooking, ruling, subscribing

NO_IDS = ("account_id", "application_id", "request_id", "batch_id", "element_id", "related_object_type_id", "tag_id")
"""They look like ids and name nothing that an account has: what is foreign about an account has a test of its own."""
SAMPLES: dict[str, Message] = {
    type(sample).DESCRIPTOR.full_name: sample
    for sample in (
        subscribing().subscription,
        hooking().webhook,
        ruling(1).rule,
        forming(1).form,
        campaigning(1).campaign,
        event_pb2.Event(type="sub_tag", params={"tag_id": "4"}, object_id="8", data=b"{}"),
    )
}
"""Good values of what rules beyond the protos' are about; others are filled until they are valid."""
TEXTS = {"source": "campaign", "kind": "odd", "url": URL, "type": "sub_tag", "name": "by the walk", "element_id": "in"}
_STEP = re.compile(r"(\w+)(?:\[(\d+)\])?")


@dataclass(frozen=True, slots=True)
class Has:
    """The ids of one of everything that an account has."""

    number: int
    object_type: int
    delivery: int
    route: int
    event: str
    object: str

    def value(self, method: MethodDescriptor, name: str) -> int | str:
        """What stands for the account's own in a field with that name."""
        if name in ("event_id", "object_id"):
            return self.event if name == "event_id" else self.object
        service = method.containing_service.name
        if name in ("id", "ids", "delivery_id") and service in ("DeliveryService", "LogService"):
            return self.delivery
        if name == "id" and service == "RouteService":
            return self.route
        if name == "object_type_id" or (name == "id" and service == "ObjectTypeService"):
            return self.object_type
        return self.number


NOBODY = Has(777_777, 777_777, 777_777_777, 777_777_777, "nobodys", "nobodys")


@dataclass(frozen=True, slots=True)
class Slot:
    """A place of a request where an id may stand, such as ``rule.actions[0].webhook_id``."""

    path: str
    repeated: bool = False

    @property
    def name(self) -> str:
        """The field's own name."""
        return self.path.rpartition(".")[2]


def slots(method: MethodDescriptor) -> Iterator[Slot]:
    """Every place of the requests of an RPC where the id of something that an account has may stand."""
    yield from _of_message(method, base(method), method.input_type, "")


def _of_message(method: MethodDescriptor, message: Message, descriptor: Descriptor, path: str) -> Iterator[Slot]:
    for field in descriptor.fields:
        inner = field.message_type
        if inner is None:
            if _is_id(method, field, path):
                yield Slot(path + field.name, field.is_repeated)
        elif inner.full_name.startswith("hookline.") and inner.full_name != event_pb2.Event.DESCRIPTOR.full_name:
            if field.is_repeated:  # what a sample holds is walked
                for number, each in enumerate([] if _is_map(field) else getattr(message, field.name)):
                    yield from _of_message(method, each, inner, f"{path}{field.name}[{number}].")
            elif not field.containing_oneof or message.HasField(field.name):
                yield from _of_message(method, getattr(message, field.name), inner, f"{path}{field.name}.")


def _is_id(method: MethodDescriptor, field: FieldDescriptor, path: str) -> bool:
    if field.name == "object_type_id" and not path and "dispatcher" in method.full_name:
        return False  # a number that producers tell
    if field.name in NO_IDS or field.type not in (field.TYPE_INT64, field.TYPE_INT32, field.TYPE_STRING):
        return False
    if field.name == "id":  # of a resource that is made the server sets it, and an element's names only itself
        top = path.count(".") == 1 and field.type != field.TYPE_STRING
        return not path or (top and not method.name.startswith(("Create", "Preview", "Validate")))
    return field.name.endswith("_id") or field.name == "ids"


def _is_map(field: FieldDescriptor) -> bool:
    return bool(field.message_type and field.message_type.GetOptions().map_entry)


def base(method: MethodDescriptor) -> Any:
    """A request of an RPC that its protos' rules let pass."""
    request: Message = GetMessageClass(method.input_type)()
    for field in method.input_type.fields:
        sample = SAMPLES.get(field.message_type.full_name) if field.message_type else None
        if sample is not None and field.is_repeated:
            getattr(request, field.name).append(sample)
        elif sample is not None and not (method.name.startswith("Preview") and field.name == "event"):
            getattr(request, field.name).CopyFrom(sample)
    if "name" in method.input_type.fields_by_name:
        request.name = TEXTS["name"]  # type: ignore[attr-defined]  # looked up the line above
    return filled(request)


def filled(request: Message) -> Message:
    """The same request with what its rules ask for."""
    for _ in range(8):
        violations = check(request)
        if not violations:
            break
        for violation in violations:
            _fill(request, violation.field)
    return request


def put(request: Message, path: str, value: int | str) -> None:
    """Sets what stands at a path; of a field that holds many, the only one."""
    holder, name = _at(request, path)
    if holder.DESCRIPTOR.fields_by_name[name].is_repeated:
        getattr(holder, name)[:] = [value]
    else:
        setattr(holder, name, value)
    if "source" in holder.DESCRIPTOR.fields_by_name and not holder.source:
        holder.source = TEXTS["source"]  # a definition is named by both


def _at(message: Any, path: str) -> tuple[Any, str]:
    *steps, last = path.split(".")
    for step in steps:
        found = _STEP.fullmatch(step)
        assert found, path
        message = getattr(message, found[1])
        if found[2]:
            message = message[int(found[2])]
    return message, last.partition("[")[0]


def _fill(request: Message, path: str) -> None:
    holder, name = _at(request, path)
    field = holder.DESCRIPTOR.fields_by_name.get(name)
    if field is None:  # a rule of a whole message
        return
    if field.message_type is not None:
        if field.is_repeated:
            getattr(holder, name).add()
        else:
            getattr(holder, name).SetInParent()
        if field.message_type.name == "Timestamp":
            getattr(holder, name).seconds = 1
        return
    value: Any = 1
    if field.type == field.TYPE_STRING:
        value = TEXTS.get(name, "8")
    elif field.type == field.TYPE_BYTES:
        value = b"{}"
    elif field.type == field.TYPE_ENUM:
        value = field.enum_type.values[1].number
    if field.is_repeated:
        getattr(holder, name)[:] = [value]
    else:
        setattr(holder, name, value)
