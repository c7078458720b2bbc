"""The command line against real services, as a person would use it: processes, sockets, files."""

import asyncio
import contextlib
import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from hookline_cli.sink.bin import Received, Sink

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "examples" / "events.jsonl"
FREE_PORTS = [f"--{name}=127.0.0.1:0" for name in ("http", "registry", "dispatcher", "metrics")]
HOOKLINE = (sys.executable, "-m", "hookline_cli")
PATIENCE = 90.0


@dataclass
class Done:
    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Up:
    process: subprocess.Popen[bytes]
    data: Path

    @property
    def credentials(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads((self.data / "credentials.json").read_text())
        return document

    def children(self) -> dict[str, int]:
        """The services' processes by name."""
        found = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        commands = {pid: Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0") for pid in found}
        return {words[2].decode().removeprefix("hookline_"): int(pid) for pid, words in commands.items()}

    async def run(self, *words: str, stdin: bytes = b"", **environment: str) -> Done:
        async with self.start(*words, **environment) as process:
            out, err = await asyncio.wait_for(process.communicate(stdin), PATIENCE)
        assert process.returncode is not None
        assert "Traceback" not in err.decode()
        return Done(process.returncode, out.decode(), err.decode())

    @contextlib.asynccontextmanager
    async def start(self, *words: str, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
        environment = {**clean_environment(), "HOOKLINE_DATA": str(self.data), **environment}
        async with command(*words, environment=environment) as process:
            yield process

    async def ok(self, *words: str, stdin: bytes = b"", **environment: str) -> Any:
        done = await self.run(*words, "--json", stdin=stdin, **environment)
        assert done.status == 0, done.err
        return done.json


@contextlib.asynccontextmanager
async def command(*words: str, environment: dict[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    """A command that is killed if it still runs in the end."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *HOOKLINE, *words, stdin=pipe, stdout=pipe, stderr=pipe, cwd=ROOT, env=environment
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


def clean_environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HOOKLINE_")}
    return {**kept, "HOOKLINE_EGRESS_ALLOW": "127.0.0.1/32"}


@contextlib.contextmanager
def started(data: Path) -> Iterator[Up]:
    ready = data / "ready.json"
    log = data.parent / f"{data.name}.out"
    with log.open("ab") as out:
        command = [*HOOKLINE, "up", "--data", str(data), "--ready-file", str(ready), "--json", *FREE_PORTS]
        process = subprocess.Popen(command, stdout=out, stderr=out, env=clean_environment())
    try:
        deadline = time.monotonic() + PATIENCE
        while not ready.exists():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.02)
        yield Up(process, data)
    finally:
        process.terminate()
        process.wait(PATIENCE)


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    data = tmp_path_factory.mktemp("up")
    with started(data) as running:
        yield running


@contextlib.asynccontextmanager
async def subscribed(up: Up, event: str, *flags: str) -> AsyncIterator[tuple[str, Sink, list[Received]]]:
    """A sink, and a subscription to an event that sends there; its id."""
    received: list[Received] = []
    async with Sink(on_request=received.append) as sink:
        made = await up.ok("subscriptions", "create", event, sink.url("/in"), *flags)
        sink.expect("/in", made["signing_secret"])
        yield made["subscription"]["id"], sink, received
        await up.ok("subscriptions", "delete", made["subscription"]["id"])


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.02)


async def test_a_file_is_published_delivered_and_verified(up: Up) -> None:
    async with subscribed(up, "sub_tag", "--content-type", "json") as (target, sink, _):
        await up.ok("targets", "pause", target, "--reason", "lunch")
        tags = b"".join(line for line in SAMPLE.read_bytes().splitlines(True)[:60] if b'"sub_tag"' in line)
        wanted = tags.count(b"\n")
        summary = await up.ok("publish", "-", stdin=tags)
        assert (summary["published"], summary["deliveries"], summary["failed"]) == (wanted, wanted, 0)
        again = await up.ok("publish", "-", stdin=tags)
        assert again["duplicates"] == wanted

        (paused,) = (await up.ok("targets", "list"))["targets"]
        assert (paused["state"], paused["reason"]) == ("TARGET_STATE_PAUSED", "lunch")
        assert paused["waiting"] == str(wanted)
        assert sink.counts.received == 0

        await up.ok("targets", "resume", target)
        await until(lambda: sink.counts.verified >= wanted)
        assert sink.counts.received == sink.counts.verified == wanted
        listed = await up.ok("deliveries", "list", "--target", target, "--state", "delivered", "--limit", "0")
        assert len(listed["deliveries"]) == wanted
        shown = await up.ok("deliveries", "show", listed["deliveries"][0]["id"])
        assert shown["attempts"][0]["response"]["status_code"] == 200
        for_a_person = await up.run("deliveries", "show", listed["deliveries"][0]["id"])
        assert "webhook-signature" in for_a_person.out
        tested = await up.ok("targets", "test", target)
        assert tested["attempt"]["outcome"] == "OUTCOME_DELIVERED"


async def test_what_requests_show_comes_from_files_and_variables(up: Up, tmp_path: Path) -> None:
    method = tmp_path / "bearer.json"
    method.write_text('{"bearer": {"token": "a-token-for-tests"}}')
    flags = ("--secret-header", "X-Key=env:MINE", "--authentication")
    received: list[Received] = []
    async with Sink(on_request=received.append) as sink:
        words = ("subscriptions", "create", "sub_tag(77)", sink.url("/in"), *flags)
        made = (await up.ok(*words, str(method), MINE="a-value-for-tests"))["subscription"]
        assert made["authentication"] == {"bearer": {"token": ""}}
        assert made["secret_headers"] == [{"name": "X-Key", "value": ""}]
        tested = await up.ok("targets", "test", made["id"])
        assert tested["attempt"]["response"]["status_code"] == 200
        basic = b'{"basic": {"username": "mary", "password": "pw"}}'
        await up.ok("subscriptions", "credentials", made["id"], "--authentication", "-", stdin=basic)
        changed = await up.ok("subscriptions", "credentials", made["id"], "--remove", "secret_headers")
        assert changed["subscription"]["secret_headers"] == []
        await up.ok("targets", "test", made["id"])
        for_a_person = await up.run("subscriptions", "show", made["id"])
        assert "basic" in for_a_person.out
        await up.ok("subscriptions", "delete", made["id"])
    first, second = (each.request.headers for each in received)
    assert (first["authorization"], first["x-key"]) == ("Bearer a-token-for-tests", "a-value-for-tests")
    assert (second["authorization"], second.get("x-key")) == ("Basic bWFyeTpwdw==", None)


async def test_one_event_by_flags_and_what_it_fired(up: Up) -> None:
    async with subscribed(up, "unsub_tag(7)") as (target, sink, received):
        published = await up.ok(
            *("publish", "--id", "one", "--type", "unsub_tag", "--param", "tag_id=7", "--object-id", "8"),
            *("--data", '{"firstname": "Zoë & co"}'),
        )
        assert published["ack"]["deliveries"] == 1
        await until(lambda: sink.counts.received == 1)
        assert b"data%5Bfirstname%5D=Zo%C3%AB+%26+co" in received[0].request.body.replace(b"%20", b"+")
        event = await up.ok("events", "show", "one")
        assert event["event"]["event"]["data"] == {"firstname": "Zoë & co"}
        assert event["event"]["fired"][0]["target"]["id"] == target
        (delivery,) = (await up.ok("deliveries", "list", "--event", "one"))["deliveries"]
        repeated = await up.ok("deliveries", "redeliver", delivery["id"])
        assert repeated["delivery"]["webhook_id"] == delivery["webhook_id"]
        await until(lambda: sink.counts.verified == 2)

        async with up.start("deliveries", "tail", "--target", target, "--count", "2", "--json") as tail:
            watching = asyncio.create_task(tail.communicate())
            async with asyncio.timeout(PATIENCE):
                while not watching.done():  # it tells what comes after it has begun, and nobody says when that is
                    await up.ok("deliveries", "redeliver", delivery["id"])
            out, err = await watching
        lines = [json.loads(line) for line in out.splitlines()]
        assert (tail.returncode, len(lines)) == (0, 2), err
        assert {each["delivery"]["state"] for each in lines} == {"DELIVERY_STATE_DELIVERED"}


async def test_what_rules_forms_and_campaigns_fire(up: Up, tmp_path: Path) -> None:
    received: list[Received] = []
    async with Sink(on_request=received.append) as sink:
        made = await up.ok(
            *("webhooks", "create", sink.url("/hook"), "--header", "X-Who: [Last Name]"),
            *("--data", '{"name": "[First Name]", "score": [Spent|0]}'),
        )
        sink.expect("/hook", made["signing_secret"])
        webhook = made["webhook"]["id"]
        assert made["webhook"]["detected_content_type"] == "application/json"
        rule = await up.ok("rules", "create", "VIP", "--events", "Contact_added_to_category(31)", "--webhook", webhook)
        form = await up.ok("forms", "create", "32", "--order", "--failed", webhook)
        for noun, made in (("rules", rule["rule"]), ("forms", form["form"])):
            changed = await up.ok(noun, "update", made["id"], "--settle", "2.5", "--settle-longest", "9")
            assert next(iter(changed.values()))["settle"] == {"quiet": "2.500s", "longest": "9s"}
            assert (await up.run(noun, "update", made["id"])).status == 2
            assert (await up.run(noun, "update", made["id"], "--settle", "3601")).status == 1
            changed = await up.ok(noun, "update", made["id"], "--settle", "0")
            assert not next(iter(changed.values())).get("settle")
        elements = [
            {"id": "in", "entry": {"triggers": [{"event": "call_is_logged"}]}, "next": "send"},
            {"id": "send", "webhook": {"webhook_id": webhook}, "next": "end"},
            {"id": "end", "end": {}},
        ]
        (tmp_path / "map.json").write_text(json.dumps({"name": "Map", "elements": [*elements, {"id": "x", "end": {}}]}))
        refused = await up.run("campaigns", "create", str(tmp_path / "map.json"), "--publish")
        assert (refused.status, refused.err.splitlines()[1:]) == (1, ["  campaign.elements[3]: no way leads to 'x'"])
        (tmp_path / "map.json").write_text(json.dumps({"name": "Map", "elements": elements}))
        campaign = await up.ok("campaigns", "create", str(tmp_path / "map.json"), "--publish")
        assert len((await up.ok("campaigns", "list"))["campaigns"]) == 1, "what cannot be published was not made"
        assert campaign["state"] == "CAMPAIGN_STATE_LIVE"
        (tmp_path / "event.json").write_text('{"type": "sub_tag", "object_id": "8", "params": {"tag_id": "31"}}')
        explained = await up.ok("explain", str(tmp_path / "event.json"))
        assert explained["fires"][0]["fired_by"] == {"source": "global_rule", "id": rule["rule"]["id"], "element": ""}
        assert not received

        person = ("--data", '{"firstname": "Zo\\u00eb", "lastname": "B", "spent": 19.90}')
        for number, words in enumerate(
            (
                ("sub_tag", "--param", "tag_id=31"),
                ("object_submits_form", "--param", "form_id=32", "--param", "outcome=1"),
                ("call_is_logged",),
            )
        ):
            await up.ok("publish", "--type", *words, "--object-id", f"p{number}", *person)
        await until(lambda: sink.counts.verified >= 3)
        assert {(each.request.body, each.request.headers["x-who"]) for each in received} == {
            ('{"name": "Zoë", "score": 19.9}'.encode(), "B")
        }
        listed = (await up.ok("deliveries", "list", "--limit", "3"))["deliveries"]
        assert {(each["fired_by"]["source"], each["fired_by"]["element"]) for each in listed} == {
            ("global_rule", ""),
            ("form_rule", "payment_failed"),
            ("campaign", "send"),
        }
        stats = await up.ok("campaigns", "stats", campaign["id"])
        counts = {each["element_id"]: (each["reached"], each["left"], each["sent"]) for each in stats["elements"]}
        assert counts == {"in": ("1", "1", "0"), "send": ("1", "1", "1"), "end": ("1", "1", "0")}
        assert (stats["total"]["sent"], stats["total"]["waiting"]) == ("1", "0")
        contact = (await up.ok("objects", "show", "p2"))["object"]
        assert (contact["data"]["spent"], contact["places"][0]["trigger"]["id"]) == (19.9, campaign["id"])
        assert (await up.run("objects", "erase", "p2")).status == 1
        assert (await up.ok("objects", "erase", "p2", "--yes"))["memories"] == "1"
        assert "NOT_FOUND" in (await up.run("objects", "show", "p2")).err
        assert (await up.ok("routes", "list", "--of", f"campaign/{campaign['id']}"))["routes"] == []
        refused = await up.run("webhooks", "delete", webhook)
        assert refused.status == 1
        assert "FAILED_PRECONDITION" in refused.err
        await up.ok("rules", "delete", rule["rule"]["id"])
        await up.ok("forms", "delete", form["form"]["id"])
        await up.ok("campaigns", "delete", campaign["id"])
        await up.ok("webhooks", "delete", webhook)


async def test_bad_lines_are_told_by_number_while_the_others_go_through(up: Up) -> None:
    good = b'{"type":"sub_tag","object_id":"8","params":{"tag_id":"4"}}\n'
    done = await up.run(
        "publish", "-", "--json", stdin=good + b'{"tpye":"x"}\nnonsense\n' + good.replace(b"sub_", b"no_")
    )
    assert done.status == 1
    assert (done.json["published"], done.json["failed"]) == (1, 3)
    said = done.err.splitlines()
    assert said[0].startswith("line 2: tpye: is not a field of an event")
    assert said[1].startswith("line 3: line: is not JSON")
    assert said[2].startswith("line 4: ")
    assert "type" in said[2]
    assert said[-1] == "hookline: 3 of 4 events were not published"


async def test_what_goes_wrong_is_said_in_a_line(up: Up) -> None:
    async def said(status: int, *words: str, **environment: str) -> str:
        done = await up.run(*words, stdin=b"", **environment)
        assert (done.status, done.out) == (status, ""), done
        return done.err

    url = await said(1, "subscriptions", "create", "sub_tag", "ftp://example.com/")
    assert "INVALID_ARGUMENT" in url
    assert any(line.strip().startswith("subscription.url: ") for line in url.splitlines()[1:])
    assert "NOT_FOUND" in await said(1, "subscriptions", "show", "999")
    key = {"HOOKLINE_API_KEY": "wrong", "HOOKLINE_API_APPID": "wrong"}
    assert "UNAUTHENTICATED" in await said(1, "targets", "list", **key)
    gone = await said(1, "events", "list", "--dispatcher", "127.0.0.1:1")
    assert gone == "hookline: no dispatcher answers at 127.0.0.1:1: start it with `hookline up`\n"
    assert "is not a target" in await said(2, "targets", "show", "moon/1")
    assert "give a file" in await said(2, "publish")


async def test_a_killed_dispatcher_starts_again_and_everything_is_delivered(up: Up, tmp_path: Path) -> None:
    count = 3000
    line = '{"id":"k-%d","type":"sub_tag","params":{"tag_id":"5"},"object_id":"%d"}\n'
    file = tmp_path / "many.jsonl"
    file.write_text("".join(line % (number, number % 50) for number in range(count)))
    async with subscribed(up, "sub_tag(5)", "--format", "notify") as (_, sink, received):
        async with up.start("publish", str(file), "--json", "--batch", "50") as publish:
            await until(lambda: sink.counts.received > 100)
            killed = up.children()["dispatcher"]
            os.kill(killed, signal.SIGKILL)
            out, err = await asyncio.wait_for(publish.communicate(), PATIENCE)
        assert publish.returncode == 0, err
        assert json.loads(out)["published"] == count

        def arrived() -> int:
            return len({each.request.headers["webhook-id"] for each in received})

        await until(lambda: arrived() >= count)
        assert arrived() == count
        assert sink.counts.not_verified == 0
        assert up.children()["dispatcher"] != killed
        async with httpx.AsyncClient(trust_env=False) as client:
            base = f"http://{up.credentials['metrics']}"
            page = (await client.get(f"{base}/metrics")).text
            health = await client.get(f"{base}/healthz")
    assert 'hookline_service_restarts_total{service="dispatcher"} 1.0' in page
    assert 'hookline_service_up{service="registry"} 1.0' in page
    assert health.json() == {"registry": "SERVING", "dispatcher": "SERVING", "gateway": "SERVING"}


async def test_a_second_up_on_the_same_folder_is_refused(up: Up) -> None:
    done = await up.run("up", *FREE_PORTS)
    assert done.status == 1
    assert f"runs on {up.data} already (process {up.process.pid})" in done.err
    taken = await up.run("up", "--data", str(up.data / "other"), *FREE_PORTS, f"--metrics={up.credentials['metrics']}")
    assert taken.status == 1
    assert "for --metrics: address already in use" in taken.err


async def test_sigterm_ends_all_and_a_later_start_finds_everything(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    with started(data) as first:
        credentials, children = first.credentials, first.children()
        assert stat.S_IMODE((data / "credentials.json").stat().st_mode) == 0o600
        first.process.send_signal(signal.SIGTERM)
        assert first.process.wait(PATIENCE) == 0
        assert set(children) == {"registry", "dispatcher", "gateway"}
        assert not [pid for pid in children.values() if Path(f"/proc/{pid}").exists()]
        assert not (data / "ready.json").exists()
    with started(data) as second:
        kept = {name: value for name, value in second.credentials.items() if "key" in name or "app" in name}
        assert kept == {name: credentials[name] for name in kept}
        assert second.credentials["registry"] != credentials["registry"]
        assert (await second.ok("accounts", "show"))["account"]["plan"] == "PLAN_PRO"
    lines = [json.loads(line) for line in (tmp_path / "data.out").read_text().splitlines() if line.startswith("{")]
    assert [each["made_keys"] for each in lines] == [True, False]
    assert lines[0]["api_key"] == credentials["api_key"]
    assert "api_key" not in lines[1]
