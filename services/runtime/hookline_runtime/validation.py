"""Checks requests against the rules that stand in the protos.

Every violation is found, not only the first, and names its field by the path that a caller would
write: ``events[3].params["x"]``. Only of what is large the first alone: each takes a thousandth of a millisecond to be
checked and ten to be found wrong, so a message of many tiny parts, all of them wrong, would hold up everybody else.
"""

from __future__ import annotations

import json

import protovalidate
from google.protobuf.message import Message

from hookline_runtime.errors import InvalidArgument, Violation

_validator = protovalidate.Validator()

# The library's words where they would not help a caller: the only value that rules leave out is the unspecified one.
_REASONS = {"enum.not_in": "must not be unspecified"}


LARGE = 16 * 1024
"""Bytes above which a message is large."""


def check(message: Message) -> tuple[Violation, ...]:
    """What is wrong with ``message``, of a large one the first of it; empty when it follows its rules.

    A rule of the whole message is told of that message's path; at the top, where there is none, of
    the first part of the rule's id.
    """
    found = _validator.collect_violations(message, fail_fast=True)
    if not found:
        return ()
    return (_violation(found[0]),) if message.ByteSize() > LARGE else every(message)


def every(message: Message) -> tuple[Violation, ...]:
    """All that is wrong with ``message``, however large it is: not for an event loop."""
    return tuple(map(_violation, _validator.collect_violations(message)))


def require(message: Message) -> None:
    """Passes a message that follows its rules.

    Raises:
        InvalidArgument: it does not; with every violation that ``check`` tells.
    """
    violations = check(message)
    if violations:
        raise InvalidArgument(*violations)


def _violation(found: protovalidate.Violation) -> Violation:
    proto = found.proto
    path = "".join(_step(element) for element in proto.field.elements) if proto.field else ""
    reason = _REASONS.get(proto.rule_id) or proto.message or proto.rule_id
    return Violation(
        field=path.removeprefix(".") or proto.rule_id.partition(".")[0],
        reason=f"key {reason}" if proto.for_key else reason,
    )


def _step(element: protovalidate.FieldPathElementPb) -> str:
    name = f".{element.field_name}"
    if element.subscript is None:
        return name
    return f"{name}[{json.dumps(element.subscript.value, ensure_ascii=False)}]"
