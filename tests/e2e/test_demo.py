"""The demo's scene on a real registry: what its definitions send, what it counts, and what a later demo takes away."""

import asyncio
import json
import xml.etree.ElementTree as ElementTree
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from hookline_cli.connection import Connection
from hookline_cli.demo.counting import Counting
from hookline_cli.demo.firing import FORM_NUMBER
from hookline_cli.demo.map_table import campaign_document, campaign_line
from hookline_cli.demo.onboarding import entrants
from hookline_cli.demo.preparing import set_scene
from hookline_cli.demo.publishing import Published, publish_sample, read_sample
from hookline_cli.failure import CliError
from hookline_cli.sink.bin import Received, Sink
from tests.e2e.test_cli import PATIENCE, SAMPLE, Up, started, until


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    with started(tmp_path_factory.mktemp("demo")) as running:
        yield running


@pytest.fixture
async def registry(up: Up) -> AsyncIterator[Connection]:
    known = up.credentials
    async with Connection("registry", known["registry"], known["api_key"], known["api_appid"]) as connection:
        yield connection


def some_lines() -> list[tuple[int, bytes]]:
    """Of the sample: VIPs, the first few orders."""
    lines = read_sample(SAMPLE)
    vips = [line for line in lines if b'"params":{"tag_id":"6"}' in line[1] and b'"sub_tag"' in line[1]]
    orders = [line for line in lines if b'"form_id":"%d"' % FORM_NUMBER in line[1]]
    return [*vips, *orders[:3]]


async def test_what_the_rule_and_the_form_send(up: Up, registry: Connection) -> None:
    received: list[Received] = []
    known = up.credentials
    async with (
        Sink(on_request=received.append) as sink,
        Connection("dispatcher", known["dispatcher"], known["api_key"], known["api_appid"]) as dispatcher,
    ):
        scene = await set_scene(registry, sink)
        published = Published()
        await publish_sample(dispatcher, some_lines(), "run", scene.config_revision, published)
        await until(lambda: sink.counts.received >= published.deliveries)
    assert sink.counts.verified == sink.counts.received == published.deliveries
    requests = [each.request for each in received]
    welcomed = {each.path: json.loads(each.body) for each in requests if each.path.startswith("/welcome/")}
    spent = {path.removeprefix("/welcome/"): document["spent"] for path, document in welcomed.items()}
    assert spent == {"8": 390.0, "12": 439.0, "13": 439.0, "16": 390.0, "21": 390.0}
    assert welcomed["/welcome/8"] == {"to": "Mary Smith <mary@example.com>", "spent": 390.0, "city": "London"}
    assert {each.headers["x-owner"] for each in requests if each.path == "/welcome/8"} == {"renee@seller.example"}
    orders = [parse_qs(each.body.decode()) for each in requests if each.path == "/order-received"]
    assert sorted(each["contact"] for each in orders) == [["8"], ["9"], ["9"]]
    thanks = [ElementTree.fromstring(each.body) for each in requests if each.path == "/payment-thanks"]
    assert sorted((each.attrib["to"], each.findtext("paid")) for each in thanks) == [
        ("jose.nunez@example.es", "390.00"),
        ("mary@example.com", "12.50"),
    ]
    (dunning,) = (each for each in requests if each.path == "/payment-dunning")
    assert dunning.body.decode().startswith("Dear José, your payment did not go through")


async def test_the_campaign_comes_to_rest_and_everybody_is_counted(up: Up, registry: Connection) -> None:
    lines = [each for each in read_sample(SAMPLE) if entrants([each])][:5]
    assert len(lines) == 5
    known = up.credentials
    async with (
        Sink() as sink,
        Connection("dispatcher", known["dispatcher"], known["api_key"], known["api_appid"]) as dispatcher,
    ):
        scene = await set_scene(registry, sink)
        published = Published()
        counting = Counting(dispatcher, scene.campaign, entrants(lines), published)
        await publish_sample(dispatcher, lines, "rest", scene.config_revision, published)
        async with asyncio.timeout(PATIENCE):
            while not counting.at_rest:
                await counting.look()
                await asyncio.sleep(0.05)
        await until(lambda: sink.counts.received >= published.deliveries + counting.fired)
        assert sink.counts.verified == sink.counts.received == published.deliveries + counting.fired
    counts = campaign_document(counting)
    reached = {name: each["reached"] for name, each in counts["elements"].items()}
    assert {reached[name] for name in ("created", "hello", "pause", "bought", "later", "vip", "end")} == {5}
    assert reached["offer"] <= reached["halves"] <= 5
    assert all((each["waiting"], each["left"]) == (0, each["reached"]) for each in counts["elements"].values())
    assert counts["elements"]["hello"]["sent"] == counts["total"]["sent"] == counts["total"]["left"] == 5
    assert campaign_line(counting) == "Onboarding: 5 came in, 0 wait, 5 left; sent 5, on its way 0, failed 0"


async def counted(up: Up) -> dict[str, int]:
    """How much of each kind is defined."""
    kinds = ("subscriptions", "webhooks", "rules", "forms", "campaigns")
    return {kind: len((await up.ok(kind, "list", "--limit", "0"))[kind]) for kind in kinds}


def own_map(folder: Path, webhook: str) -> Path:
    """The file of a campaign that nobody but its author may take away."""
    elements = [
        {"id": "in", "entry": {"triggers": [{"event": "sub_tag", "params": {"tag_id": "4"}}]}, "next": "send"},
        {"id": "send", "webhook": {"webhook_id": webhook}, "next": "end"},
        {"id": "end", "end": {}},
    ]
    file = folder / "own.json"
    file.write_text(json.dumps({"name": "own", "elements": elements}))
    return file


async def test_a_later_demo_takes_away_what_is_the_demos_and_nothing_else(up: Up, registry: Connection) -> None:
    async with Sink() as sink:
        await set_scene(registry, sink)
        own = (await up.ok("webhooks", "create", sink.url("/own")))["webhook"]["id"]
        await up.ok("rules", "create", "own", "--events", "Contact_added_to_my_database", "--webhook", own)
        await up.ok("forms", "create", "7", "--always", own)
        await up.ok("subscriptions", "create", "sub_tag", sink.url("/own"))
        await up.ok("campaigns", "create", str(own_map(up.data, own)))
        before = await counted(up)
        await set_scene(registry, sink)
        assert (
            await counted(up)
            == before
            == {
                "subscriptions": 9,
                "webhooks": 7,
                "rules": 2,
                "forms": 2,
                "campaigns": 2,
            }
        )

        demos = [each["id"] for each in (await up.ok("webhooks", "list"))["webhooks"] if each["id"] != own]
        both = ("--webhook", demos[0], "--webhook", own)
        mixed = (await up.ok("rules", "create", "mixed", "--events", "Contact_added_to_my_database", *both))["rule"][
            "id"
        ]
        with pytest.raises(CliError, match=f"(?s).*{mixed}"):
            await set_scene(registry, sink)
        assert (await up.ok("rules", "show", mixed))["rule"]["name"] == "mixed"
