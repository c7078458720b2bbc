"""Settings of subscriptions and webhooks that are secret, that somebody else changes, that a page does not show."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any, Literal

import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser.pages import Opener, answered, until_still
from tests.browser.suite import Key, Suite

Axe = Callable[[Page], Awaitable[None]]

TOKEN = "Bearer of-what-nobody-sees"


@pytest_asyncio.fixture(loop_scope="session")
async def webhook(suite: Suite) -> dict[str, Any]:
    url = f"http://127.0.0.1:{suite.receiver.port}/targets"
    made = await suite.ask("POST", "/v1/webhooks", {"webhook": {"name": "Shared", "url": url}})
    saved: dict[str, Any] = made["webhook"]
    return saved


async def test_a_secret_header_is_sent_and_shown_to_nobody(console: Page, suite: Suite, axe: Axe) -> None:
    await console.goto("/webhooks/new")
    await console.get_by_label("Name", exact=True).fill("With a token")
    await console.get_by_label("URL", exact=True).fill(f"http://127.0.0.1:{suite.receiver.port}/sealed")
    await console.get_by_role("button", name="Add a secret header").click()
    await console.get_by_label("Name of secret header 1").fill("Not a name")
    await console.get_by_label("Value of secret header 1", exact=True).fill(TOKEN)
    await expect(console.get_by_text("must be a header name")).to_be_visible()
    await console.get_by_label("Name of secret header 1").fill("Authorization")
    await console.get_by_role("combobox", name="Signed by").click()
    await console.get_by_role("option", name="key pair (v1a)").click()
    await axe(console)
    await console.get_by_role("button", name="Make the webhook").click()
    made = console.get_by_role("dialog", name="The webhook is made")
    await expect(made.get_by_role("region", name="Public key")).to_contain_text("whpk_")
    await console.keyboard.press("Escape")
    await expect(made).to_have_count(0)

    value = console.get_by_label("Value of secret header 1", exact=True)
    await expect(value).to_have_attribute("placeholder", "kept as it is")
    await expect(value).to_have_value("")
    secret = console.get_by_role("region", name="Signing secret")
    await expect(secret.get_by_role("region", name="Public key")).to_contain_text("whpk_")
    assert TOKEN not in await console.content()
    await console.get_by_label("Name", exact=True).fill("With the same token")
    async with answered(console, "PATCH"):
        await console.get_by_role("button", name="Save").click()
    await console.get_by_role("button", name="Send a test").click()
    await expect(console.get_by_role("region", name="Test")).to_contain_text("Answered 200")
    received = suite.receiver.received[-1]
    assert received.headers["authorization"] == TOKEN
    assert received.headers["webhook-signature"].startswith("v1a,")


async def test_who_was_slower_loses_nothing(
    console: Page, suite: Suite, webhook: dict[str, Any], open_page: Opener
) -> None:
    path = f"/webhooks/{webhook['id']}"
    name = console.get_by_label("Name", exact=True)
    await console.goto(path)
    await name.fill("Mine")
    theirs = {"id": webhook["id"], "name": "Theirs"}
    await suite.ask("PATCH", f"/v1{path}", {"webhook": theirs, "update_mask": "name"})
    # A tab that is come back to fetches anew what it shows, but nothing that is being edited.
    await console.evaluate("() => window.dispatchEvent(new Event('visibilitychange'))")
    await console.get_by_role("button", name="Save").click()
    conflict = console.get_by_role("alert").filter(has_text="Somebody changed this webhook")
    await expect(conflict).to_be_in_viewport()
    await expect(name).to_have_value("Mine")
    await conflict.get_by_role("button", name="Show theirs").click()
    await expect(name).to_have_value("Theirs")
    await name.fill("Mine after all")
    async with answered(console, "PATCH"):
        await console.get_by_role("button", name="Save").click()
    await expect(console.get_by_role("heading", level=1)).to_have_text("Mine after all")


async def test_a_rotation_leaves_what_is_typed(console: Page, webhook: dict[str, Any]) -> None:
    await console.goto(f"/webhooks/{webhook['id']}")
    name = console.get_by_label("Name", exact=True)
    await name.fill("Typed")
    await console.get_by_role("button", name="Rotate").click()
    await console.get_by_role("dialog").get_by_role("button", name="Rotate").click()
    await expect(console.get_by_role("dialog", name="The new signing secret")).to_be_visible()
    await console.keyboard.press("Escape")
    await expect(console.get_by_role("region", name="Signing secret")).to_contain_text("signs as well")
    await expect(name).to_have_value("Typed")
    async with answered(console, "PATCH"):
        await console.get_by_role("button", name="Save").click()


async def test_what_settles_keeps_its_longest_wait(console: Page, suite: Suite) -> None:
    url = f"http://127.0.0.1:{suite.receiver.port}/settles"
    wanted = {"event": "object_create", "url": url, "settle": {"quiet": "5s", "longest": "20s"}}
    made = await suite.ask("POST", "/v1/subscriptions", {"subscription": wanted})
    path = f"/subscriptions/{made['subscription']['id']}"
    await console.goto(path)
    await console.get_by_label("Quiet for").fill("6")
    async with answered(console, "PATCH"):
        await console.get_by_role("button", name="Save").click()
    saved = (await suite.ask("GET", f"/v1{path}"))["subscription"]
    assert saved["settle"] == {"quiet": "6s", "longest": "20s"}


async def test_a_key_that_may_only_read_is_offered_nothing_else(
    suite: Suite, webhook: dict[str, Any], open_page: Opener
) -> None:
    made = await suite.ask("POST", "/v1/keys", {"name": "looks", "scopes": ["SCOPE_READ"]})
    reader = Key(made["secret"], made["key"]["application_id"])
    async with open_page.page(key=reader) as page:
        await page.goto(f"/webhooks/{webhook['id']}")
        await expect(page.get_by_role("region", name="Health")).to_contain_text("active")
        await expect(page.get_by_role("button", name="Save")).to_be_disabled()
        for word in ("Delete", "Pause", "Rotate", "Send a test"):
            await expect(page.get_by_role("button", name=word)).to_have_count(0)
        for path in ("/webhooks", "/subscriptions", "/campaigns", "/keys"):
            await page.goto(path)
            await until_still(page)
            roles: tuple[Literal["button", "link"], ...] = ("button", "link")
            for role in roles:
                await expect(page.get_by_role("main").get_by_role(role, name=re.compile("^New "))).to_have_count(0)


async def test_what_is_missing_is_gone_to(console: Page) -> None:
    await console.set_viewport_size({"width": 1280, "height": 500})
    await console.goto("/subscriptions/new")
    await console.get_by_role("button", name="Make the subscription").click()
    url = console.get_by_label("URL", exact=True)
    await expect(url).to_be_focused()
    await expect(url).to_be_in_viewport()
    await expect(console.get_by_text("Enter the address")).to_be_visible()


async def test_what_another_has_already_is_told_next_to_its_field(console: Page, suite: Suite) -> None:
    await suite.ask("POST", "/v1/forms", {"form": {"name": "First", "number": 77}})
    await console.goto("/forms/new")
    number = console.get_by_label("Number in the CRM")
    await number.fill("77")
    await expect(console.get_by_text("has the number 77 already")).to_be_visible()
    await expect(number).to_have_attribute("aria-invalid", "true")
