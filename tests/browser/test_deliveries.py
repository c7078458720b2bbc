"""The overview and the log of deliveries, as a person uses them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from tests.browser.pages import PHONE, Opener
from tests.browser.suite import Suite

Check = Callable[[Page], Awaitable[None]]


class Sent:
    """A subscription of the test's own, by a tag that nothing else has, and what was published for it."""

    def __init__(self, suite: Suite, tag: str, subscription: str, config_revision: str) -> None:
        self.suite, self.tag, self.subscription, self._revision = suite, tag, subscription, config_revision

    @property
    def target(self) -> str:
        return f"subscription/{self.subscription}"

    async def publish(self, object_id: str = "8", **data: Any) -> None:
        await self.suite.publish(
            "sub_tag",
            self._revision,
            params={"tag_id": self.tag},
            object_id=object_id,
            data={"firstname": "Mary", **data},
        )


@pytest_asyncio.fixture(loop_scope="session")
async def sent(suite: Suite) -> AsyncIterator[Sent]:
    tag = str(uuid4().int % 1_000_000_000 + 1)
    subscription = {"event": f"sub_tag({tag})", "url": suite.receiver.url, "max_retries": 0}
    made = await suite.ask("POST", "/v1/subscriptions", {"subscription": subscription})
    yield Sent(suite, tag, made["subscription"]["id"], made["config_revision"])
    await suite.ask("DELETE", f"/v1/subscriptions/{made['subscription']['id']}")


def rows(page: Page) -> Locator:
    return page.locator("[data-delivery]")


async def test_what_failed_is_redelivered_and_seen_to_arrive(console: Page, suite: Suite, sent: Sent) -> None:
    suite.receiver.answer = lambda _: (500, "Content-Type: text/plain\r\n")
    await sent.publish(note="<b>bold</b>")
    await console.goto(f"/deliveries?target={sent.target}")
    await expect(rows(console)).to_contain_text("the receiver answered 500")
    await rows(console).get_by_role("link", name="sub_tag").click()

    await expect(console.get_by_role("region", name="Request", exact=True)).to_contain_text("webhook-signature")
    await expect(console.get_by_role("region", name="Request", exact=True)).to_contain_text("<b>bold</b>")
    await expect(console.get_by_role("region", name="Response", exact=True)).to_contain_text("500")
    spent = console.get_by_role("list", name="Where the time went").get_by_role("listitem")
    await expect(spent).to_have_text([re.compile(each) for each in (r"^Connect ", r"^Wait .* ms$", r"^Read .* ms$")])
    await console.get_by_role("button", name="Copy as curl").click()
    command = await console.evaluate("navigator.clipboard.readText()")
    assert command.startswith(f"curl -X POST '{suite.receiver.url}'"), command

    suite.receiver.answer = lambda _: (200, "")
    dead = console.url
    await console.get_by_role("button", name="Redeliver").click()
    await expect(console).not_to_have_url(dead)
    await expect(console.locator(".state").first).to_have_text("delivered")
    await expect(console.get_by_role("region", name="Facts")).to_contain_text(
        f"after delivery {dead.rsplit('/', 1)[1]}"
    )


async def test_new_deliveries_appear_and_wait_while_the_log_is_read(console: Page, sent: Sent) -> None:
    await sent.publish("1")
    await console.goto(f"/deliveries?target={sent.target}")
    await expect(rows(console)).to_have_count(1)
    await sent.publish("2")
    await expect(rows(console)).to_have_count(2)
    await expect(rows(console).first).to_contain_text("contact 2")

    await rows(console).first.get_by_role("checkbox").check()
    await sent.publish("3")
    await expect(console.get_by_role("button", name="1 new")).to_be_visible()
    await expect(rows(console)).to_have_count(2)
    await console.get_by_role("button", name="1 new").click()
    await expect(rows(console).first).to_contain_text("contact 3")


async def test_the_log_stands_still_under_whoever_reads_further_down(phone: Page, sent: Sent) -> None:
    for number in range(20):
        await sent.publish(str(number))
    await phone.goto(f"/deliveries?target={sent.target}")
    await expect(rows(phone)).to_have_count(20)
    await phone.evaluate("scrollTo(0, 900)")
    read = rows(phone).nth(10)
    before = await read.bounding_box()
    await sent.publish("new")
    await expect(phone.get_by_role("button", name="1 new")).to_be_visible()
    assert await read.bounding_box() == before
    await phone.get_by_role("button", name="1 new").click()
    await expect(rows(phone).first).to_contain_text("contact new")


async def test_the_log_is_filtered_by_state_and_text_and_can_be_linked(console: Page, suite: Suite, sent: Sent) -> None:
    suite.receiver.answer = lambda request: (418 if b"teapot" in request.body else 200, "")
    await sent.publish("1")
    await sent.publish("2", note="teapot")
    await console.goto(f"/deliveries?target={sent.target}")
    await expect(rows(console)).to_have_count(2)
    await console.get_by_role("group", name="State").get_by_text("dead").click()
    await expect(rows(console)).to_have_count(1)
    await expect(rows(console)).to_contain_text("contact 2")
    await expect(console).to_have_url(re.compile("state=dead"))

    await console.get_by_role("group", name="State").get_by_text("dead").click()
    await console.get_by_label("Search").fill("answered 418")
    await expect(rows(console)).to_have_count(1)
    await expect(console).to_have_url(re.compile("text=answered"))
    await console.reload()
    await expect(rows(console)).to_have_count(1)
    await console.get_by_label("Search").fill("nobody said this")
    await expect(console.get_by_text("No delivery matches these filters")).to_be_visible()


async def test_a_selection_and_everything_since_a_time_are_sent_again(console: Page, suite: Suite, sent: Sent) -> None:
    suite.receiver.answer = lambda _: (500, "")
    for number in ("1", "2", "3"):
        await sent.publish(number)
    await console.goto(f"/deliveries?target={sent.target}&state=dead")
    await expect(rows(console)).to_have_count(3)
    suite.receiver.answer = lambda _: (200, "")
    await rows(console).nth(0).get_by_role("checkbox").check()
    await console.get_by_role("region", name="Selection").get_by_role("button", name="Redeliver 1").click()
    await console.get_by_role("dialog").get_by_role("button", name="Redeliver 1").click()
    await expect(console.get_by_text("1 delivery sent again")).to_be_visible()

    await console.get_by_role("button", name="Redeliver failed").click()
    dialog = console.get_by_role("dialog")
    await expect(dialog).to_contain_text("2 deliveries would be sent again.")
    await dialog.get_by_role("button", name="Redeliver 2").click()
    await console.goto(f"/deliveries?target={sent.target}&state=delivered")
    await expect(rows(console)).to_have_count(3)


async def test_a_waiting_delivery_is_called_off(console: Page, suite: Suite, sent: Sent) -> None:
    path = f"/v1/targets/TARGET_KIND_SUBSCRIPTION/{sent.subscription}"
    await suite.ask("POST", f"{path}:pause", {"reason": "their maintenance"})
    await sent.publish()
    await console.goto(f"/deliveries?target={sent.target}&state=waiting")
    await rows(console).get_by_role("link", name="sub_tag").click()
    await console.get_by_role("button", name="Cancel delivery").click()
    await console.get_by_role("dialog").get_by_role("button", name="Cancel delivery").click()
    await expect(console.locator(".state").first).to_have_text("cancelled")


async def test_the_overview_counts_and_shows_trouble_first(console: Page, suite: Suite, sent: Sent, axe: Check) -> None:
    await console.goto("/")
    delivered = console.locator("[data-count=delivered]")
    await expect(delivered).to_have_text(re.compile(r"\d"))
    before = int((await delivered.inner_text()).replace(",", ""))
    await sent.publish()
    await expect(delivered).to_have_text(f"{before + 1:,}")
    await expect(console.get_by_role("figure", name="Events per second")).to_be_visible()

    suite.receiver.answer = lambda _: (503, "")
    await sent.publish()
    trouble = console.get_by_role("article", name=sent.target)
    await expect(trouble).to_contain_text("the receiver answered 503")
    await trouble.get_by_role("button", name=f"Pause {sent.target}").click()
    await expect(trouble).to_contain_text("paused in the console")
    await axe(console)
    await trouble.get_by_role("link", name="Deliveries").click()
    await expect(rows(console)).to_have_count(2)
    await console.go_back()
    # Resumed, it is in trouble no more until the next attempt fails.
    resume = trouble.get_by_role("button", name=f"Resume {sent.target}")
    await resume.click()
    await expect(resume).to_have_count(0)


async def test_the_pages_are_accessible_and_fit_a_phone(
    open_page: Opener, suite: Suite, sent: Sent, axe: Check
) -> None:
    suite.receiver.answer = lambda _: (500, "")
    await sent.publish(note="x" * 300)
    for scheme in ("light", "dark"):
        async with open_page.page(PHONE, suite.key, scheme) as page:
            await page.goto("/")
            await expect(page.locator("[data-count=dead]")).to_be_visible()
            await _fits(page, axe)
            await page.goto(f"/deliveries?target={sent.target}")
            await expect(rows(page)).to_have_count(1)
            await _fits(page, axe)
            await rows(page).get_by_role("link", name="sub_tag").click()
            await expect(page.get_by_role("region", name="Response", exact=True)).to_contain_text("500")
            await _fits(page, axe)


async def _fits(page: Page, axe: Check) -> None:
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    await axe(page)


async def test_a_new_account_is_told_what_to_do_first(open_page: Opener, suite: Suite) -> None:
    account = await suite.ask_as_operator("POST", "/v1/accounts", {"account": {"name": "Fresh", "plan": "PLAN_PRO"}})
    async with open_page.page(key=suite.operator) as page:
        await page.goto("/")
        await page.get_by_role("combobox", name="Account").click()
        await page.get_by_role("option", name=f"{account['account']['id']} Fresh").click()
        await page.get_by_role("link", name="Overview").click()
        await expect(page.get_by_text("Two steps to a first delivery")).to_be_visible()
        command = page.get_by_role("region", name="command")
        await expect(command).to_contain_text(f"curl -fsS {suite.url}/v1/events")
        await expect(command).to_contain_text(f'"account_id":"{account["account"]["id"]}"')
