"""What it costs to find what an event fires: microseconds at the median, with many triggers that do not concern it.

Run: ``python bench/routing.py``. Each figure is of one call of ``route``: subscriptions, index of triggers, and the one
global rule that the event is for, which is asked and fires. The rules of the first row are all of one account; of the
second row each account has ten. The third row has rules of the event's own type, but for other tags.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable

from hookline_dispatcher.config.account import AccountConfig, Switches
from hookline_dispatcher.config.codec import ItemKind, compile_account, encode_account, encode_target
from hookline_dispatcher.config.targets import WEBHOOK, WebhookSettings
from hookline_dispatcher.config.triggers import Definition, TriggerKey, compile_trigger, encode_definition
from hookline_dispatcher.core.event import Event
from hookline_dispatcher.core.lane import LanePolicy
from hookline_dispatcher.ingest.routing import route
from hookline_dispatcher.store.model import ConfigRow, TargetKey
from hookline_runtime.plugins import PluginHost

RULES = 10_000
EACH = 10
EVENTS = 5_000
DATA = json.dumps({f"field_{number}": f"value {number}" for number in range(20)}).encode()
OTHERS = ["unsub_tag", "object_submits_form", "purchase_product", "object_completed_task", "Contact_opens_email"]
PARAMS = {
    "sub_tag": "tag_id",
    "unsub_tag": "tag_id",
    "object_submits_form": "form_id",
    "purchase_product": "product_id",
    "object_completed_task": "task_id",
    "Contact_opens_email": "email_id",
}


def definition(event: str, number: int) -> dict[str, object]:
    """A global rule with one trigger, one condition and one webhook."""
    return {
        "object_type_id": 0,
        "triggers": [{"event": event, "params": {PARAMS[event]: str(number)}}],
        "any_of": [],
        "actions": [{"webhook_id": 1}],
    }


def account(id_: int, rules: list[tuple[str, int]], plugins: PluginHost) -> AccountConfig:
    """An account on plan PRO with these rules and one webhook."""
    hook = WebhookSettings(
        key=TargetKey(id_, WEBHOOK, 1), revision=1, url="https://r.example/", policy=LanePolicy(180), data="a=[Email]"
    )
    rows = [
        ConfigRow(id_, ItemKind.ACCOUNT, id_, 1, False, encode_account(3, Switches(True, True))),
        ConfigRow(id_, ItemKind.WEBHOOK, 1, 1, False, encode_target(hook)),
    ]
    triggers = {}
    for number, rule in enumerate(rules, 1):
        text = json.dumps(definition(*rule))
        row = ConfigRow(
            id_, ItemKind.GLOBAL_RULE, number, 1, False, encode_definition(Definition("global_rule", "a rule", text))
        )
        trigger = compile_trigger(row, plugins.trigger_source)
        assert not trigger.fault, trigger.fault
        triggers[TriggerKey(row.kind, row.id)] = trigger
    config = compile_account(id_, rows, None, triggers)
    assert config is not None
    return config


def event(account_id: int, number: int) -> Event:
    """A contact gets tag 4."""
    return Event(account_id, f"e{number}", "sub_tag", 0, str(number), DATA, {"tag_id": "4"}, occurred_time=number)


def median(config_of: Callable[[int], AccountConfig]) -> float:
    """Microseconds of ``route`` at the median over many events."""
    spans = []
    for number in range(EVENTS):
        config = config_of(number)
        happened = event(config.account_id, number)
        began = time.perf_counter()
        routed = route(happened, config, number)
        spans.append(time.perf_counter() - began)
        assert len(routed.firings) == 1, routed
    return statistics.median(spans) * 1e6


def main() -> None:
    """Prints the table."""
    plugins = PluginHost.load()
    own = ("sub_tag", 4)
    others = [(OTHERS[number % len(OTHERS)], number) for number in range(RULES)]
    one = account(1, [own, *others[: RULES - 1]], plugins)
    print(f"one account with {RULES} rules:        {median(lambda _: one):6.1f} us")
    some = [account(id_, [own, *others[id_ % 500 :][: EACH - 1]], plugins) for id_ in range(1, 1 + RULES)]
    print(f"{RULES} accounts with {EACH} rules each:  {median(lambda number: some[number % RULES]):6.1f} us")
    tags = account(1, [own, *(("sub_tag", number) for number in range(5, RULES + 4))], plugins)
    print(f"{RULES} rules for tags of their own:   {median(lambda _: tags):6.1f} us")
    alone = account(1, [own], plugins)
    print(f"one rule:                           {median(lambda _: alone):6.1f} us")


if __name__ == "__main__":
    main()
