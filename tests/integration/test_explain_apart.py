"""Explain beside plugins that run apart and do harm: each costs an entry of its own, and the rest is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hookline.dispatcher.v1 import event_service_pb2
from hookline.registry.v1 import trigger_pb2

from tests.contract.dispatcher.suite import Suite, event, running
from tests.contract.registry.world import hooking, ruling
from tests.integration.installed_plugins import lay_down
from tests.unit.runtime.isolation import hostile


@pytest.fixture(autouse=True)
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = tmp_path / "site"
    monkeypatch.syspath_prepend(str(site))
    lay_down(site, "acme-hostile", "1.0", [f"hostile = {hostile.__name__}"])
    monkeypatch.setenv("HOOKLINE_PLUGIN_SECONDS", "0.5")


async def trigger(suite: Suite, kind: str, **configuration: Any) -> int:
    asked = trigger_pb2.Trigger(kind=kind, configuration=json.dumps(configuration).encode())
    made = await suite.world.user.CreateTrigger(trigger_pb2.CreateTriggerRequest(trigger=asked))
    suite.revision = made.config_revision
    return int(made.trigger.id)


async def test_each_plugin_that_does_harm_costs_its_own_entry(tmp_path: Path) -> None:
    async with running(tmp_path) as suite:
        url = f"http://127.0.0.1:{suite.receiver.port}/w"
        webhook = (await suite.world.user.CreateWebhook(hooking(url=url, data="id=[Contact ID]"))).webhook.id
        await suite.world.user.CreateGlobalRule(ruling(webhook))
        good = await trigger(suite, "remembering", fires=[webhook])
        bad = [await trigger(suite, "remembering", fires=[webhook], step=each) for each in ("raise", "hang", "end")]
        await suite.subscribe("sub_tag", content_type="application/json")
        await suite.subscribe("sub_tag", content_type="text/hostile")
        explaining = event_service_pb2.ExplainRequest(
            event=event("e1", data=b'{"a": 1}'), min_config_revision=suite.revision
        )
        shown = await suite.user.Explain(explaining)
        # The encoder is of the plugin whose process has just been ended: its request may be missing.
        subscription, _, rule, *_ = shown.fires
        assert [each.HasField("request") for each in (subscription, rule)] == [True, True]
        assert (subscription.fired_by.source, rule.fired_by.source) == ("subscription", "global_rule")
        reasons = {each.trigger.id: each.reason for each in shown.not_fired if each.trigger.source == "remembering"}
        assert set(bad) <= set(reasons)
        assert all(reasons.values())
        done = {each.trigger.id for each in shown.steps} | set(reasons)
        assert done == {good, *bad}
        harm = event("e2", data=b'{"do": "hang"}')
        first, second, *_ = (await suite.user.Explain(event_service_pb2.ExplainRequest(event=harm))).fires
        assert (first.HasField("request"), second.HasField("request")) == (True, False)
        assert second.unrendered_reason
        assert (await suite.deliveries(), suite.receiver.received) == ([], [])
