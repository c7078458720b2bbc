"""Keys, accounts and switches, subscriptions and webhooks, as a person manages them."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.suite import Key, Suite

Axe = Callable[[Page], Awaitable[None]]


def dialog(page: Page, title: str) -> Locator:
    """The dialog of a title."""
    return page.get_by_role("dialog", name=title)


async def secret(page: Page, title: str, label: str) -> str:
    """The secret that a dialog shows this once; the dialog is closed."""
    shown = dialog(page, title)
    found = (await shown.get_by_role("region", name=label, exact=True).inner_text()).strip()
    await shown.locator(".mantine-Modal-close").click()
    await expect(shown).to_have_count(0)
    return found


async def answers(suite: Suite, key: Key) -> int:
    """The status that a request with this key is answered with."""
    async with httpx.AsyncClient(base_url=suite.url, headers=key.headers, trust_env=False) as client:
        return (await client.get("/v1/subscriptions")).status_code


async def test_a_key_is_made_shown_once_and_revoked(console: Page, suite: Suite, axe: Axe) -> None:
    await console.goto("/keys")
    await console.get_by_role("button", name="New key").click()
    await console.get_by_role("button", name="Make the key").click()
    await expect(console.get_by_text("Give the key a name")).to_be_visible()
    await console.get_by_label("Name").fill("Warehouse import")
    await console.get_by_role("button", name="Make the key").click()
    shown = dialog(console, "Key Warehouse import")
    appid = (await shown.get_by_role("region", name="Application id (Api-Appid)").inner_text()).strip()
    await axe(console)
    key = Key(await secret(console, "Key Warehouse import", "Key (Api-Key)"), appid)
    assert await answers(suite, key) == 200
    await console.reload()
    card = console.get_by_role("article", name="Key Warehouse import")
    await expect(card).to_contain_text(appid)
    assert key.key not in await console.content()

    await card.get_by_role("button", name="Revoke").click()
    await dialog(console, "Revoke Warehouse import?").get_by_role("button", name="Revoke").click()
    await expect(card).to_contain_text("revoked")
    assert await answers(suite, key) == 401


async def test_an_operator_chooses_an_account_and_flips_a_switch(operator: Page, suite: Suite, axe: Axe) -> None:
    await operator.goto("/accounts")
    await operator.get_by_role("button", name="New account").click()
    await dialog(operator, "New account").get_by_label("Name").fill("Acme")
    await dialog(operator, "New account").get_by_role("button", name="Make the account").click()
    card = operator.get_by_role("article", name="Account Acme")
    await expect(card).to_contain_text("No feature is switched on.")
    await axe(operator)
    await card.get_by_role("button", name="Work in it").click()
    await operator.get_by_role("link", name="Administration").click()
    rules = operator.get_by_role("switch", name="Global Rules")
    await expect(rules).not_to_be_checked()
    await rules.click()
    await expect(rules).to_be_checked()
    await axe(operator)
    accounts = (await suite.ask_as_operator("GET", "/v1/accounts"))["accounts"]
    acme = next(each for each in accounts if each["name"] == "Acme")
    assert acme["features"]["global_rules"]
    assert not acme["features"]["form_rules"]


async def test_an_account_sees_its_switches_and_changes_none(console: Page) -> None:
    await console.goto("/administration")
    await expect(console.get_by_role("switch", name="Global Rules")).to_be_disabled()
    await console.goto("/accounts")
    await expect(console.get_by_text("Accounts are managed with an operator key")).to_be_visible()


async def test_a_subscription_is_made_and_sends(console: Page, suite: Suite, axe: Axe) -> None:
    await console.goto("/subscriptions/new")
    await console.get_by_role("textbox", name="URL").fill("not a url")
    await console.get_by_role("button", name="Make the subscription").click()
    await expect(console.get_by_role("textbox", name="URL")).to_have_attribute("aria-invalid", "true")
    await console.get_by_role("textbox", name="URL").fill(suite.receiver.url)
    await console.get_by_role("textbox", name="Tag").fill("77")
    await console.get_by_role("button", name="Make the subscription").click()
    assert (await secret(console, "The subscription is made", "Signing secret")).startswith("whsec_")
    await expect(console.get_by_role("region", name="Signing secret")).to_be_visible()
    await axe(console)
    id_ = console.url.rsplit("/", 1)[1]
    made = (await suite.ask("GET", f"/v1/subscriptions/{id_}"))["subscription"]
    assert made["event"] == "sub_tag(77)"
    assert made["url"] == suite.receiver.url
    await console.goto("/subscriptions")
    await expect(console.get_by_text("sub_tag(77)")).to_be_visible()
    await axe(console)


async def test_a_webhook_is_previewed_refused_and_made(console: Page, suite: Suite, axe: Axe) -> None:
    await console.goto("/webhooks/new")
    await console.get_by_label("Name").fill("Tell the warehouse")
    await console.get_by_role("textbox", name="URL").fill(suite.receiver.url)
    data = console.get_by_role("textbox", name="Data", exact=True)
    await data.fill("name=[First Nme]&email=[Email]")
    await console.get_by_role("button", name="Make the webhook").click()
    await expect(data).to_have_attribute("aria-invalid", "true")
    await expect(console.get_by_text("First Nme").last).to_be_visible()
    await axe(console)
    await data.fill("name=[First Name]&email=[Email]")
    await console.get_by_label("Data of a sample object, as JSON").fill(
        '{"firstname": "Mary Ann", "email": "m@x.test"}'
    )
    await console.get_by_role("button", name="Show the request").click()
    preview = console.get_by_role("region", name="Preview")
    await expect(preview).to_contain_text("name=Mary+Ann&email=m%40x.test")
    await axe(console)
    await console.get_by_role("button", name="Make the webhook").click()
    await secret(console, "The webhook is made", "Signing secret")
    await expect(console.get_by_role("heading", name="Tell the warehouse", level=1)).to_be_visible()


async def test_a_secret_is_rotated_and_shown_once(console: Page, suite: Suite, axe: Axe) -> None:
    made = await suite.ask("POST", "/v1/webhooks", {"webhook": {"name": "Rotated", "url": suite.receiver.url}})
    await console.goto(f"/webhooks/{made['webhook']['id']}")
    await console.get_by_role("button", name="Rotate").click()
    await dialog(console, "Rotate the signing secret?").get_by_role("button", name="Rotate").click()
    rotated = await secret(console, "The new signing secret", "Signing secret")
    assert rotated.startswith("whsec_")
    assert rotated != made["signing_secret"]
    await expect(console.get_by_text("The secret before this one signs as well")).to_be_visible()
    await axe(console)


@pytest.mark.parametrize(
    "path", ["/keys", "/administration", "/subscriptions", "/subscriptions/new", "/webhooks", "/webhooks/new"]
)
async def test_nothing_is_wider_than_a_phone(phone: Page, path: str, axe: Axe) -> None:
    await phone.goto(path)
    await expect(phone.get_by_role("heading", level=1)).to_be_visible()
    await phone.wait_for_load_state("networkidle")
    width: Any = await phone.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
    await axe(phone)
