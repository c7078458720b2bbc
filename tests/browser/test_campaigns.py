"""Campaigns, as a person builds, publishes and watches them."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any, Literal

from playwright.async_api import Locator, Page, expect

from tests.browser.pages import PHONE, Opener, answered
from tests.browser.suite import Suite
from tests.browser.touch import finger, middle


async def test_a_campaign_is_built_by_drag_and_drop_published_and_watched(console: Page, suite: Suite) -> None:
    await console.goto("/campaigns")
    await console.get_by_role("button", name="New campaign").first.click()
    await expect(console.get_by_role("heading", name="New campaign", level=1)).to_be_visible()
    await console.get_by_label("Name", exact=True).fill("Welcome them")

    await remove(console, "webhook")
    await expect(ways(console)).to_have_count(1)
    await drag(console, "Advanced", "Add Webhook", way(console, "start:next"))
    await expect(ways(console)).to_have_count(2)
    await console.get_by_role("button", name="Create a webhook").click()
    form = console.get_by_role("form", name="New webhook")
    await form.get_by_label("Name").fill("Welcome letter")
    await form.get_by_label("URL").fill(f"http://127.0.0.1:{suite.receiver.port}/welcome")
    await form.get_by_label("Data").fill("email=[Email]")
    await form.get_by_role("button", name="Create and use it").click()
    await close_dialog(console, "The webhook is made")
    await expect(element(console, "webhook")).to_contain_text("Welcome letter")

    await console.get_by_role("button", name="Publish").click()
    problems = console.get_by_role("alert").filter(has_text="left to do")
    await expect(problems).to_contain_text("Tag of the trigger is required")
    await problems.get_by_role("button", name="Start").click()
    await console.get_by_label("Tag (number)").fill("41")

    await console.get_by_role("button", name="Publish").click()
    dialog = console.get_by_role("dialog")
    await expect(dialog).to_contain_text("contacts come in from now on")
    await dialog.get_by_role("button", name="Publish").click()
    await expect(console.get_by_text("Version 1, published")).to_be_visible()

    sent = element(console, "webhook").get_by_role("button", name=re.compile(r"^\d+ sent"))
    revision = await newest_revision(suite)
    for count in (1, 2, 3):
        data = {"email": f"mary{count}@example.com"}
        await suite.publish("sub_tag", revision, params={"tag_id": "41"}, object_id=f"mary-{count}", data=data)
        await expect(sent).to_contain_text(f"{count} sent")
    assert sum(request.path == "/welcome" for request in suite.receiver.received) == 3

    await sent.click()
    contacts = console.get_by_role("dialog", name="Webhook: sent")
    await expect(contacts.get_by_role("row")).to_have_count(1 + 3)
    link = contacts.get_by_role("row", name="mary-2").get_by_role("link", name="Show")
    await expect(link).to_have_attribute("href", re.compile(r"object=mary-2&fired=campaign%2F\d+%2Fwebhook"))


async def test_what_is_left_to_do_is_marked_while_the_map_is_made(
    console: Page, axe: Callable[[Page], Awaitable[None]]
) -> None:
    await console.goto("/campaigns")
    await console.get_by_role("button", name="New campaign").first.click()
    flags = console.get_by_label("Has a problem")
    await expect(flags).to_have_count(2)
    await expect(console.get_by_role("alert")).to_have_count(0)
    await element(console, "start").click()
    await expect(console.get_by_text("Tag of the trigger is required")).to_be_visible()
    await axe(console)
    await console.get_by_label("Tag (number)").fill("4")
    await expect(flags).to_have_count(1)
    await expect(console.get_by_text("Tag of the trigger is required")).to_have_count(0)

    await console.get_by_role("button", name="Validate").click()
    problems = console.get_by_role("alert").filter(has_text="One thing is left to do")
    await problems.get_by_role("button", name="Webhook").click()
    chosen = console.get_by_role("combobox", name="Webhook")
    await expect(console.get_by_role("complementary").get_by_text("Choose a webhook", exact=True)).to_be_visible()
    await remove(console, "webhook")
    await expect(chosen).to_have_count(0)
    await expect(problems).to_have_count(0)
    await expect(flags).to_have_count(0)


async def test_what_is_changed_can_be_undone_and_is_not_lost(console: Page, suite: Suite) -> None:
    campaign = await made(suite, "Kept")
    await console.goto(f"/campaigns/{campaign['id']}")
    await drag(console, "Advanced", "Add Condition", way(console, "in:next"))
    await expect(element(console, "condition")).to_contain_text("Choose conditions")
    await expect(ways(console)).to_have_count(3)
    await console.get_by_role("button", name=re.compile("^Undo")).click()
    await expect(element(console, "condition")).to_have_count(0)
    await console.keyboard.press("Control+Shift+Z")
    await expect(element(console, "condition")).to_be_visible()

    await console.get_by_role("link", name="Overview").click()
    await console.get_by_role("dialog").get_by_role("button", name="Stay").click()
    await expect(element(console, "condition")).to_be_visible()

    # Somebody else saves meanwhile.
    await suite.ask("PATCH", f"/v1/campaigns/{campaign['id']}", {"campaign": {"id": campaign["id"], "name": "Theirs"}})
    await console.get_by_role("button", name="Save draft").click()
    await expect(console.get_by_role("alert")).to_contain_text("Somebody else changed this campaign")
    async with answered(console, "PATCH"):
        await console.get_by_role("button", name="Save mine over theirs").click()
    await expect(console.get_by_role("button", name="Save draft")).to_be_disabled()
    kept = (await suite.ask("GET", f"/v1/campaigns/{campaign['id']}"))["campaign"]
    assert (kept["name"], [each["id"] for each in kept["elements"]]) == ("Kept", ["in", "condition", "hook", "out"])
    assert all("position" in each for each in kept["elements"])


async def test_a_map_is_worked_on_without_its_picture(console: Page, suite: Suite) -> None:
    campaign = await made(suite, "In words")
    await console.goto(f"/campaigns/{campaign['id']}")
    await console.locator("label", has_text="List").click()
    lines = console.get_by_role("list", name="Elements of the map").get_by_role("listitem")
    await expect(lines).to_have_count(3)
    await lines.filter(has_text="Start").get_by_role("button").first.press("Enter")
    await console.get_by_role("tab", name="Actions").click()
    await console.get_by_role("button", name="Add Wait").press("Enter")
    await expect(lines.nth(1)).to_contain_text("For 1 day")
    await console.get_by_label("How long").fill("3")
    await expect(lines.nth(1)).to_contain_text("For 3 days")
    await console.get_by_role("button", name="Delete").click()
    await expect(lines).to_have_count(3)
    await expect(lines.nth(0)).to_contain_text("→ Webhook")


async def test_a_campaign_is_paused_copied_and_deleted_in_the_list(console: Page, suite: Suite) -> None:
    campaign = await made(suite, "Held back")
    await suite.ask("POST", f"/v1/campaigns/{campaign['id']}:publish", {})
    await console.goto("/campaigns")
    row = console.get_by_role("row", name=re.compile("^Held back"))
    await act(console, row, "Pause")
    await expect(row).to_contain_text("paused")
    await act(console, row, "Resume")
    await expect(row).to_contain_text("live")
    await act(console, row, "Duplicate")
    await expect(console.get_by_role("heading", name="Held back (copy)")).to_be_visible()
    await console.goto("/campaigns")
    await act(console, console.get_by_role("row", name=re.compile(r"^Held back \(copy\)")), "Delete")
    await console.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(console.get_by_role("row", name=re.compile(r"^Held back \(copy\)"))).to_have_count(0)


async def test_the_pages_are_accessible(
    open_page: Opener, suite: Suite, axe: Callable[[Page], Awaitable[None]]
) -> None:
    campaign = await made(suite, "For everybody")
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        async with open_page.page(key=suite.key, scheme=scheme) as page:
            await page.goto("/campaigns")
            await expect(page.get_by_role("link", name="For everybody").first).to_be_visible()
            await axe(page)
            await page.goto(f"/campaigns/{campaign['id']}")
            await expect(element(page, "hook")).to_be_visible()
            await axe(page)
            await element(page, "in").click()
            await expect(page.get_by_label("Tag (number)")).to_be_visible()
            await axe(page)


async def test_a_phone_shows_and_edits_a_map(phone: Page, suite: Suite, axe: Callable[[Page], Awaitable[None]]) -> None:
    campaign = await made(suite, "On the way")
    await phone.goto("/campaigns")
    await expect(phone.get_by_role("link", name="On the way")).to_be_visible()
    assert await fits(phone)
    await phone.goto(f"/campaigns/{campaign['id']}")
    await element(phone, "hook").click()
    drawer = phone.get_by_role("dialog", name="Set up")
    await drawer.get_by_label("Name", exact=True).fill("Hello")
    await drawer.get_by_role("button", name="Close").click()
    await expect(element(phone, "hook")).to_contain_text("Hello")
    await expect(drawer).to_have_count(0)
    assert await fits(phone)
    await axe(phone)


async def test_a_finger_drags_elements_into_the_map(open_page: Opener, suite: Suite) -> None:
    campaign = await made(suite, "By hand")
    async with open_page.page(PHONE, suite.key, touch=True) as page, finger(page) as hand:
        await page.goto(f"/campaigns/{campaign['id']}")
        await page.get_by_role("tab", name="Advanced").tap()
        offer = page.get_by_role("button", name="Add Condition", exact=True)
        dragged = page.locator(".offer-dragged")
        await hand.press(await middle(offer))
        await hand.move(await middle(element(page, "in")))
        await expect(dragged).to_be_visible()
        await expect(element(page, "in")).to_have_attribute("data-over", "true")
        await page.keyboard.press("Escape")
        await expect(dragged).to_have_count(0)
        await hand.lift()
        await expect(element(page, "condition")).to_have_count(0)

        await hand.press(await middle(offer))
        await hand.move(await middle(way(page, "in:next")))
        await expect(dragged).to_be_visible()
        await hand.lift()
        await expect(element(page, "condition")).to_be_visible()
        await expect(dragged).to_have_count(0)
        await expect(ways(page)).to_have_count(3)

        x, y = await middle(element(page, "condition"))
        await hand.press((x, y))
        for step in range(1, 5):
            await hand.move((x + 10 * step, y))
        await hand.lift()
        await expect(page.get_by_text("not saved")).to_be_visible()
        await expect(page.get_by_role("dialog")).to_have_count(0)

        # The browser is left no fling to end, which would swallow the tap.
        await page.get_by_role("button", name="Add Split", exact=True).tap()
        await expect(element(page, "split")).to_be_visible()


async def made(suite: Suite, name: str) -> dict[str, Any]:
    """A draft that sends the data of contacts who get tag 42."""
    url = f"http://127.0.0.1:{suite.receiver.port}/made"
    webhook = (await suite.ask("POST", "/v1/webhooks", {"webhook": {"name": "Made", "url": url}}))["webhook"]
    elements = [
        {"id": "in", "entry": {"triggers": [{"event": "sub_tag", "params": {"tag_id": "42"}}]}, "next": "hook"},
        {"id": "hook", "webhook": {"webhook_id": webhook["id"]}, "next": "out"},
        {"id": "out", "end": {}},
    ]
    answer = await suite.ask("POST", "/v1/campaigns", {"campaign": {"name": name, "elements": elements}})
    campaign: dict[str, Any] = answer["campaign"]
    return campaign


async def newest_revision(suite: Suite) -> str:
    """The revision of a write that comes after all that the page wrote."""
    kind = {"name": "Nothing"}
    revision: str = (await suite.ask("POST", "/v1/objectTypes", {"object_type": kind}))["config_revision"]
    return revision


def element(page: Page, id_: str) -> Locator:
    return page.locator(f'.element[data-element="{id_}"]')


def ways(page: Page) -> Locator:
    return page.locator(".react-flow__edge")


def way(page: Page, id_: str) -> Locator:
    """The button in the middle of a way: what is dropped there goes into the way."""
    return page.locator(f'[data-way="{id_}"]')


async def drag(page: Page, tab: str, offer: str, spot: Locator) -> None:
    await page.get_by_role("tab", name=tab).click()
    await page.get_by_role("button", name=offer, exact=True).drag_to(spot)


async def remove(page: Page, id_: str) -> None:
    await element(page, id_).click()
    await page.get_by_role("complementary", name="Set up").get_by_role("button", name="Delete").click()
    await expect(element(page, id_)).to_have_count(0)


async def close_dialog(page: Page, title: str) -> None:
    dialog = page.get_by_role("dialog", name=title)
    await expect(dialog).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)


async def act(page: Page, row: Locator, word: str) -> None:
    await row.get_by_role("button", name="What can be done").click()
    await page.get_by_role("menuitem", name=word, exact=True).click()


async def fits(page: Page) -> bool:
    """Whether nothing is wider than the screen."""
    fitting: bool = await page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    return fitting
