"""Going from page to page, by keyboard too: where one is, where one was, and what is not left without a word."""

from __future__ import annotations

import asyncio

import pytest_asyncio
from playwright.async_api import Page, Route, expect

from tests.browser.pages import until_still
from tests.browser.suite import Suite


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def many(suite: Suite) -> None:
    """More subscriptions than fit on a screen."""
    for number in range(1, 21):
        wanted = {"event": f"sub_tag({number})", "url": f"http://127.0.0.1:{suite.receiver.port}/{number}"}
        await suite.ask("POST", "/v1/subscriptions", {"subscription": wanted})


async def test_another_page_begins_at_its_top_and_the_one_before_where_it_was_left(console: Page, many: None) -> None:
    await console.goto("/subscriptions")
    await until_still(console)
    last = console.get_by_role("link", name="A tag is added: 20")
    await last.scroll_into_view_if_needed()
    left = await console.evaluate("scrollY")
    assert left > 300
    await last.click()
    await expect(console.get_by_role("region", name="Health")).to_be_visible()
    assert await console.evaluate("scrollY") == 0
    await console.go_back()
    await expect(last).to_be_in_viewport()
    assert await console.evaluate("scrollY") == left


async def test_a_filter_does_not_move_the_page(console: Page, suite: Suite, many: None) -> None:
    await suite.ask("POST", "/v1/subscriptions/1:rotateSecret", {})
    await console.set_viewport_size({"width": 1280, "height": 500})
    await console.goto("/audit")
    await until_still(console)
    await console.wait_for_function("() => document.documentElement.scrollHeight > innerHeight + 120")
    await console.evaluate("scrollTo(0, 120)")
    may_go_on = asyncio.Event()

    async def slowly(route: Route) -> None:
        await may_go_on.wait()
        await route.continue_()

    await console.route("**/v1/auditEntries*", slowly)
    await console.get_by_label("About").fill("subscription")
    await console.wait_for_url("**resource=subscription")
    before = console.locator(".listed[aria-busy]")
    await expect(before).to_be_visible()
    assert await console.evaluate("scrollY") == 120
    may_go_on.set()
    await expect(before).to_have_count(0)
    assert await console.evaluate("scrollY") == 120


async def test_the_keyboard_is_in_the_page_that_was_opened(page: Page, suite: Suite) -> None:
    await page.goto("/campaigns")
    await expect(page.get_by_label("Application id")).to_be_focused()
    await page.keyboard.type(suite.key.appid)
    await page.keyboard.press("Tab")
    await page.keyboard.type(suite.key.key)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Campaigns", level=1)).to_be_visible()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("main").get_by_role("button", name="New campaign").first).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="New campaign", level=1)).to_be_visible()
    await expect(page.locator("#content")).to_be_focused()


async def test_who_skipped_to_the_content_is_still_asked_before_anything_is_lost(console: Page) -> None:
    await console.goto("/campaigns")
    await until_still(console)
    await console.keyboard.press("Tab")
    await expect(console.get_by_role("link", name="Skip to the content")).to_be_focused()
    await console.keyboard.press("Enter")
    await expect(console.locator("#content")).to_be_focused()
    assert "#" not in console.url
    await console.get_by_role("main").get_by_role("button", name="New campaign").first.click()
    name = console.get_by_label("Name", exact=True)
    await name.fill("Not saved")
    await console.go_back()
    asked = console.get_by_role("dialog", name="Leave without saving?")
    await asked.get_by_role("button", name="Stay").click()
    await expect(name).to_have_value("Not saved")
    await console.go_back()
    await asked.get_by_role("button", name="Leave").click()
    await expect(console.get_by_role("heading", name="Campaigns", level=1)).to_be_visible()
