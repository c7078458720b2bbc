"""A service goes away and comes back while pages are open: they say so, lose nothing, and recover by themselves."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from playwright.async_api import Page, expect

from tests.browser.pages import Opener, Troubles, answered
from tests.browser.suite import Key, Suite
from tests.e2e.test_cli import Up, started

Check = Callable[[Page], Awaitable[None]]
# A service starts again in seconds, on a machine that does much else in more of them.
BACK_MS = 60_000
AWAY = "A service is away"
RECOVERS = "This page recovers by itself"


@contextmanager
def away(suite: Suite, service: str) -> Iterator[None]:
    """The service is killed, and not started again within."""
    child = suite.up.children()[service]
    os.kill(suite.up.process.pid, signal.SIGSTOP)
    try:
        os.kill(child, signal.SIGKILL)
        yield
    finally:
        os.kill(suite.up.process.pid, signal.SIGCONT)


@pytest.fixture(scope="module")
def services(program: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """Some that are killed, and that no other file needs."""
    with started(tmp_path_factory.mktemp("away") / "data") as up:
        yield up


@pytest.fixture(autouse=True)
def meant(troubles: Troubles) -> None:
    troubles.forgive("503: ")


async def mark(page: Page) -> None:
    """Notes on the page that it is this one: what loads it anew forgets it."""
    await page.evaluate("document.documentElement.dataset.mark = 'this one'")


async def is_the_same(page: Page) -> None:
    assert await page.evaluate("document.documentElement.dataset.mark") == "this one"


async def subscribed(suite: Suite) -> tuple[str, str, str]:
    """A subscription to a tag that nothing else has: the tag, its id and the revision of the configuration."""
    tag = str(uuid4().int % 1_000_000_000 + 1)
    wanted = {"event": f"sub_tag({tag})", "url": suite.receiver.url}
    made = await suite.ask("POST", "/v1/subscriptions", {"subscription": wanted})
    return tag, made["subscription"]["id"], made["config_revision"]


async def test_the_overview_says_so_and_goes_on(console: Page, suite: Suite, axe: Check) -> None:
    tag, _, revision = await subscribed(suite)
    await console.goto("/")
    delivered = console.locator("[data-count=delivered]")
    await expect(delivered).to_have_text(re.compile(r"\d"))
    before = int((await delivered.inner_text()).replace(",", ""))
    await mark(console)
    with away(suite, "dispatcher"):
        await expect(console.get_by_text(AWAY)).to_be_visible()
        await expect(console.get_by_text(RECOVERS)).to_be_visible()
        await expect(console.get_by_text("away, trying again…")).to_be_visible()
        await expect(delivered).to_be_visible()
        await axe(console)
    await expect(console.get_by_text(AWAY)).to_have_count(0, timeout=BACK_MS)
    await suite.publish("sub_tag", revision, params={"tag_id": tag}, object_id="8")
    await expect(delivered).to_have_text(f"{before + 1:,}")
    await is_the_same(console)


@pytest.mark.parametrize("path", ["/webhooks", "/campaigns/{campaign}"])
async def test_what_stands_beside_names_is_not_taken_for_the_newest(console: Page, suite: Suite, path: str) -> None:
    webhook = (await suite.ask("POST", "/v1/webhooks", {"webhook": {"url": suite.receiver.url}}))["webhook"]
    elements = [
        {"id": "in", "entry": {"triggers": [{"event": "object_create"}]}, "next": "hook"},
        {"id": "hook", "webhook": {"webhook_id": webhook["id"]}, "next": "out"},
        {"id": "out", "end": {}},
    ]
    campaign = (await suite.ask("POST", "/v1/campaigns", {"campaign": {"elements": elements}}))["campaign"]["id"]
    await suite.ask("POST", f"/v1/campaigns/{campaign}:publish", {})
    await console.goto(path.format(campaign=campaign))
    await expect(console.get_by_text("active").or_(console.get_by_text("0 reached")).first).to_be_visible()
    await mark(console)
    with away(suite, "dispatcher"):
        told = console.get_by_role("status").filter(has_text=AWAY)
        await expect(told).to_contain_text("the dispatcher cannot be reached")
        await expect(told).to_contain_text("as of the last answer")
    await expect(told).to_have_count(0, timeout=BACK_MS)
    await is_the_same(console)


async def test_what_was_acked_before_is_in_the_log_after(console: Page, suite: Suite) -> None:
    tag, id_, revision = await subscribed(suite)
    path = f"/v1/targets/TARGET_KIND_SUBSCRIPTION/{id_}"
    await suite.ask("POST", f"{path}:pause", {"reason": "until the service is back"})
    await console.goto(f"/deliveries?target=subscription/{id_}")
    await expect(console.get_by_role("status").first).to_have_text("live")
    await mark(console)
    for number in range(20):
        await suite.publish("sub_tag", revision, params={"tag_id": tag}, object_id=str(number))
    with away(suite, "dispatcher"):
        await expect(console.get_by_text("away, trying again…")).to_be_visible()
    await expect(console.get_by_role("status").first).to_have_text("live", timeout=BACK_MS)
    await suite.ask("POST", f"{path}:resume")
    rows = console.locator("[data-delivery]")
    await expect(rows).to_have_count(20)
    await expect(rows.get_by_text("delivered", exact=True)).to_have_count(20)
    await is_the_same(console)


async def test_what_was_typed_is_kept_and_saved_later(console: Page, suite: Suite) -> None:
    made = await suite.ask("POST", "/v1/webhooks", {"webhook": {"name": "Before", "url": suite.receiver.url}})
    await console.goto(f"/webhooks/{made['webhook']['id']}")
    await mark(console)
    await console.get_by_label("Name").fill("Typed while it was away")
    data = console.get_by_role("textbox", name="Data", exact=True)
    await data.fill("name=[First Name]")
    save = console.get_by_role("button", name="Save")
    with away(suite, "registry"):
        await save.click()
        await expect(console.get_by_text(AWAY)).to_be_visible()
        await expect(console.get_by_text("the registry cannot be reached").first).to_be_visible()
        await expect(console.get_by_label("Name")).to_have_value("Typed while it was away")
        await expect(data).to_have_value("name=[First Name]")
    await suite.until_healthy()
    await save.click()
    await expect(console.get_by_role("heading", name="Typed while it was away", level=1)).to_be_visible()
    kept = (await suite.ask("GET", f"/v1/webhooks/{made['webhook']['id']}"))["webhook"]
    assert (kept["name"], kept["data"]) == ("Typed while it was away", "name=[First Name]")
    await is_the_same(console)


@pytest.mark.parametrize("path", ["/", "/webhooks", "/deliveries"])
async def test_a_page_that_is_opened_meanwhile_is_not_empty(console: Page, suite: Suite, axe: Check, path: str) -> None:
    with away(suite, "registry"):
        await console.goto(path)
        await expect(console.get_by_text(AWAY)).to_be_visible()
        await expect(console.get_by_text("the registry cannot be reached")).to_be_visible()
        await expect(console.get_by_text(RECOVERS)).to_be_visible()
        await mark(console)
        await axe(console)
    await expect(console.get_by_role("navigation", name="Pages")).to_be_visible(timeout=BACK_MS)
    await expect(console.get_by_text(AWAY)).to_have_count(0)
    await is_the_same(console)


async def test_a_page_whose_program_cannot_be_fetched_comes_by_itself(
    console: Page, suite: Suite, troubles: Troubles
) -> None:
    for words in ("net::ERR_", "Failed to fetch dynamically imported module", "Unable to preload CSS"):
        troubles.forgive(words)
    await console.goto("/")
    await expect(console.get_by_role("heading", name="Overview")).to_be_visible()
    with away(suite, "gateway"):
        await console.get_by_role("link", name="Global rules").click()
        await expect(console.get_by_text("Hookline does not answer")).to_be_visible()
        await expect(console.get_by_text(RECOVERS)).to_be_visible()
        await expect(console.get_by_role("navigation", name="Pages")).to_be_visible()
    await expect(console.get_by_role("heading", name="Global rules")).to_be_visible(timeout=BACK_MS)


async def test_a_key_that_is_revoked_leads_to_the_sign_in(open_page: Opener, suite: Suite) -> None:
    wanted = {"account_id": suite.account_id, "name": "Short-lived", "scopes": ["SCOPE_READ"]}
    made = await suite.ask_as_operator("POST", "/v1/keys", wanted)
    async with open_page.page(key=Key(made["secret"], made["key"]["application_id"])) as page:
        await page.goto("/")
        await expect(page.get_by_role("heading", name="Overview")).to_be_visible()
        revoked = {"account_id": suite.account_id}
        await suite.ask_as_operator("POST", f"/v1/keys/{made['key']['id']}:revoke", revoked)
        await expect(page.get_by_role("heading", name="Sign in to Hookline")).to_be_visible()


async def test_a_session_that_ends_takes_nothing_that_was_typed(
    open_page: Opener, suite: Suite, axe: Check, troubles: Troubles
) -> None:
    made = await suite.ask("POST", "/v1/webhooks", {"webhook": {"name": "Before", "url": suite.receiver.url}})
    async with open_page.page(key=suite.key) as page:
        await page.goto(f"/webhooks/{made['webhook']['id']}")
        await mark(page)
        await page.get_by_label("Name", exact=True).fill("Typed before it was over")
        await page.context.clear_cookies()
        await page.get_by_role("button", name="Save").click()
        again = page.get_by_role("dialog", name="Sign in to Hookline again")
        await expect(again.get_by_label("Application id")).to_be_focused()
        await axe(page)
        await again.get_by_label("API key").fill("wrong")
        await again.get_by_label("Application id").fill(suite.key.appid)
        await again.get_by_role("button", name="Sign in", exact=True).click()
        await expect(again.get_by_role("alert")).to_contain_text("key")
        await again.get_by_label("API key").fill(suite.key.key)
        await again.get_by_role("button", name="Sign in", exact=True).click()
        await expect(again).to_have_count(0)
        await expect(page.get_by_label("Name", exact=True)).to_have_value("Typed before it was over")
        async with answered(page, "PATCH"):
            await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_role("heading", name="Typed before it was over", level=1)).to_be_visible()
        await is_the_same(page)


async def test_nothing_is_asked_for_while_nobody_is_signed_in(open_page: Opener, suite: Suite) -> None:
    async with open_page.page(key=suite.key) as page:
        await page.goto("/")
        await expect(page.get_by_role("heading", name="Overview")).to_be_visible()
        await page.context.clear_cookies()
        # As when a person comes back to the tab.
        await page.evaluate("() => window.dispatchEvent(new Event('visibilitychange'))")
        again = page.get_by_role("dialog", name="Sign in to Hookline again")
        await expect(again).to_be_visible()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        # Longer than any page waits between two of its questions.
        await page.clock.install()
        await page.clock.run_for(60_000)
        assert asked == []
