"""How rules, forms and subscriptions that settle are asked for and shown."""

import math

import pytest
import typer
from google.protobuf.duration_pb2 import Duration
from hookline.registry.v1 import form_pb2, global_rule_pb2, subscription_pb2
from hookline.registry.v1.settle_pb2 import Settle

from hookline_cli.commands.definitions import form_facts, rule_facts
from hookline_cli.commands.rendering import subscription_facts
from hookline_cli.commands.settling import settle_of, settle_words

HALF = Duration(nanos=500_000_000)
TEN = Duration(seconds=10)


@pytest.mark.parametrize(
    "seconds, longest, asked, words",
    [
        (None, None, None, ""),
        (0, None, Settle(quiet=Duration()), ""),
        (10, None, Settle(quiet=TEN), "until quiet for 10 s, at most 100 s"),
        (0.5, 10, Settle(quiet=HALF, longest=TEN), "until quiet for 0.5 s, at most 10 s"),
    ],
)
def test_seconds_are_told_and_shown(
    seconds: float | None, longest: float | None, asked: Settle | None, words: str
) -> None:
    settle = settle_of(seconds, longest)
    assert settle == asked
    assert settle_words(settle or Settle()) == words


@pytest.mark.parametrize("seconds, longest", [(None, 5), (math.nan, None), (math.inf, None), (1, math.inf), (1e9, 1)])
def test_what_is_no_number_of_seconds_is_refused(seconds: float | None, longest: float | None) -> None:
    with pytest.raises(typer.BadParameter):
        settle_of(seconds, longest)


def test_it_is_shown() -> None:
    settle = Settle(quiet=TEN)
    shown = [
        rule_facts(global_rule_pb2.GlobalRule(settle=settle)),
        form_facts(form_pb2.Form(settle=settle)),
        subscription_facts(subscription_pb2.Subscription(settle=settle)),
    ]
    assert all("until quiet for 10 s" in str(each) for each in shown)
    assert "settles" not in str(rule_facts(global_rule_pb2.GlobalRule()))
