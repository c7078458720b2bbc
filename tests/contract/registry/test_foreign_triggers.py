import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from hookline.registry.v1 import campaign_pb2, config_pb2, webhook_pb2
from hookline.registry.v1 import trigger_pb2 as pb

from hookline_registry.settings import Settings
from tests.contract.registry import odd_plugin
from tests.contract.registry.watching import Replica
from tests.contract.registry.world import World, campaigning, hooking, open_world, outcome, refusal

Code = grpc.StatusCode
FIELD = "trigger.configuration"


def triggering(kind: str = "odd", text: bytes | None = None, **configuration: Any) -> pb.CreateTriggerRequest:
    written = json.dumps(configuration).encode() if text is None else text
    return pb.CreateTriggerRequest(trigger=pb.Trigger(kind=kind, name="t", configuration=written))


async def told(world: World) -> config_pb2.TriggerConfig:
    replica = Replica()
    await replica.catch_up(world)
    return replica.items[config_pb2.CONFIG_KIND_TRIGGER, 1, 1].trigger


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the odd plugin is installed."""
    installed = tmp_path / "site" / "hookline_odd-1.0.dist-info"
    installed.mkdir(parents=True)
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: hookline-odd\nVersion: 1.0\n")
    (installed / "entry_points.txt").write_text(f"[hookline]\nodd = {odd_plugin.__name__}\n")
    monkeypatch.syspath_prepend(installed.parent)
    return installed.parent


@pytest.fixture
async def odd(settings: Settings, site: Path) -> AsyncIterator[World]:
    """A world in which the odd plugin is installed, with webhooks 1 and 2."""
    async with open_world(settings) as world:
        for _ in range(2):
            await world.user.CreateWebhook(hooking())
        yield world


async def test_a_trigger_is_stored_and_told(odd: World) -> None:
    made = (await odd.user.CreateTrigger(triggering(fires=[1], text=None, say="ä"))).trigger
    assert (made.id, made.account_id, made.kind, made.name, made.paused) == (1, 1, "odd", "t", False)
    assert json.loads(made.configuration) == {"fires": [1], "say": "ä"}
    assert (await odd.user.GetTrigger(pb.GetTriggerRequest(id=1))).trigger == made
    assert list((await odd.user.ListTriggers(pb.ListTriggersRequest())).triggers) == [made]
    config = await told(odd)
    assert (config.source, config.name, json.loads(config.definition)) == ("odd", "t", {"fires": [1], "say": "ä"})
    refused = await refusal(odd.user.DeleteWebhook(webhook_pb2.DeleteWebhookRequest(id=1)))
    assert refused.metadata == {"users": "trigger 1"}


async def test_a_trigger_that_is_tried_is_shown_and_not_made(odd: World) -> None:
    asked = triggering(fires=[1])
    asked.validate_only = True
    tried = await odd.user.CreateTrigger(asked)
    assert (tried.config_revision, tried.trigger.id, json.loads(tried.trigger.configuration)) == (0, 0, {"fires": [1]})
    missing = triggering(fires=[9])
    missing.validate_only = True
    assert (await refusal(odd.user.CreateTrigger(missing))).fields == (FIELD,)
    assert not (await odd.user.ListTriggers(pb.ListTriggersRequest())).triggers


async def test_update_pause_resume_and_delete(odd: World) -> None:
    made = (await odd.user.CreateTrigger(triggering(fires=[1]))).trigger
    paused = (await odd.user.PauseTrigger(pb.PauseTriggerRequest(id=1, etag=made.etag))).trigger
    assert paused.paused
    given = pb.Trigger(id=1, configuration=b'{"fires": [2]}', kind="other", name="not used")
    asked = pb.UpdateTriggerRequest(trigger=given, update_mask=FieldMask(paths=["configuration"]))
    changed = (await odd.user.UpdateTrigger(asked)).trigger
    assert (changed.kind, changed.name, changed.paused) == ("odd", "t", True)
    assert json.loads((await told(odd)).definition) == {"fires": [2], "paused": True}
    await odd.user.DeleteWebhook(webhook_pb2.DeleteWebhookRequest(id=1))
    assert not (await odd.user.ResumeTrigger(pb.ResumeTriggerRequest(id=1))).trigger.paused
    assert json.loads((await told(odd)).definition) == {"fires": [2]}
    assert (await refusal(odd.user.DeleteTrigger(pb.DeleteTriggerRequest(id=1, etag="old")))).code is Code.ABORTED
    await odd.user.DeleteTrigger(pb.DeleteTriggerRequest(id=1))
    assert await outcome(odd.user.GetTrigger(pb.GetTriggerRequest(id=1))) is Code.NOT_FOUND


@pytest.mark.parametrize("kind", ["campaign", "global_rule", "form_rule", "score2"])
async def test_kinds_that_are_built_in_or_not_there(odd: World, kind: str) -> None:
    refused = await refusal(odd.user.CreateTrigger(triggering(kind)))
    assert (refused.code, refused.reason) == (Code.FAILED_PRECONDITION, "TRIGGER_SOURCE_MISSING")
    assert "odd" in refused.metadata["kinds"]


REFUSED: dict[str, tuple[pb.CreateTriggerRequest, tuple[str, ...], str]] = {
    "refused by its plugin": (triggering(do="refuse"), (f"{FIELD}.do",), "is refused"),
    "the plugin raises": (triggering(do="raise"), (FIELD,), "the plugin of odd failed with RuntimeError"),
    "the plugin exits": (triggering(do="exit"), (FIELD,), "failed with SystemExit"),
    "the plugin answers junk": (triggering(do="junk"), (FIELD,), "failed with AttributeError"),
    "webhooks that are none": (triggering(fires=["1"]), (FIELD,), "failed with TypeError"),
    "webhooks that are no list": (triggering(fires=7), (FIELD,), "failed with TypeError"),
    "too many webhooks": (triggering(fires=list(range(1, 1003))), (FIELD,), "failed with ValueError"),
    "no such webhook": (triggering(fires=[9]), (FIELD,), "there is no webhook 9"),
    "a webhook beyond 64 bits": (triggering(fires=[2**63]), (FIELD,), "failed with TypeError"),
    "campaigns that are none": (triggering("remembering", asks=["1"]), (FIELD,), "answered what cannot be used"),
    "campaigns that are no list": (triggering("remembering", asks=7), (FIELD,), "failed with TypeError"),
    "too many campaigns": (triggering("remembering", asks=list(range(1, 1003))), (FIELD,), "failed with ValueError"),
    "no such campaign": (triggering("remembering", asks=[9]), (FIELD,), "there is no campaign 9"),
    "no kind": (triggering(""), ("trigger.kind",), "letters"),
    "kind with a line end": (triggering("odd\n"), ("trigger.kind",), "letters"),
    "no JSON": (triggering(text=b"{"), (FIELD,), "must be a JSON object"),
    "no object": (triggering(text=b"[]"), (FIELD,), "must be a JSON object"),
    "no UTF-8": (triggering(text=b'{"a": "\xff"}'), (FIELD,), "must be a JSON object"),
    "half a character": (triggering(text=b'{"a": "\\ud800"}'), (FIELD,), "must be a JSON object"),
    "no number": (triggering(text=b'{"a": NaN}'), (FIELD,), "must be a JSON object"),
    "a number beyond all": (triggering(text=b'{"a": 1e999}'), (FIELD,), "must be a JSON object"),
    "more digits than can be read": (triggering(text=b'{"a": %s}' % (b"9" * 5000)), (FIELD,), "must be a JSON object"),
    "nested too deep": (triggering(text=b"[" * 60000), (FIELD,), "must be a JSON object"),
    "nested a little too deep": (triggering(text=b'{"a":' * 40 + b"1" + b"}" * 40), (FIELD,), "must be a JSON object"),
    "too large": (triggering(text=b'{"a": "%s"}' % (b"a" * 65536)), (FIELD,), "65536"),
    "a pause": (triggering(paused=True), (f"{FIELD}.paused",), "is the server's"),
}


async def test_bad_triggers(odd: World) -> None:
    before = odd.registry.database.head.revision
    for name, (asked, fields, says) in REFUSED.items():
        refused = await refusal(odd.user.CreateTrigger(asked))
        assert (refused.code, refused.fields) == (Code.INVALID_ARGUMENT, fields), (name, refused.text)
        assert says in refused.text, name
        assert "secret" not in refused.text
    endless = await refusal(odd.user.CreateTrigger(triggering(do="endless")))
    assert endless.fields
    assert odd.registry.database.head.revision == before


async def test_the_triggers_of_another_account_are_absent(odd: World) -> None:
    await odd.user.CreateTrigger(triggering())
    _, other = await odd.new_account()
    update = pb.UpdateTriggerRequest(trigger=pb.Trigger(id=1, name="x"))
    asked = (
        other.GetTrigger(pb.GetTriggerRequest(id=1)),
        other.UpdateTrigger(update),
        other.PauseTrigger(pb.PauseTriggerRequest(id=1)),
        other.ResumeTrigger(pb.ResumeTriggerRequest(id=1)),
        other.DeleteTrigger(pb.DeleteTriggerRequest(id=1)),
    )
    assert [await outcome(each) for each in asked] == [Code.NOT_FOUND] * 5
    assert not (await other.ListTriggers(pb.ListTriggersRequest())).triggers
    assert await outcome(other.ListTriggers(pb.ListTriggersRequest(account_id=1))) is Code.PERMISSION_DENIED


async def test_campaigns_that_a_trigger_names_stay(odd: World) -> None:
    for _ in range(2):
        await odd.user.CreateCampaign(campaigning(1))
    await odd.user.CreateTrigger(triggering("remembering", fires=[1], asks=[1]))
    gone = campaign_pb2.DeleteCampaignRequest(id=1)
    refused = await refusal(odd.user.DeleteCampaign(gone))
    assert (refused.reason, refused.metadata) == ("CAMPAIGN_USED", {"users": "trigger 1"})
    given = pb.Trigger(id=1, configuration=b'{"asks": [2]}')
    await odd.user.UpdateTrigger(pb.UpdateTriggerRequest(trigger=given, update_mask=FieldMask(paths=["configuration"])))
    await odd.user.DeleteCampaign(gone)


async def test_a_repeated_create_makes_one(odd: World) -> None:
    asked = triggering(fires=[1])
    asked.request_id = "r"
    made = [(await odd.user.CreateTrigger(asked)).trigger.id for _ in range(2)]
    assert made == [1, 1]


async def test_a_definition_with_memory_has_a_version_that_changes_with_its_configuration(odd: World) -> None:
    await odd.user.CreateTrigger(triggering("remembering", fires=[1]))
    first = json.loads((await told(odd)).definition)
    assert first == {"fires": [1], "version": first["version"]}
    await odd.user.PauseTrigger(pb.PauseTriggerRequest(id=1))
    same = pb.Trigger(id=1, name="u", configuration=b'{"fires":[1]}')
    await odd.user.UpdateTrigger(pb.UpdateTriggerRequest(trigger=same))
    assert json.loads((await told(odd)).definition) == {**first, "paused": True}
    await odd.user.UpdateTrigger(pb.UpdateTriggerRequest(trigger=pb.Trigger(id=1, configuration=b'{"fires":[2]}')))
    assert json.loads((await told(odd)).definition)["version"] > first["version"]
    assert json.loads((await odd.user.GetTrigger(pb.GetTriggerRequest(id=1))).trigger.configuration) == {"fires": [2]}
    refused = await refusal(odd.user.CreateTrigger(triggering("remembering", version=3)))
    assert refused.fields == (f"{FIELD}.version",)


async def test_checks_that_hang_cost_nobody_for_long(settings: Settings, site: Path) -> None:
    async with open_world(settings.model_copy(update={"plugin_seconds": 0.2})) as odd:
        hanging = (refusal(odd.user.CreateTrigger(triggering(do="hang"))) for _ in range(20))
        refused = await asyncio.gather(*hanging)
        assert any("did not answer within 1 s" in each.text for each in refused)
        assert {each.reason for each in refused} <= {"INVALID_ARGUMENT", "PLUGIN_AWAY", "PLUGINS_BUSY"}
        async with asyncio.timeout(60):
            while await outcome(odd.user.CreateTrigger(triggering())) is not Code.OK:
                await asyncio.sleep(0.05)
