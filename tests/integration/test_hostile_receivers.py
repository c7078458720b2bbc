"""A hundred receivers or token servers that misbehave, each in another way, beside a hundred that do not."""

from __future__ import annotations

import asyncio
import re
from itertools import cycle
from pathlib import Path

import pytest
from hookline.dispatcher.v1 import delivery_pb2 as dpb
from hookline.dispatcher.v1 import delivery_service_pb2 as pb
from hookline.dispatcher.v1 import event_service_pb2
from hookline.registry.v1 import authentication_pb2, subscription_pb2, tls_pb2

from hookline_runtime.channels import open_channel
from tests.contract.dispatcher.suite import Caller, event
from tests.contract.registry.world import subscribing
from tests.integration.process import Apart, apart
from tests.integration.zoo import NAMES, UNTRUSTED, Zoo, zoo

BEASTS, TAME, EVENTS = 100, 100, 3
TIMEOUT, MORE = 1.0, 1.0
"""Seconds of an attempt, and after them until its slot is free at the latest."""
MOST_GROWTH = 64 * 1024 * 1024
ENDED = (dpb.DELIVERY_STATE_DELIVERED, dpb.DELIVERY_STATE_DEAD)
MOST_STORED = 16 * 1024


def resident(run: Apart, field: str) -> int:
    """Bytes that are resident now (VmRSS), or were at most (VmHWM)."""
    assert run.dispatcher.process is not None
    status = Path(f"/proc/{run.dispatcher.process.pid}/status").read_text()
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith(field))


def to_beast(tag: int, url: str, authority: str) -> subscription_pb2.CreateSubscriptionRequest:
    """A subscription to a receiver of the zoo."""
    own = {"tls": tls_pb2.TlsSettings(ca_certificates=authority)} if authority else {}
    return subscribing(f"sub_tag({tag})", url, max_retries=0, **own)


def by_token(run: Apart, tag: int, url: str, authority: str) -> subscription_pb2.CreateSubscriptionRequest:
    """A subscription to the receiver that gets its tokens somewhere."""
    client = authentication_pb2.OAuth2ClientCredentials(
        token_url=url, client_id=str(tag), client_secret="hunter2", ca_certificates=authority
    )
    method = authentication_pb2.Authentication(oauth2_client_credentials=client)
    return subscribing(
        f"sub_tag({tag})", f"http://127.0.0.1:{run.receiver.port}/{tag}", max_retries=0, authentication=method
    )


async def subscribe(run: Apart, beasts: Zoo, *, tokens: bool) -> int:
    """Tags 1 to BEASTS lead to the zoo, or get their tokens there, those behind them to the receiver; the revision."""
    wanted = []
    for tag, name in zip(range(1, BEASTS + 1), cycle(NAMES), strict=False):
        url = f"{beasts.origins[name]}/{name.replace(' ', '-')}"
        authority = beasts.authority if name in UNTRUSTED else ""
        wanted.append(by_token(run, tag, url, authority) if tokens else to_beast(tag, url, authority))
        wanted[-1].subscription.timeout.FromMilliseconds(int(TIMEOUT * 1000))
    for tag in range(BEASTS + 1, BEASTS + TAME + 1):
        wanted.append(subscribing(f"sub_tag({tag})", f"http://127.0.0.1:{run.receiver.port}/{tag}", max_retries=0))
    made = await asyncio.gather(*map(run.world.user.CreateSubscription, wanted))
    latest: int = max(each.config_revision for each in made)
    return latest


async def publish(caller: Caller, tags: range, named: str, revision: int) -> None:
    events = [event(f"{named}-{tag}", params={"tag_id": str(tag)}) for tag in tags]
    answer = await caller.PublishBatch(
        event_service_pb2.PublishBatchRequest(events=events, min_config_revision=revision)
    )
    assert all(result.ack.deliveries == 1 for result in answer.results)


async def ended(caller: Caller, count: int) -> list[dpb.Delivery]:
    """All deliveries, once so many have ended."""
    async with asyncio.timeout(60):
        while True:
            found: list[dpb.Delivery] = []
            token = ""
            while True:
                page = await caller.ListDeliveries(pb.ListDeliveriesRequest(page_size=500, page_token=token))
                found += page.deliveries
                token = page.next_page_token
                if not token:
                    break
            if sum(each.state in ENDED for each in found) == count:
                return found
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("tokens", [False, True], ids=["receivers", "token servers"])
async def test_they_cost_their_own_lanes_only(tmp_path: Path, tokens: bool) -> None:
    async with zoo() as beasts, apart(tmp_path) as run, open_channel(run.dispatcher.address) as channel:
        caller = run.caller(channel)
        revision = await subscribe(run, beasts, tokens=tokens)
        tame = range(BEASTS + 1, BEASTS + TAME + 1)
        await publish(caller, tame, "first", revision)
        await run.receiver.until(TAME)
        before = resident(run, "VmRSS")
        await publish(caller, range(1, BEASTS + 1), "beast", revision)
        for number in range(EVENTS):
            await publish(caller, tame, f"tame{number}", revision)
        deliveries = await ended(caller, BEASTS + TAME * (EVENTS + 1))
        assert resident(run, "VmHWM") - before < MOST_GROWTH
        for each in deliveries:
            kind, _, tag = each.event_id.partition("-")
            if kind != "beast":
                assert each.state == dpb.DELIVERY_STATE_DELIVERED
                continue
            attempts = (await caller.ListAttempts(pb.ListAttemptsRequest(delivery_id=each.id))).attempts
            name = NAMES[(int(tag) - 1) % len(NAMES)]
            assert len(attempts) == 1, name
            assert not tokens or attempts[0].outcome == dpb.OUTCOME_NOT_AUTHORIZED, name
            assert attempts[0].latency.ToMicroseconds() <= (TIMEOUT + MORE) * 1_000_000, name
            assert len(attempts[0].response.body) <= MOST_STORED, name
            assert re.search(UNTRUSTED.get(name, ""), attempts[0].reason), name
