"""Schemathesis calls every operation of the served document, of both APIs, over real services.

It looks for a 5xx and for an answer that the document does not tell: its status, its type, its headers, its body; for
methods that a path does not have, and for operations that work without a key.

Left out are two of its checks. ``negative_data_rejection`` takes an unknown parameter, or a second body, for an error
where Ontraport's clients send both; ``positive_data_acceptance`` takes every value that fits a schema for a good one,
and no schema can say that a URL is public, that an id exists or that a field is the server's own.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from tests.contract.gateway.rig import Door, door

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "allow_header_conformance",
    "missing_required_header",
    "ignored_auth",
)
LEFT_OUT = {
    "DeliveryService_Watch": "its answer has no end",
    "StatsService_WatchOverview": "its answer has no end",
    "AccountService_RevokeKey": "it would take away the key that the others show",
    "AccountService_DeleteAccount": "it would take away the account",
}
SAID_BY_OTHERS = (
    "CampaignService_ValidateCampaign",
    "CampaignService_UpdateCampaign",
    "FormService_UpdateForm",
    "GlobalRuleService_UpdateGlobalRule",
    "SubscriptionService_UpdateSubscription",
    "TriggerService_UpdateTrigger",
    "WebhookService_UpdateWebhook",
)
"""Their bodies are those of what creates the same, a quarter of all bounds; made-up values they get like all others."""
ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.timeout(400)


@pytest.mark.parametrize(
    "kind, asked",
    [
        # What the document's bounds allow and forbid, one by one; it ends by itself, and on a slow machine early.
        (
            "account",
            (
                "--phases=examples,coverage",
                "--max-time=60",
                *(f"--exclude-operation-id={name}" for name in SAID_BY_OTHERS),
            ),
        ),
        ("account", ("--phases=fuzzing", "--max-examples=4")),
        ("operator", ("--phases=examples,fuzzing", "--max-examples=10", "--include-tag=AccountService")),
    ],
    ids=["bounds", "made-up values", "operator"],
)
async def test_nothing_is_answered_that_is_not_told(tmp_path: Path, kind: str, asked: tuple[str, ...]) -> None:
    async with door(tmp_path, gateway_requests_per_minute=100_000) as made:
        status, said = await schemathesis(made, tmp_path, kind, asked)
        assert status == 0, said
        # A key that had been lost on the way would have been refused everywhere, as the document says.
        assert (await made.http.get("/v1/subscriptions")).status_code == 200


async def schemathesis(made: Door, folder: Path, kind: str, asked: tuple[str, ...]) -> tuple[int | None, str]:
    """Runs it in a process of its own; its exit status, and what it said."""
    first = made.suite.world.first
    keys = {"account": (first.api_key, first.api_appid), "operator": (first.operator_key, first.operator_appid)}
    key, application_id = keys[kind]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "schemathesis.cli", "run", f"{made.url}/openapi.json"),
        *(f"--header=Api-Key: {key}", f"--header=Api-Appid: {application_id}", f"--checks={','.join(CHECKS)}"),
        *(f"--exclude-operation-id={name}" for name in LEFT_OUT),
        *("--seed=1", "--mode=all", "--continue-on-failure", "--no-shrink", "--no-color", "--warnings=off", *asked),
        cwd=folder,
        env={**os.environ, "SCHEMATHESIS_HOOKS": "tests.integration.schemathesis_hooks", "PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode, said.decode()
