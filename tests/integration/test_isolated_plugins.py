"""Third-party plugins at work in a registry and a dispatcher: the examples, and one that does harm beside others."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import signal
import sys
import urllib.request
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgpack  # type: ignore[import-untyped]  # it comes without types
import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from hookline.dispatcher.v1 import delivery_pb2 as dpb
from hookline.dispatcher.v1 import delivery_service_pb2, event_service_pb2
from hookline.registry.v1 import campaign_pb2, object_type_pb2, trigger_pb2, webhook_pb2

from hookline_runtime.channels import open_channel
from tests.contract.dispatcher.receiver import until
from tests.contract.dispatcher.suite import Suite, event, running
from tests.contract.registry.world import campaigning, hooking, ruling, subscribing
from tests.integration.installed_plugins import install_examples, lay_down
from tests.integration.process import apart, free_port
from tests.unit.runtime.isolation import hostile

BOUND = 60.0
DELIVERED = dpb.DELIVERY_STATE_DELIVERED
NUMBER = object_type_pb2.FIELD_KIND_NUMBER


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The examples and the hostile plugin; retries come soon, and bounds are short."""
    site = tmp_path / "site"
    install_examples(site, monkeypatch)
    lay_down(site, "acme-hostile", "1.0", [f"hostile = {hostile.__name__}"])
    monkeypatch.setenv("HOOKLINE_PLUGIN_SECONDS", "0.5")
    monkeypatch.setenv("HOOKLINE_DISPATCHER_RETRY_CAP_SECONDS", "0.2")
    return site


@pytest.fixture
async def suite(tmp_path: Path, installed: Path) -> AsyncIterator[Suite]:
    async with running(tmp_path) as suite:
        yield suite


async def known(suite: Suite, revision: int) -> None:
    suite.revision = max(suite.revision, revision)
    async with asyncio.timeout(BOUND):
        while suite.dispatcher.known_revision < suite.revision:
            await asyncio.sleep(0.01)


async def hook(suite: Suite, path: str, **fields: Any) -> webhook_pb2.Webhook:
    made = await suite.world.user.CreateWebhook(hooking(url=f"http://127.0.0.1:{suite.receiver.port}/{path}", **fields))
    await known(suite, made.config_revision)
    found: webhook_pb2.Webhook = made.webhook
    return found


async def trigger(suite: Suite, kind: str, **configuration: Any) -> trigger_pb2.Trigger:
    asked = trigger_pb2.Trigger(kind=kind, configuration=json.dumps(configuration).encode())
    made = await suite.world.user.CreateTrigger(trigger_pb2.CreateTriggerRequest(trigger=asked))
    await known(suite, made.config_revision)
    found: trigger_pb2.Trigger = made.trigger
    return found


def bodies(suite: Suite, path: str) -> list[bytes]:
    return [each.body for each in suite.receiver.received if each.path.startswith(f"/{path}")]


async def arrived(suite: Suite, path: str, number: int) -> list[bytes]:
    async with asyncio.timeout(BOUND):
        while len(bodies(suite, path)) < number:
            await asyncio.sleep(0.01)
    return bodies(suite, path)


async def test_bodies_of_example_encoders_are_read_by_the_formats_own_parsers(suite: Suite) -> None:
    await suite.subscribe(content_type="application/msgpack", url=f"http://127.0.0.1:{suite.receiver.port}/msgpack")
    table = await hook(suite, "csv", content_type="text/csv", data="email,price\r\n[Email],[SMS Number|none]\r\n")
    await known(suite, (await suite.world.user.CreateGlobalRule(ruling(table.id))).config_revision)
    data: dict[str, Any] = {"firstname": 'Zoë, "& Co"', "email": '=1+1,\r\n"a"@x.example', "sms_number": 19.90}
    assert (await suite.publish("e1", data=json.dumps(data).encode())).deliveries == 2
    (packed,) = await arrived(suite, "msgpack", 1)
    assert msgpack.unpackb(packed)["data"] == {"id": "8", **data}
    (written,) = await arrived(suite, "csv", 1)
    header, row = csv.reader(io.StringIO(written.decode(), newline=""))
    assert header == ["email", "price"]
    assert row[0].endswith(data["email"])
    assert row[1] == "19.9"


async def test_numbers_reach_a_template_as_they_were_written(suite: Suite) -> None:
    table = await hook(suite, "csv", content_type="text/csv", data="[SMS Number],[Email]")
    await known(suite, (await suite.world.user.CreateGlobalRule(ruling(table.id))).config_revision)
    await suite.publish("e1", data=b'{"sms_number": 19.90, "email": 123456789012345678901}')
    assert await arrived(suite, "csv", 1) == [b"19.90,123456789012345678901"]


async def scored(suite: Suite, **scores: float) -> None:
    """Events of one contact by their ids, committed together: the first step sees the newest data already."""
    events = [
        event(
            id_,
            data=json.dumps({"points": score}).encode(),
            changed_fields=["points"],
            **{"type": "object_create", "params": {}} if id_ == "created" else {},
        )
        for id_, score in scores.items()
    ]
    await suite.user.PublishBatch(
        event_service_pb2.PublishBatchRequest(events=events, min_config_revision=suite.revision)
    )


async def noted(suite: Suite, event_id: str, words: str) -> None:
    """Waits until the router has told an event."""
    asked = event_service_pb2.GetEventRequest(event_id=event_id)
    async with asyncio.timeout(BOUND):
        while not any(words in note for note in (await suite.user.GetEvent(asked)).event.notes):
            await asyncio.sleep(0.01)


async def test_a_score_fires_when_it_crosses_its_threshold_across_a_restart(suite: Suite, tmp_path: Path) -> None:
    contact = (await suite.world.user.GetObjectType(object_type_pb2.GetObjectTypeRequest(id=0))).object_type
    contact.fields.add(key="points", label="Points", kind=NUMBER)
    await suite.world.user.UpdateObjectType(
        object_type_pb2.UpdateObjectTypeRequest(object_type=contact, update_mask=FieldMask(paths=["fields"]))
    )
    made = await hook(suite, "score", data="score=[Points]")
    found = await trigger(suite, "score_crosses", field="points", threshold=50, webhook_id=made.id)
    await scored(suite, created=30)
    await noted(suite, "created", "below the threshold")
    await suite.dispatcher.drain()
    await suite.restart(tmp_path)
    suite.revision = 0
    await scored(suite, up=61)
    assert await arrived(suite, "score", 1) == [b"score=61"]
    delivery = await suite.until_delivery(lambda each: each.state == DELIVERED)
    assert delivery.fired_by == dpb.FiredBy(source="score_crosses", id=found.id)
    await scored(suite, higher=70, down=10, again=50)
    assert await arrived(suite, "score", 2) == [b"score=61", b"score=50"]


SOFT = {
    "raise": "hostile failed with RuntimeError",
    "exit": "hostile failed with SystemExit",
    "memory": "hostile failed with MemoryError",
    "huge": "hostile failed with OverflowError",
    "text": "hostile failed with TypeError",
}
HARD = {
    "hang": "hostile did not answer within 0.5 s",
    "hang hard": "hostile did not answer within 0.5 s",
    "end": "hostile ended by itself, with status 3",
    "crash": "hostile was ended by signal 11",
    "pipe": "hostile answered what cannot be read",
}


async def reasons(suite: Suite, number: int) -> set[str]:
    """Why so many deliveries died."""
    dead = delivery_service_pb2.ListDeliveriesRequest(states=[dpb.DELIVERY_STATE_DEAD])
    async with asyncio.timeout(BOUND):
        while len(found := (await suite.user.ListDeliveries(dead)).deliveries) < number:
            await asyncio.sleep(0.05)
    attempts = []
    for each in found:
        asked = delivery_service_pb2.ListAttemptsRequest(delivery_id=each.id)
        attempts += (await suite.user.ListAttempts(asked)).attempts
    assert {attempt.outcome for attempt in attempts} == {dpb.OUTCOME_NOT_RENDERED}
    return {attempt.reason for attempt in attempts}


@pytest.mark.parametrize("harm", [SOFT, *({each: words} for each, words in HARD.items())])
async def test_harm_in_an_encoder_costs_its_own_deliveries_only(suite: Suite, harm: dict[str, str]) -> None:
    url = f"http://127.0.0.1:{suite.receiver.port}"
    await suite.subscribe("sub_tag", content_type="text/hostile", url=f"{url}/hostile", max_retries=1)
    await suite.subscribe("sub_tag", content_type="application/json", url=f"{url}/json")
    await suite.subscribe("sub_tag", content_type="application/msgpack", url=f"{url}/msgpack")
    for each in harm:
        await suite.publish(object_id="1", data=json.dumps({"do": each}).encode())
    assert len(await arrived(suite, "json", len(harm))) == len(harm)
    assert len(await arrived(suite, "msgpack", len(harm))) == len(harm)
    assert set(harm.values()) <= await reasons(suite, len(harm))


async def test_an_attempt_that_met_a_plugin_on_its_way_back_is_tried_again(suite: Suite) -> None:
    url = f"http://127.0.0.1:{suite.receiver.port}/hostile"
    await suite.subscribe("sub_tag(5)", content_type="text/hostile", url=url, max_retries=0)
    await suite.subscribe("sub_tag(4)", content_type="text/hostile", url=url, max_retries=100)
    await suite.publish("bad", params={"tag_id": "5"}, data=b'{"do": "end"}')
    ids = [f"{number}" for number in range(10, 30)]
    for each in ids:
        await suite.publish(f"e{each}", object_id=each, data=b"{}")
    assert len(await arrived(suite, "hostile", len(ids))) == len(ids)


@pytest.mark.parametrize("kind, member", [("hostile", "decide"), ("remembering", "step")])
async def test_harm_in_a_trigger_costs_its_own_firings_only(suite: Suite, kind: str, member: str) -> None:
    made = [(await hook(suite, f"w{number}", data="id=[Contact ID]")).id for number in range(1, 8)]
    bad = [await trigger(suite, kind, fires=[made[0]], **{member: each}) for each in ("hang", "end", "number")]
    await known(suite, (await suite.world.user.CreateGlobalRule(ruling(made[1]))).config_revision)
    made_campaign = await suite.world.user.CreateCampaign(campaigning(made[2]))
    live = campaign_pb2.PublishCampaignRequest(id=made_campaign.campaign.id)
    await known(suite, (await suite.world.user.PublishCampaign(live)).config_revision)
    for number in range(5):
        assert (await suite.publish(object_id=f"{number}")).deliveries == 1
    assert len(await arrived(suite, "w2", 5)) == 5
    assert len(await arrived(suite, "w3", 5)) == 5, "a campaign is stepped by the same router"
    explained = await suite.user.Explain(event_service_pb2.ExplainRequest(event=event(object_id="77")))
    assert {each.fired_by.source for each in explained.fires} == {"global_rule", "campaign"}
    assert {each.trigger.source for each in explained.not_fired} == {kind}
    for each in bad:
        await suite.world.user.DeleteTrigger(trigger_pb2.DeleteTriggerRequest(id=each.id))
    await trigger(suite, kind, fires=[made[6]])
    await suite.publish("fine", object_id="99")
    assert await arrived(suite, "w7", 1) == [b"id=99"]
    explained = await suite.user.Explain(event_service_pb2.ExplainRequest(event=event(object_id="100")))
    assert kind in {each.fired_by.source for each in explained.fires}


@pytest.mark.parametrize("kind, member", [("hostile", "decide"), ("remembering", "step")])
async def test_a_plugin_that_is_slow_is_waited_for_by_its_own_only(suite: Suite, kind: str, member: str) -> None:
    made = [(await hook(suite, f"w{number}", data="id=[Contact ID]")).id for number in range(1, 8)]
    await trigger(suite, kind, fires=[made[6]], **{member: "dawdle"})
    live = await suite.world.user.CreateCampaign(campaigning(made[2]))
    await suite.world.user.PublishCampaign(campaign_pb2.PublishCampaignRequest(id=live.campaign.id))
    await known(suite, live.config_revision + 1)
    objects = [f"{number}" for number in range(1, 9)]
    for each in objects:
        await suite.publish(f"first-{each}", object_id=each)
        await suite.publish(f"second-{each}", object_id=each)
    assert len(await arrived(suite, "w3", 8)) >= 8
    fired = await arrived(suite, "w7", 16)
    assert sorted(fired) == sorted(f"id={each}".encode() for each in 2 * objects)


async def test_what_happens_while_a_plugin_cannot_compile_is_not_lost(suite: Suite, tmp_path: Path) -> None:
    webhooks = [(await hook(suite, f"w{number}", data="id=[Contact ID]")).id for number in range(7)]
    await trigger(suite, "hostile", fires=webhooks[-1:], compile=str(tmp_path / "hang"))
    await trigger(suite, "hostile", fires=webhooks[-1:])
    (tmp_path / "hang").write_text("")
    await suite.dispatcher.stop()
    await suite.restart(tmp_path)
    await suite.publish("e1", object_id="1")
    await suite.publish("other", type="unsub_tag", object_id="2")
    assert len(bodies(suite, "w6")) <= 1
    (tmp_path / "hang").unlink()
    assert sorted(await arrived(suite, "w6", 2)) == [b"id=1", b"id=1"]


async def test_an_import_that_hangs_keeps_nobody_from_serving(
    tmp_path: Path, installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOKLINE_PLUGIN_IMPORT_SECONDS", "4")
    lay_down(installed, "acme-sleepy", "1.0", ["sleepy = acme_sleepy"])
    (installed / "acme_sleepy.py").write_text("import time\ntime.sleep(600)\n")
    async with running(tmp_path) as suite:
        await suite.subscribe(content_type="application/msgpack", url=f"http://127.0.0.1:{suite.receiver.port}/msgpack")
        await suite.publish("e1")
        assert len(await arrived(suite, "msgpack", 1)) == 1
        assert [each.reason for each in suite.world.registry.host.problems if each.plugin == "sleepy"] == [
            "cannot be imported: it did not answer within 4 s"
        ]


async def test_a_killed_dispatcher_leaves_no_process_of_a_plugin_and_metrics_tell_of_harm(
    tmp_path: Path, installed: Path
) -> None:
    port = free_port()
    paths = os.pathsep.join([str(installed), str(Path.cwd())])
    async with apart(tmp_path, PYTHONPATH=paths, HOOKLINE_DISPATCHER_METRICS=f"127.0.0.1:{port}") as here:
        asked = subscribing(url=here.receiver.url, content_type="text/hostile", max_retries=1)
        revision = (await here.world.user.CreateSubscription(asked)).config_revision
        async with open_channel(here.dispatcher.address) as channel:
            bad = event("bad", data=b'{"do": "hang"}')
            await here.caller(channel).Publish(
                event_service_pb2.PublishRequest(event=bad, min_config_revision=revision)
            )
            async with asyncio.timeout(BOUND):
                while not {
                    'hookline_plugin_kills_total{plugin="hostile"}',
                    'hookline_plugin_restarts_total{plugin="hostile"}',
                } <= {name for name, value in (await scraped(port)).items() if value >= 1}:
                    await asyncio.sleep(0.05)
        assert here.dispatcher.process is not None
        children = list(children_of(here.dispatcher.process.pid))
        assert len(children) == 4
        await here.dispatcher.end(signal.SIGKILL)
        await until(lambda: not any(Path(f"/proc/{child}/cmdline").exists() and running_(child) for child in children))


def running_(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def children_of(process: int) -> list[int]:
    found = []
    for each in Path(f"/proc/{process}/task").iterdir():
        found += [int(word) for word in (each / "children").read_text().split()]
    return found


async def scraped(port: int) -> dict[str, float]:
    def read() -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
            return str(answer.read().decode())

    lines = [line.rpartition(" ") for line in (await asyncio.to_thread(read)).splitlines() if line[:1] != "#"]
    return {name: float(value) for name, _, value in lines}


async def test_triggers_from_the_command_line(suite: Suite, tmp_path: Path) -> None:
    webhook = (await hook(suite, "w")).id
    first = suite.world.first
    flags = ["--registry", f"127.0.0.1:{suite.world.registry.port}", "--api-appid", first.api_appid]

    async def hookline(*words: str) -> tuple[int, str, str]:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "hookline_cli", "triggers", *words, *flags, "--api-key", first.api_key),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await asyncio.wait_for(process.communicate(), BOUND)
        return process.returncode or 0, out.decode(), err.decode()

    async def done(*words: str) -> Any:
        status, out, err = await hookline(*words, "--json")
        assert status == 0, err
        return json.loads(out)

    made = (await done("create", "hostile", "--name", "n", "--configuration", f'{{"fires": [{webhook}]}}'))["trigger"]
    assert (made["kind"], made["name"], made["configuration"]) == ("hostile", "n", {"fires": [webhook]})
    (tmp_path / "new.json").write_text(f'{{"fires": [{webhook}], "a": 1}}')
    changed = (await done("update", made["id"], "--file", str(tmp_path / "new.json")))["trigger"]
    assert (changed["name"], changed["configuration"]) == ("n", {"fires": [webhook], "a": 1})
    assert (await done("pause", made["id"]))["trigger"]["paused"]
    assert not (await done("resume", made["id"]))["trigger"]["paused"]
    assert (await done("show", made["id"]))["trigger"]["id"] == made["id"]
    status, out, _ = await hookline("list")
    assert status == 0
    assert '{"fires": [1], "a": 1}' in out
    refused = await hookline("update", made["id"], "--configuration", '{"do": "refuse"}')
    assert refused[0] == 1
    assert "trigger.configuration.do: is refused" in refused[2]
    assert (await hookline("update", made["id"], "--configuration", "[]"))[0] == 2
    await done("delete", made["id"])
    assert (await done("list"))["triggers"] == []
