"""The operations of the JSON API, read out of the descriptors: every RPC that has a ``google.api.http`` annotation."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType

import hookline.dispatcher.v1
import hookline.registry.v1
from google.api import annotations_pb2, http_pb2
from google.protobuf.descriptor import Descriptor, MethodDescriptor, ServiceDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from hookline.dispatcher.v1 import event_service_pb2

from hookline_gateway.backends import Name
from hookline_gateway.json_api.templates import Template, parse_template

_PACKAGES: Mapping[Name, ModuleType] = {"registry": hookline.registry.v1, "dispatcher": hookline.dispatcher.v1}
_VERBS = ("get", "put", "post", "delete", "patch")


@dataclass(frozen=True, slots=True)
class Operation:
    """One way to call an RPC over HTTP.

    ``body`` names the field of the request that the body stands for, "*" for all of it, empty for none.
    """

    rpc: MethodDescriptor
    backend: Name
    verb: str
    template: Template
    body: str

    @property
    def path(self) -> str:
        """The path of the RPC in gRPC."""
        return f"/{self.rpc.containing_service.full_name}/{self.rpc.name}"

    @property
    def request(self) -> type[Message]:
        """The class of its requests."""
        return _class(self.rpc.input_type)

    @property
    def response(self) -> type[Message]:
        """The class of its responses."""
        return _class(self.rpc.output_type)

    @property
    def streams(self) -> bool:
        """Whether it answers with a stream."""
        return bool(self.rpc.server_streaming)


def operations() -> tuple[Operation, ...]:
    """Every operation, by service and in the order of the protos."""
    return tuple(
        each for name, package in _PACKAGES.items() for service in _services(package) for each in _of(name, service)
    )


def publishing() -> Operation:
    """``POST /v1/events``, which has no annotation: no rule of ``google.api.http`` says what it does with lines."""
    rpc = event_service_pb2.DESCRIPTOR.services_by_name["EventService"].methods_by_name["PublishStream"]
    return Operation(rpc, "dispatcher", "POST", parse_template("/v1/events"), "*")


def publish() -> Operation:
    """The RPC that takes one event."""
    return next(each for each in operations() if each.rpc.full_name == "hookline.dispatcher.v1.EventService.Publish")


def _services(package: ModuleType) -> Iterator[ServiceDescriptor]:
    for found in sorted(pkgutil.iter_modules(package.__path__), key=lambda each: each.name):
        if found.name.endswith("_pb2"):
            module = importlib.import_module(f"{package.__name__}.{found.name}")
            yield from module.DESCRIPTOR.services_by_name.values()


def _of(backend: Name, service: ServiceDescriptor) -> Iterator[Operation]:
    for rpc in service.methods:
        if rpc.client_streaming or not rpc.GetOptions().HasExtension(annotations_pb2.http):
            continue
        rule = rpc.GetOptions().Extensions[annotations_pb2.http]
        for each in (rule, *rule.additional_bindings):
            yield _operation(backend, rpc, each)


def _operation(backend: Name, rpc: MethodDescriptor, rule: http_pb2.HttpRule) -> Operation:
    kind = rule.WhichOneof("pattern")
    if kind not in _VERBS:
        raise ValueError(f"{rpc.full_name}: its http annotation has no verb that is served")
    return Operation(rpc, backend, kind.upper(), parse_template(getattr(rule, kind)), rule.body)


def _class(descriptor: Descriptor) -> type[Message]:
    found: type[Message] = GetMessageClass(descriptor)
    return found
