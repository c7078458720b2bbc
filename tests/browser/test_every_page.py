"""Every page in dark colours, with much on it and with nothing: accessible on a desktop, and no wider than a phone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser.demo_data import Demo, fill
from tests.browser.pages import DESKTOP, PHONE, Opener, until_still
from tests.browser.suite import Key, Suite

Axe = Callable[[Page], Awaitable[None]]

NOBODY = ("/sign-in", "/docs", "/bin/{bin}")
LISTS = (
    *("/", "/deliveries", "/subscriptions", "/webhooks", "/campaigns", "/rules", "/forms"),
    *("/object-types", "/plugins", "/keys", "/administration", "/audit"),
)
THINGS = (
    *("/deliveries/{delivery}", "/subscriptions/{subscription}", "/webhooks/{webhook}", "/campaigns/{campaign}"),
    *("/rules/{rule}", "/forms/{form}", "/object-types/149"),
    *("/webhooks/999", "/campaigns/999", "/rules/999", "/forms/999"),  # what is not there
    *("/subscriptions/new", "/webhooks/new", "/rules/new", "/forms/new", "/object-types/new"),
)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def demo(suite: Suite) -> AsyncIterator[Demo]:
    made = await fill(suite)
    made.ids["delivery"] = (await suite.ask("GET", "/v1/deliveries"))["deliveries"][0]["id"]
    yield made


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def newcomer(suite: Suite) -> AsyncIterator[Key]:
    """The key of an account that has nothing yet."""
    account = {"name": "An account with a name that is longer than its place", "plan": "PLAN_BASIC"}
    made = await suite.ask_as_operator("POST", "/v1/accounts", {"account": account})
    scopes = ["SCOPE_MANAGE", "SCOPE_PUBLISH", "SCOPE_READ"]
    wanted = {"account_id": made["account"]["id"], "name": "first", "scopes": scopes}
    key = await suite.ask_as_operator("POST", "/v1/keys", wanted)
    yield Key(key["secret"], key["key"]["application_id"])


async def _check(page: Page, paths: tuple[str, ...], ids: dict[str, str], axe: Axe) -> None:
    for path in paths:
        await page.set_viewport_size(DESKTOP)
        await page.goto(path.format_map(ids))
        await until_still(page)
        await axe(page)
        await page.set_viewport_size(PHONE)
        await expect(page.locator("html"), path).to_have_js_property("scrollWidth", PHONE["width"])


async def test_pages_for_everybody(open_page: Opener, demo: Demo, axe: Axe) -> None:
    async with open_page.page(scheme="dark") as page:
        await _check(page, NOBODY, demo.ids, axe)


@pytest.mark.parametrize("paths", [LISTS, THINGS], ids=["lists", "things"])
async def test_pages_of_an_account(
    open_page: Opener, suite: Suite, demo: Demo, axe: Axe, paths: tuple[str, ...]
) -> None:
    async with open_page.page(key=suite.key, scheme="dark") as page:
        await _check(page, paths, demo.ids, axe)


async def test_pages_of_an_account_that_has_nothing(open_page: Opener, newcomer: Key, demo: Demo, axe: Axe) -> None:
    async with open_page.page(key=newcomer, scheme="dark") as page:
        await _check(page, LISTS, demo.ids, axe)


async def test_pages_of_an_operator(open_page: Opener, suite: Suite, demo: Demo, axe: Axe) -> None:
    async with open_page.page(key=suite.operator, scheme="dark") as page:
        await _check(page, ("/accounts", "/audit"), demo.ids, axe)
