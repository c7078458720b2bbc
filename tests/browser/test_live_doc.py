"""The Live Doc and the request bin, as an integrator meets them: from a key to a payload that verifies."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest
from playwright.async_api import Error, Locator, Page, Route, ViewportSize, expect

from tests.browser.pages import DESKTOP, PHONE, Opener
from tests.browser.suite import Suite

Check = Callable[[Page], Awaitable[None]]


async def open_doc(page: Page, suite: Suite, fragment: str = "") -> None:
    await page.goto(f"/docs{fragment}")
    await page.get_by_label("API key").fill(suite.key.key)
    await page.get_by_label("Application id").fill(suite.key.appid)


def operation(page: Page, name: str) -> Locator:
    return page.get_by_role("article", name=name, exact=True)


async def try_out(panel: Locator) -> Locator:
    await panel.get_by_role("button", name="Try it out!").click()
    return panel.get_by_role("region", name="Answer", exact=True)


async def body_of(answer: Locator) -> str:
    """The JSON that was answered: its status is shown before it has come."""
    body = answer.get_by_role("region", name="the body of the answer")
    await expect(body).to_have_text(re.compile(r"}\s*$"))
    return await body.inner_text()


async def test_answers_are_shown_by_an_example(page: Page, suite: Suite) -> None:
    for name, part in (("WebhookService_GetWebhook", '"detected_content_type"'), ("DeliveryService_Watch", "data: {")):
        await page.goto(f"/docs#{name}")
        await expect(page.get_by_role("region", name=f"the example of {name}")).to_contain_text(part)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["1280", "390"])
async def test_from_a_key_to_a_payload_in_a_bin(
    open_page: Opener, suite: Suite, axe: Check, size: ViewportSize
) -> None:
    async with open_page.page(size) as page:
        await open_doc(page, suite)
        await page.get_by_role("button", name="Create a subscription to a request bin").click()
        made = page.get_by_role("status").filter(has_text="sends sub_tag to the bin")
        await expect(made).to_be_visible()

        await page.get_by_role("button", name="GET /1/Webhooks Lists subscriptions").click()
        listed = operation(page, "Ontraport_Webhooks")
        answer = await try_out(listed)
        await expect(answer).to_contain_text("200 OK")
        records = json.loads(await body_of(answer))["data"]
        assert records == (await suite.http.get("/1/Webhooks")).json()["data"]
        assert records[-1]["event"] == "sub_tag"
        sent = await listed.get_by_role("region", name="the command").inner_text()
        assert f"curl '{suite.url}/1/Webhooks'" in sent
        assert suite.key.key not in await page.locator("body").inner_text()

        await made.get_by_role("link", name="Publish an event").click()
        publish = operation(page, "EventService_PublishStream")
        event = {"type": "sub_tag", "params": {"tag_id": "4"}, "object_id": "8", "data": {"firstname": "<b>Zoë</b>"}}
        await publish.get_by_label("Body", exact=True).fill(json.dumps(event))
        answer = await try_out(publish)
        await expect(answer).to_contain_text("200 OK")
        assert json.loads(await body_of(answer))["ack"]["deliveries"] >= 1

        await expect(made).to_contain_text("signature verified")
        await axe(page)
        await made.get_by_role("link", name="Open the bin").click()
        received = page.get_by_role("article", name="Request 1", exact=True)
        await expect(received).to_contain_text("signature verified")
        await expect(received.get_by_role("row", name="data[firstname]")).to_contain_text("<b>Zoë</b>")
        await received.get_by_role("tab", name="Headers").click()
        await expect(received.get_by_role("row", name="webhook-signature")).to_contain_text("v1,")
        wide = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not await page.evaluate(wide)
        await axe(page)
        await suite.ask("DELETE", f"/v1/subscriptions/{records[-1]['id']}")


async def test_keys_are_kept_nowhere(page: Page, suite: Suite) -> None:
    await open_doc(page, suite)
    kept = await page.evaluate("() => JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
    assert suite.key.key not in kept + page.url
    await page.reload()
    await expect(page.get_by_label("API key")).to_have_value("")


async def test_a_session_plays_no_part(console: Page) -> None:
    await console.goto("/docs#SubscriptionService_ListSubscriptions")
    answer = await try_out(operation(console, "SubscriptionService_ListSubscriptions"))
    await expect(answer).to_contain_text("401")


async def test_what_the_path_needs_is_asked_for_and_a_refusal_shown(page: Page, suite: Suite) -> None:
    await open_doc(page, suite, "#SubscriptionService_GetSubscription")
    panel = operation(page, "SubscriptionService_GetSubscription")
    await panel.get_by_role("textbox", name="id", exact=True).fill("")
    await panel.get_by_role("button", name="Try it out!").click()
    await expect(panel.get_by_text("Fill this in")).to_be_visible()
    await panel.get_by_role("textbox", name="id", exact=True).fill("404/404")
    answer = await try_out(panel)
    await expect(answer).to_contain_text("400")
    await expect(panel.get_by_role("region", name="the command")).to_contain_text("/v1/subscriptions/404%2F404'")


async def test_a_form_is_sent_as_a_form(page: Page, suite: Suite) -> None:
    await open_doc(page, suite, "#Ontraport_Webhook_subscribe")
    panel = operation(page, "Ontraport_Webhook_subscribe")
    form = panel.get_by_role("textbox", name="url", exact=True).last
    await form.fill("https://receiver.example/a?b=c&d=ü")
    answer = await try_out(panel)
    await expect(answer).to_contain_text("200 OK")
    made = json.loads(await body_of(answer))["data"]
    assert (made["url"], made["event"]) == ("https://receiver.example/a?b=c&d=ü", "sub_tag(4)")
    await expect(panel.get_by_role("region", name="the command")).to_contain_text("x-www-form-urlencoded")
    await suite.ask("DELETE", f"/v1/subscriptions/{made['id']}")


async def test_lines_are_acked_and_a_stream_is_stopped(page: Page, suite: Suite) -> None:
    await open_doc(page, suite, "#EventService_PublishStream")
    panel = operation(page, "EventService_PublishStream")
    await panel.get_by_text("JSON lines", exact=True).click()
    answer = await try_out(panel)
    await expect(answer).to_contain_text('{"line":2,"ack":')

    await page.get_by_role("searchbox", name="Search the operations").fill("deliveries:watch")
    await page.get_by_role("button", name="GET /v1/deliveries:watch").click()
    watch = operation(page, "DeliveryService_Watch")
    answer = await try_out(watch)
    await expect(answer).to_contain_text("resume_token")
    await watch.get_by_role("button", name="Stop").click()
    await expect(answer).to_contain_text("stopped")
    await expect(watch.get_by_role("button", name="Stop")).to_have_count(0)


async def test_a_bin_judges_by_its_secret_answers_as_told_and_is_cleared(console: Page, suite: Suite) -> None:
    made = (await suite.http.post("/bin")).json()
    await console.goto(f"/bin/{made['id']}")
    await expect(console.get_by_text("Nothing has come yet.")).to_be_visible()
    await suite.http.post(
        made["url"], content=b'{"n":12345678901234567890}', headers={"Content-Type": "application/json"}
    )
    request = console.get_by_role("article", name="Request 1", exact=True)
    await expect(request).to_contain_text("not signed")
    await expect(request).to_contain_text("12345678901234567890")

    secret = console.get_by_label("Signing secret", exact=True)
    await secret.fill("no secret")
    form = console.locator("form").filter(has=secret)
    await form.get_by_role("button", name="Set").click()
    await expect(form).to_contain_text("whsec_")
    await console.get_by_label("Answers with").fill("503")
    await console.locator("form").filter(has_text="Answers with").get_by_role("button", name="Set").click()
    await expect(console.get_by_text("The bin answers 503 now")).to_be_visible()
    assert (await suite.http.post(made["url"])).status_code == 503

    await expect(console.get_by_text("2 requests")).to_be_visible()
    await console.get_by_role("button", name="Clear").click()
    await console.get_by_role("dialog").get_by_role("button", name="Clear").click()
    await expect(console.get_by_text("Nothing has come yet.")).to_be_visible()


async def test_a_bin_misses_nothing_that_comes_while_it_is_asked(console: Page, suite: Suite) -> None:
    made = (await suite.http.post("/bin")).json()
    first, second = (console.get_by_role("article", name=f"Request {number}", exact=True) for number in (1, 2))

    async def begins_late(route: Route) -> None:
        await suite.http.post(made["url"], content=b"a=1")
        await route.continue_()

    await console.route("**/requests:watch*", begins_late, times=1)
    await console.goto(f"/bin/{made['id']}")
    await expect(first).to_be_visible()
    answered = asyncio.Event()

    async def comes_late(route: Route) -> None:
        """An answer that knows nothing of what came since."""
        answer = await route.fetch()
        await suite.http.post(made["url"], content=b"a=2")
        await expect(second).to_be_visible()
        with suppress(Error):  # nobody waits for it any more
            await route.fulfill(response=answer)
        answered.set()

    await console.route("**/requests?*", comes_late, times=1)
    await console.get_by_label("Answers with").fill("201")
    await console.locator("form").filter(has_text="Answers with").get_by_role("button", name="Set").click()
    await expect(console.get_by_text("The bin answers 201 now")).to_be_visible()
    await answered.wait()
    await expect(console.get_by_text("2 requests")).to_be_visible()
    await expect(second).to_be_visible()


async def test_a_bin_that_is_not_there_says_so(page: Page) -> None:
    await page.goto("/bin/nowhere")
    await expect(page.get_by_role("alert")).to_contain_text("there is no such bin")
