"""What the protos say about an RPC: the access it asks for and the message it takes.

Health and reflection are open to everybody; every other RPC states its access in the option
``(hookline.event.v1.access)``, or no server starts with it.
"""

from __future__ import annotations

from google.protobuf import descriptor_pool, message_factory
from google.protobuf.message import Message
from hookline.event.v1 import options_pb2

OPEN_SERVICES = frozenset(
    {"grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection"}
)


class ContractError(Exception):
    """A servicer does not fit the protos; a bug, found at start."""


def access_of(method: str) -> int | None:
    """The ``hookline.event.v1.Access`` that ``/package.Service/Method`` asks for; None when it is open.

    Raises:
        ContractError: there is no such RPC, or it does not state its access.
    """
    service, _, name = method.removeprefix("/").partition("/")
    if service in OPEN_SERVICES:
        return None
    try:
        descriptor = descriptor_pool.Default().FindMethodByName(f"{service}.{name}")
    except KeyError:
        raise ContractError(f"{method} is in no proto") from None
    needed = int(descriptor.GetOptions().Extensions[options_pb2.access])
    if needed == options_pb2.ACCESS_UNSPECIFIED:
        raise ContractError(f"{method} has no option (hookline.event.v1.access)")
    return needed


def request_of(method: str) -> type[Message]:
    """The class of the messages that ``/package.Service/Method`` takes.

    Raises:
        KeyError: there is no such RPC.
    """
    name = method.removeprefix("/").replace("/", ".")
    return message_factory.GetMessageClass(descriptor_pool.Default().FindMethodByName(name).input_type)
