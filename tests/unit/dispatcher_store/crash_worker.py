"""Ingests, claims and settles until it is killed; says on its output what was acked."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from hookline_dispatcher.core.lane import LanePolicy
from hookline_dispatcher.core.retry import Dead, Decision, Delivered, Outcome, RetryAt
from hookline_dispatcher.store.model import AttemptRecord, Caps, Claim, Settlement
from hookline_dispatcher.store.sqlite.store import Options, SqliteStore
from tests.unit.dispatcher_store.rig import ORDERED, event, intake

POLICIES = [LanePolicy(), LanePolicy(), ORDERED]


def tell(what: str, values: list[str]) -> None:
    sys.stdout.write("".join(f"{what} {value}\n" for value in values))
    sys.stdout.flush()


async def settle(store: SqliteStore, claims: list[Claim]) -> None:
    ends: list[Decision | None] = [Delivered(), Delivered(), RetryAt(0, "no luck"), Dead("used up"), None]
    record = AttemptRecord(Outcome.REJECTED, 1)
    for start in range(0, len(claims), 7):
        chosen = claims[start : start + 7]
        decisions = [ends[claim.delivery_id % 5] for claim in chosen]
        await store.settle(
            [
                Settlement(claim, decision, record if decision else None, counts=False)
                for claim, decision in zip(chosen, decisions, strict=True)
            ]
        )
        settled = [
            str(claim.delivery_id)
            for claim, decision in zip(chosen, decisions, strict=True)
            if isinstance(decision, Delivered | Dead)
        ]
        tell("settled", settled)


async def main(path: Path, name: str) -> None:
    store = await SqliteStore.open(path, Options(Caps(total=60)))
    for number in range(100_000):
        batch = [
            intake(event(f"{name}.{number}.{each}", str(each % 3)), target, policy=POLICIES[target % 3])
            for each in range(8)
            for target in [(number + each) % 12 + 1]
        ]
        results = await store.ingest(batch)
        tell("acked", [each.event.id for each in batch])
        claims = [claim for result in results for claim in result.claims]
        claims += (await store.claim(20)).claims
        await settle(store, claims[: len(claims) - number % 4])


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
