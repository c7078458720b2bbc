"""Global rules in the original's grammar, which their trigger source reads and writes. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

from hookline.registry.v1 import global_rule_pb2

from hookline_plugin import TriggerSource, Value
from hookline_plugin.trigger import TextError, Written
from hookline_registry.definition_wire import RULE_BODY, body_of, with_body
from hookline_registry.requests import refuse
from hookline_runtime.errors import InvalidArgument, Violation
from hookline_runtime.validation import check

PARTS = MappingProxyType({"triggers": "events", "any_of": "conditions", "actions": "actions"})
"""Which text says which part of a rule."""


def read_text(source: TriggerSource, text: global_rule_pb2.RuleText) -> Mapping[str, Value]:
    """Read the parts of a rule that a text says.

    Raises InvalidArgument at the text, with the position.
    """
    writer: object = source
    if not isinstance(writer, Written):
        raise InvalidArgument(Violation("text", "must not be set: the trigger source reads no texts"))
    try:
        return writer.read_text({part: getattr(text, part) for part in PARTS.values()})
    except TextError as error:
        raise InvalidArgument(Violation(f"text.{error.part}", f"position {error.position}: {error.reason}")) from None


def write_text(source: TriggerSource | None, body: Mapping[str, Value]) -> Mapping[str, str]:
    """Give the text of a rule, none where there is nobody who can write it."""
    writer: object = source
    if not isinstance(writer, Written):
        return {}
    try:
        return writer.write_text(body)
    except ValueError:
        return {}


def held(body: Mapping[str, Value]) -> Mapping[str, Value]:
    """Hold what a text said to the rules of the message, and give it as the message says it.

    Raises InvalidArgument.
    """
    try:
        rule = with_body(global_rule_pb2.GlobalRule(), body, RULE_BODY)
    except ValueError:
        raise InvalidArgument(Violation("text", "must say what a rule can hold")) from None
    refuse(violation(each.field, each.reason, of_text=True) for each in check(rule))
    return body_of(rule, RULE_BODY)


def violation(path: str, reason: str, *, of_text: bool) -> Violation:
    """Tell a flaw of a rule where its caller wrote it."""
    part = PARTS.get(path.partition(".")[0].partition("[")[0]) if of_text else None
    return Violation(f"rule.{path}", reason) if part is None else Violation(f"text.{part}", f"{path}: {reason}")
