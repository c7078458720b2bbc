"""`application/msgpack`: the payload as one MessagePack map, its keys in the payload's order.

Whole numbers beyond 64 bits, which MessagePack does not have, are their decimal digits as text.
"""

from collections.abc import Mapping

import msgpack  # type: ignore[import-untyped]  # it comes without types

from hookline_plugin import Payload, Value, check


class MsgpackEncoder:
    """Encodes payloads as MessagePack."""

    name = "msgpack"
    media_type = "application/msgpack"
    media_types = frozenset({"application/msgpack", "application/vnd.msgpack", "application/x-msgpack"})

    def encode(self, payload: Payload) -> bytes:
        """Give the packed map."""
        # MessagePack could write NaN, which the contract refuses, and would not say where a refused value stands.
        check(payload)
        packed: bytes = msgpack.packb(payload, default=_plain)
        return packed


def _plain(value: Value) -> object:
    """Give what stands for a value that the packer does not know: called for these only."""
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, str):
        return str(value)
    if value is None or isinstance(value, float):
        raise TypeError(f"{type(value).__name__} is for the packer itself")
    return list(value)
