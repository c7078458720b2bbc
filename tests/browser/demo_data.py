"""What the pictures of the pages show: a shop that tells its CRM and its mailer, one of which is in trouble."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from tests.browser.suite import Suite
from tests.contract.dispatcher.receiver import Received

PEOPLE = ("Mary Smith", "Ada Lovelace", "Grace Hopper", "Alan Turing", "Zoë Müller", "Linus Pauling", "Marie Curie")
_BOUND = 60


@dataclass
class Demo:
    """The ids of what was made, by the names that paths of pictures use."""

    ids: dict[str, str] = field(default_factory=dict)


async def fill(suite: Suite) -> Demo:
    """Makes subscriptions, webhooks, a campaign, a rule, a form and a bin, and publishes events until much is sent."""
    suite.receiver.answer = _answer
    demo = Demo()
    await _subscriptions(suite, demo)
    await _webhooks(suite, demo)
    revision = await _definitions(suite, demo)
    for number, name in enumerate(PEOPLE * 5):
        await suite.publish(config_revision=revision, **_event(number, name))
    async with asyncio.timeout(_BOUND):
        while len(suite.receiver.received) < 3 * len(PEOPLE):
            await asyncio.sleep(0.1)
    return demo


def _answer(received: Received) -> tuple[int, str]:
    return (503, "") if received.path.startswith("/mailer") else (200, "")


def _url(suite: Suite, path: str) -> str:
    return f"http://127.0.0.1:{suite.receiver.port}/{path}"


def _event(number: int, name: str) -> dict[str, Any]:
    first, last = name.split()
    data = {"firstname": first, "lastname": last, "email": f"{first.lower()}@example.com"}
    shared = {"object_id": str(number % len(PEOPLE) + 1), "object_type_id": 0, "data": data}
    if number % 3:
        return {"type_": "sub_tag", "params": {"tag_id": "4"}, **shared}
    return {"type_": "purchase_product", "params": {"product_id": "16"}, **shared}


async def _subscriptions(suite: Suite, demo: Demo) -> None:
    made = await suite.ask("POST", "/bin")
    wanted = [
        {"event": "sub_tag(4)", "url": _url(suite, "crm/tags"), "format": "PAYLOAD_FORMAT_LIGHTWEIGHT"},
        {"event": "purchase_product", "url": _url(suite, "mailer/receipts"), "max_retries": 5},
        {"event": "sub_tag", "url": made["url"]},
    ]
    for subscription in wanted:
        answer = await suite.ask("POST", "/v1/subscriptions", {"subscription": subscription})
        demo.ids["subscription"] = answer["subscription"]["id"]
    await suite.ask("PUT", f"/bin/{made['id']}/secret", {"signing_secret": answer["signing_secret"]})
    demo.ids["bin"] = made["id"]


async def _webhooks(suite: Suite, demo: Demo) -> None:
    wanted = {
        "welcome": {"name": "Welcome mail", "data": '{"email": "[Email]", "name": "[First Name] [Last Name]"}'},
        "webhook": {"name": "Tell the CRM", "data": "First_Name=[First Name]&Email=[Email|none]"},
    }
    for name, webhook in wanted.items():
        answer = await suite.ask("POST", "/v1/webhooks", {"webhook": webhook | {"url": _url(suite, f"hooks/{name}")}})
        demo.ids[name] = answer["webhook"]["id"]


async def _definitions(suite: Suite, demo: Demo) -> str:
    """A campaign that is live, a rule and a form; the revision of the configuration that has them all."""
    campaign = {"name": "Welcome", "elements": _elements(demo.ids["welcome"])}
    made = await suite.ask("POST", "/v1/campaigns", {"campaign": campaign})
    demo.ids["campaign"] = made["campaign"]["id"]
    await suite.ask("POST", f"/v1/campaigns/{demo.ids['campaign']}:publish", {})
    actions = [{"webhook_id": demo.ids["webhook"]}]
    comparison = {"field": "lastname", "comparison": "COMPARISON_EQUAL", "value": "Smith"}
    rule = {
        "name": "Tell the CRM of the Smiths",
        "triggers": [{"event": "purchase_product", "params": {"product_id": "16"}}],
        "any_of": [{"all_of": [{"comparison": comparison}]}],
        "actions": actions,
    }
    made = await suite.ask("POST", "/v1/globalRules", {"rule": rule})
    demo.ids["rule"] = made["rule"]["id"]
    made = await suite.ask("POST", "/v1/forms", {"form": {"name": "Newsletter", "always_on": actions}})
    demo.ids["form"] = made["form"]["id"]
    return str(made["config_revision"])


def _elements(webhook: str) -> list[dict[str, Any]]:
    vip = {"any_of": [{"all_of": [{"tag": {"tag_id": 6}}]}], "yes": "gold", "no": "end"}
    return [
        {"id": "in", "entry": {"triggers": [{"event": "sub_tag", "params": {"tag_id": "4"}}]}, "next": "hello"},
        {"id": "hello", "webhook": {"webhook_id": webhook}, "next": "wait"},
        {"id": "wait", "wait": {"span": {"amount": 2, "unit": "SPAN_UNIT_DAYS"}}, "next": "vip"},
        {"id": "vip", "condition": vip},
        {"id": "gold", "tag": {"change": "TAG_CHANGE_ADD", "tag_id": 9}, "next": "end"},
        {"id": "end", "end": {}},
    ]
