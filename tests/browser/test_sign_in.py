"""Signing in and out, as a person does it."""

from collections.abc import Awaitable, Callable

from playwright.async_api import Page, expect

from tests.browser.pages import Troubles
from tests.browser.suite import Suite


async def test_a_page_asks_who_comes_and_goes_on_where_they_wanted(page: Page, suite: Suite) -> None:
    await page.goto("/subscriptions")
    await page.get_by_label("API key").fill(suite.key.key)
    await page.get_by_label("Application id").fill(suite.key.appid)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("heading", name="Subscriptions", level=1)).to_be_visible()
    assert page.url == f"{suite.url}/subscriptions"

    await page.get_by_role("button", name="My account").click()
    await page.get_by_role("menuitem", name="Sign out").click()
    await expect(page.get_by_role("button", name="Sign in")).to_be_visible()


async def test_a_wrong_key_is_refused_in_words(page: Page, suite: Suite) -> None:
    await page.goto("/sign-in")
    await page.get_by_label("API key").fill("wrong")
    await page.get_by_label("Application id").fill(suite.key.appid)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("alert")).to_contain_text("key")


async def test_the_sign_in_is_accessible(page: Page, axe: Callable[[Page], Awaitable[None]]) -> None:
    await page.goto("/sign-in")
    await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    await axe(page)


async def test_what_a_page_may_not_do_is_noted(page: Page, troubles: Troubles) -> None:
    await page.goto("/sign-in")
    async with page.expect_event("pageerror"), page.expect_console_message():
        await page.evaluate("""() => {
          const made = document.createElement("style");
          made.textContent = "body { color: red }";
          document.head.append(made);
          setTimeout(() => { throw new Error("meant") }, 0);
        }""")
    for said in ("Content Security Policy", "meant"):
        assert any(said in each for each in troubles.found), troubles.found
        troubles.forgive(said)
