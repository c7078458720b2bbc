import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from hookline.registry.v1 import account_pb2, subscription_pb2

from hookline_registry.masks import merge, paths_of
from hookline_runtime.errors import InvalidArgument

Sub = subscription_pb2.Subscription
ALLOWED = ("url", "headers", "max_retries", "timeout", "ordered")
CURRENT = Sub(
    url="old",
    headers=[subscription_pb2.Header(name="a")],
    max_retries=5,
    timeout=Duration(seconds=9),
    ordered=True,
)


@pytest.mark.parametrize(
    ("mask", "given", "paths"),
    [
        ([], Sub(), []),
        ([], Sub(url="x", id=3, max_retries=0), ["url", "max_retries"]),
        (["ordered"], Sub(url="x"), ["ordered"]),
        (["url", "ordered", "url"], Sub(), ["url", "ordered"]),
    ],
)
def test_which_fields_change(mask: list[str], given: Message, paths: list[str]) -> None:
    assert paths_of(mask, given, ALLOWED) == paths


@pytest.mark.parametrize("path", ["id", "nothing", "timeout.seconds", "headers.name", "*", "", "url "])
def test_other_paths_are_refused(path: str) -> None:
    with pytest.raises(InvalidArgument) as refused:
        paths_of(["url", path], Sub(), ALLOWED)
    assert [violation.field for violation in refused.value.violations] == ["update_mask"]


@pytest.mark.parametrize(
    ("given", "path", "changed"),
    [
        (Sub(url="new"), "url", {"url": "new"}),
        (Sub(), "url", {"url": ""}),
        (Sub(headers=[subscription_pb2.Header(name="b")]), "headers", {"headers": ["b"]}),
        (Sub(), "headers", {"headers": []}),
        (Sub(max_retries=0), "max_retries", {"max_retries": 0}),
        (Sub(), "max_retries", {"max_retries": None}),
        (Sub(timeout=Duration(seconds=1)), "timeout", {"timeout": 1}),
        (Sub(), "timeout", {"timeout": None}),
        (Sub(), "ordered", {"ordered": False}),
    ],
)
def test_a_merge_changes_the_named_field_alone(given: Message, path: str, changed: dict[str, object]) -> None:
    merged = Sub()
    merged.CopyFrom(CURRENT)
    merge(merged, given, [path])
    expected = {"url": "old", "headers": ["a"], "max_retries": 5, "timeout": 9, "ordered": True, **changed}
    assert {
        "url": merged.url,
        "headers": [header.name for header in merged.headers],
        "max_retries": merged.max_retries if merged.HasField("max_retries") else None,
        "timeout": merged.timeout.seconds if merged.HasField("timeout") else None,
        "ordered": merged.ordered,
    } == expected


def test_a_merge_reaches_into_messages() -> None:
    current = account_pb2.Account(features=account_pb2.FeatureSwitches(global_rules=True, form_rules=True))
    merge(current, account_pb2.Account(), ["features.form_rules"])
    assert (current.features.global_rules, current.features.form_rules) == (True, False)
    merge(current, account_pb2.Account(features=account_pb2.FeatureSwitches(form_rules=True)), ["features"])
    assert (current.features.global_rules, current.features.form_rules) == (False, True)
