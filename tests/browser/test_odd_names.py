"""Names as long as they may be, written from the right, and of HTML: shown as text, and in their place."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser.pages import DESKTOP, PHONE, until_still
from tests.browser.suite import Suite

LONG = "🎉" + "W" * 100
MARKUP = "<img src=x onerror=alert(1)><b>bold</b> &amp; \u202eturned"

PATHS = (
    *("/webhooks", "/webhooks/{webhook}", "/campaigns", "/campaigns/{campaign}", "/rules", "/rules/{rule}"),
    *("/forms", "/forms/{form}", "/object-types", "/object-types/{type}", "/keys", "/audit"),
    *("/deliveries", "/deliveries/{delivery}"),
)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def ids(suite: Suite) -> AsyncIterator[dict[str, str]]:
    """What was made with such names, by what it is."""
    suite.receiver.answer = lambda _: (500, "")
    url = f"http://127.0.0.1:{suite.receiver.port}/" + "a" * 1500
    made = await suite.ask(
        "POST", "/v1/webhooks", {"webhook": {"name": MARKUP, "url": url, "data": "a=[First Name]&b=[Last Name]"}}
    )
    ids = {"webhook": made["webhook"]["id"], "campaign": await _campaign(suite, made["webhook"]["id"])}
    action = {"webhook_id": ids["webhook"]}
    rule = {"name": LONG, "triggers": [{"event": "sub_tag", "params": {"tag_id": "5"}}], "actions": [action]}
    made = await suite.ask("POST", "/v1/globalRules", {"rule": rule})
    ids["rule"] = made["rule"]["id"]
    data = {"firstname": MARKUP, "lastname": "z" * 5000}
    event = {"params": {"tag_id": "5"}, "object_id": "<b>8</b>" + "9" * 60, "data": data}
    await suite.publish("sub_tag", made["config_revision"], **event)
    ids["delivery"] = (await suite.ask("GET", "/v1/deliveries"))["deliveries"][0]["id"]
    made = await suite.ask("POST", "/v1/forms", {"form": {"name": LONG, "always_on": [action]}})
    ids["form"] = made["form"]["id"]
    fields = [{"key": "one", "label": LONG, "kind": "FIELD_KIND_TEXT"}]
    made = await suite.ask("POST", "/v1/objectTypes", {"object_type": {"name": MARKUP, "fields": fields}})
    ids["type"] = made["object_type"]["id"]
    await suite.ask("POST", "/v1/keys", {"name": MARKUP, "scopes": ["SCOPE_READ"]})
    yield ids


async def _campaign(suite: Suite, webhook: str) -> str:
    elements: list[dict[str, Any]] = [
        {"id": "in", "name": MARKUP, "entry": {"triggers": [{"event": "object_create"}]}, "next": "hook"},
        {"id": "hook", "name": LONG, "webhook": {"webhook_id": webhook}, "next": "out"},
        {"id": "out", "end": {}},
    ]
    made = await suite.ask("POST", "/v1/campaigns", {"campaign": {"name": LONG, "elements": elements}})
    campaign: str = made["campaign"]["id"]
    return campaign


async def test_nothing_becomes_wider_or_markup(console: Page, ids: dict[str, str]) -> None:
    for path in PATHS:
        await console.goto(path.format_map(ids))
        await until_still(console)
        assert await console.locator("main img[src='x']").count() == 0, path
        for size in (PHONE, DESKTOP):
            await console.set_viewport_size(size)
            await expect(console.locator("html"), path).to_have_js_property("scrollWidth", size["width"])


async def test_elements_of_a_map_keep_their_height(console: Page, ids: dict[str, str]) -> None:
    await console.goto(f"/campaigns/{ids['campaign']}")
    hook, out = (console.locator(f'.element[data-element="{name}"]') for name in ("hook", "out"))
    above, below = await hook.bounding_box(), await out.bounding_box()
    assert above is not None
    assert below is not None
    assert above["y"] + above["height"] < below["y"]


async def test_a_state_beside_a_long_name_is_read(console: Page, ids: dict[str, str]) -> None:
    await console.goto("/campaigns")
    state = console.get_by_role("table").get_by_text("draft", exact=True).locator("visible=true")
    await expect(state).to_have_js_property("scrollWidth", await state.evaluate("it => it.clientWidth"))


async def test_a_long_value_is_cut_until_it_is_asked_for(console: Page, ids: dict[str, str]) -> None:
    await console.goto(f"/deliveries/{ids['delivery']}")
    sent = console.get_by_role("table", name="fields of the body of the request")
    value = sent.get_by_role("row").last
    assert len(await value.inner_text()) < 600
    await value.get_by_role("button", name="Show all 5,000 characters").click()
    assert len(await value.inner_text()) > 5000
