"""What the servicers share: whose account a request is about, its etag, and what makes a create repeatable."""

from collections.abc import Iterable
from typing import TypeVar

from google.protobuf.message import Message
from hookline.registry.v1 import (
    account_pb2,
    campaign_pb2,
    form_pb2,
    global_rule_pb2,
    object_type_pb2,
    subscription_pb2,
    trigger_pb2,
    webhook_pb2,
)

from hookline_registry.idempotency import Create
from hookline_registry.masks import merge
from hookline_runtime.access import KeyKind, account_of, current_principal
from hookline_runtime.errors import Aborted, InvalidArgument, Violation
from hookline_runtime.validation import check

Resource = TypeVar(
    "Resource",
    account_pb2.Account,
    object_type_pb2.ObjectType,
    subscription_pb2.Subscription,
    webhook_pb2.Webhook,
    global_rule_pb2.GlobalRule,
    form_pb2.Form,
    campaign_pb2.Campaign,
    trigger_pb2.Trigger,
)

SERVER_SET = (
    "id",
    "account_id",
    "create_time",
    "update_time",
    "etag",
    "old_secret_expire_time",
    "detected_content_type",
    "warnings",
    "text",
    "state",
    "version",
    "unpublished_changes",
    "publish_time",
)
"""The fields of a resource that a create ignores."""


def account_or_operators(requested: int) -> int:
    """Give the account a key request is about; 0 for operator keys, which an operator key asks for with 0.

    Raises PermissionDenied.
    """
    if current_principal().kind is KeyKind.ACCOUNT:
        return account_of(requested)
    return requested


def check_id(field: str, given: int) -> None:
    """Pass an id that something may have: an update without one is a mistake, not a search in vain.

    Raises InvalidArgument at `field`.
    """
    if given < 1:
        raise InvalidArgument(Violation(field, "must be greater than 0"))


def check_etag(given: str, current: str) -> None:
    """Pass an etag that is current, or none.

    Raises Aborted.
    """
    if given and given != current:
        raise Aborted("etag is out of date: read the resource again, then repeat the change", reason="ETAG_MISMATCH")


def updated(field: str, shown: Resource, given: Resource, paths: Iterable[str]) -> Resource:
    """Give what becomes of a resource, as it is shown, by what an update gives it at the paths; its etag is current.

    Raises Aborted, or InvalidArgument with paths that start at `field` when the result breaks its rules.
    """
    check_etag(given.etag, shown.etag)
    merge(shown, given, paths)
    refuse(Violation(f"{field}.{each.field}", each.reason) for each in check(shown))
    return shown


def refuse(violations: Iterable[Violation]) -> None:
    """Raise InvalidArgument with the violations, if there are any."""
    found = tuple(violations)
    if found:
        raise InvalidArgument(*found)


def create_of(request: Message, account_id: int, request_id: str, resource: str = "") -> Create:
    """Give what makes a create repeatable: its content without what the server sets, and what says how it is sent."""
    content = type(request)()
    content.CopyFrom(request)
    for name in ("request_id", "account_id", "validate_only"):
        if name in content.DESCRIPTOR.fields_by_name:
            content.ClearField(name)
    if resource:
        inner = getattr(content, resource)
        for name in SERVER_SET:
            if name in inner.DESCRIPTOR.fields_by_name:
                inner.ClearField(name)
    method = request.DESCRIPTOR.name.removesuffix("Request")
    return Create(account_id, method, request_id, content.SerializeToString(deterministic=True))
