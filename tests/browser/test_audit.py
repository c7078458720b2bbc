"""The audit log as a page: who changed what, filtered, of an account and of all."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser.pages import PHONE, Opener
from tests.browser.suite import Key, Suite

Axe = Callable[[Page], Awaitable[None]]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def webhook(suite: Suite) -> dict[str, Any]:
    """A webhook that was made, renamed and tested."""
    url = f"http://127.0.0.1:{suite.receiver.port}/audited"
    made = await suite.ask("POST", "/v1/webhooks", {"webhook": {"name": "<b>Before</b>", "url": url}})
    saved: dict[str, Any] = made["webhook"]
    body = {"webhook": {"id": saved["id"], "name": "After"}, "update_mask": "name"}
    await suite.ask("PATCH", f"/v1/webhooks/{saved['id']}", body)
    return saved


async def test_an_account_sees_what_was_changed_and_by_whom(console: Page, webhook: dict[str, Any], axe: Axe) -> None:
    await console.goto("/audit")
    entry = console.get_by_role("button", name="Update webhook").first
    await expect(entry).to_contain_text("first key")
    await entry.click()
    changed = console.get_by_role("table", name="What changed")
    await expect(changed.get_by_role("row").nth(1)).to_have_text('name"<b>Before</b>""After"')
    await expect(changed.get_by_role("row")).to_have_count(2)
    await axe(console)
    await console.set_viewport_size(PHONE)
    await expect(console.locator("html")).to_have_js_property("scrollWidth", PHONE["width"])
    await console.get_by_role("link", name=f"Open webhook/{webhook['id']}").click()
    await expect(console.get_by_role("heading", level=1)).to_have_text("After")


async def test_it_is_filtered_and_the_filter_can_be_linked(console: Page, webhook: dict[str, Any]) -> None:
    await console.goto("/audit")
    await console.get_by_role("combobox", name="What was done").fill("CreateWebhook")
    await expect(console).to_have_url(re.compile(r"\?method=CreateWebhook$"))
    await expect(console.get_by_role("button", name="Create webhook")).to_have_count(1)
    await expect(console.get_by_role("button", name="Update webhook")).to_have_count(0)
    await console.goto(f"/audit?resource=webhook/{webhook['id']}&since=1h")
    await expect(console.get_by_role("button", name="webhook/")).to_have_count(2)
    await console.get_by_label("About").fill("campaign")
    await expect(console.get_by_text("No entry matches")).to_be_visible()
    await console.get_by_role("main").get_by_role("button", name="Clear filters").last.click()
    await expect(console.get_by_role("button", name="webhook/")).to_have_count(2)


async def test_an_operator_sees_every_account_and_the_installation(
    operator: Page, suite: Suite, webhook: dict[str, Any]
) -> None:
    await operator.goto("/audit")
    account = f"account {suite.account_id}"
    await expect(operator.get_by_role("button", name="Update webhook").first).to_contain_text(account)
    await expect(operator.get_by_role("button", name="Create account").first).to_contain_text("an operator")


async def test_a_key_without_the_scope_is_told_so(suite: Suite, open_page: Opener) -> None:
    made = await suite.ask("POST", "/v1/keys", {"name": "looks", "scopes": ["SCOPE_READ"]})
    async with open_page.page(key=Key(made["secret"], made["key"]["application_id"])) as page:
        await page.goto("/audit")
        await expect(page.get_by_text("shown to keys with the scope manage")).to_be_visible()


async def test_an_address_that_nothing_has_leads_on(console: Page) -> None:
    await console.goto("/nothing")
    await expect(console.get_by_role("heading", level=1)).to_have_text("Nothing is here")
    await console.get_by_role("link", name="Go to the overview").click()
    await expect(console.get_by_role("heading", level=1)).to_have_text("Overview")
