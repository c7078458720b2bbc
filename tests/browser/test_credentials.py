"""How a target authenticates, set and changed in its form; tokens come from a token server of the test's own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import trustme
from playwright.async_api import Locator, Page, expect

from tests.browser.pages import PHONE, Opener, answered
from tests.browser.suite import Suite
from tests.contract.dispatcher.token_server import TokenServer, token_server

Axe = Callable[[Page], Awaitable[None]]

SECRET = "of-the-client-alone"


async def opened(page: Page) -> Locator:
    """The part of the form, opened by the keyboard."""
    part = page.get_by_role("region", name="Authentication and certificates")
    button = part.get_by_role("button", name="Authentication and certificates")
    await expect(button).to_have_attribute("aria-expanded", "false")
    await button.press("Enter")
    await expect(button).to_have_attribute("aria-expanded", "true")
    return part


async def choose(page: Page, part: Locator, method: str) -> None:
    await part.get_by_role("combobox", name="Authentication", exact=True).click()
    await page.get_by_role("option", name=method, exact=True).click()


async def test_a_webhook_gets_tokens_and_keeps_its_secret(console: Page, suite: Suite, axe: Axe) -> None:
    async with token_server() as tokens:
        await _make(console, suite, axe, tokens)
        await _send_a_test(console, suite)
        assert suite.receiver.received[-1].headers["authorization"] == "Bearer token-1"
        head, form = tokens.asked[-1]
        assert form["scope"] == ["hooks read"]

        part = await opened(console)
        secret = part.get_by_label("Client secret", exact=True)
        await expect(secret).to_have_value("")
        await expect(secret).to_have_attribute("placeholder", "kept; type to replace")
        assert SECRET not in await console.content()
        await part.get_by_label("Scopes").fill("hooks")
        async with answered(console, "PATCH"):
            await console.get_by_role("button", name="Save", exact=True).click()
        await _send_a_test(console, suite)
        assert suite.receiver.received[-1].headers["authorization"] == "Bearer token-2"
        again, form = tokens.asked[-1]
        assert form["scope"] == ["hooks"]
        assert _shown(again) == _shown(head)  # the secret is the one that was given once

        await choose(console, part, "None")
        async with answered(console, "PATCH"):
            await console.get_by_role("button", name="Save", exact=True).click()
        await _send_a_test(console, suite)
        assert "authorization" not in suite.receiver.received[-1].headers


async def test_certificates_come_from_files_and_go_again(
    open_page: Opener, suite: Suite, axe: Axe, tmp_path: Path
) -> None:
    identity = trustme.CA().issue_cert("client.example")
    certificate, key = tmp_path / "client.pem", tmp_path / "client.key"
    identity.cert_chain_pems[0].write_to_path(certificate)
    identity.private_key_pem.write_to_path(key)
    made = await suite.ask("POST", "/v1/webhooks", {"webhook": {"name": "Mutual", "url": "http://127.0.0.1/"}})
    path = f"/webhooks/{made['webhook']['id']}"
    async with open_page.page(PHONE, suite.key, "dark") as page:
        await page.goto(path)
        part = await opened(page)
        await _choose_file(page, part, "Client certificate", certificate)
        alone = part.get_by_label("Private key", exact=True)
        await expect(part.get_by_text("certificate and private key come together")).to_be_visible()
        await expect(alone).to_have_attribute("aria-invalid", "true")
        await _choose_file(page, part, "Private key", key)
        await expect(part.get_by_text("is for an https URL only")).to_be_visible()
        await page.get_by_label("URL", exact=True).fill("https://127.0.0.1/")
        async with answered(page, "PATCH"):
            await page.get_by_role("button", name="Save", exact=True).click()
        panel = page.get_by_role("region", name="Client certificate")
        await expect(panel).to_contain_text("It expires")
        await expect(alone).to_have_value("")
        await expect(alone).to_have_attribute("placeholder", "kept; type to replace")
        await axe(page)

        button = part.get_by_role("button", name="Authentication and certificates")
        await button.click()
        await expect(part).to_contain_text("None · a client certificate")
        await page.get_by_label("URL", exact=True).fill("http://127.0.0.1/")
        await page.get_by_role("button", name="Save", exact=True).click()
        wrong = part.get_by_text("is for an https URL only")
        await expect(wrong).to_be_visible()
        await expect(button).to_have_attribute("aria-expanded", "true")
        await expect(wrong).to_be_focused()
        await page.get_by_label("URL", exact=True).fill("https://127.0.0.1/")

        await part.get_by_role("button", name="Remove the client certificate").click()
        async with answered(page, "PATCH"):
            await page.get_by_role("button", name="Save", exact=True).click()
        await expect(panel).to_have_count(0)
    assert "tls" not in (await suite.ask("GET", f"/v1{path}"))["webhook"]


async def _choose_file(page: Page, part: Locator, label: str, file: Path) -> None:
    async with page.expect_file_chooser() as chooser:
        await part.get_by_role("button", name=f"Choose a file: {label}").click()
    await (await chooser.value).set_files(file)
    await expect(part.get_by_label(label, exact=True)).to_have_value(file.read_text())


async def _make(page: Page, suite: Suite, axe: Axe, tokens: TokenServer) -> None:
    await page.goto("/webhooks/new")
    await page.get_by_label("Name", exact=True).fill("By OAuth 2")
    await page.get_by_label("URL", exact=True).fill(f"http://127.0.0.1:{suite.receiver.port}/authorized")
    part = await opened(page)
    await choose(page, part, "OAuth 2 client credentials")
    await axe(page)
    await page.get_by_role("button", name="Make the webhook").click()
    url = part.get_by_label("Token URL")
    await expect(url).to_be_focused()
    await expect(part.get_by_text("Enter the secret of this client")).to_be_visible()
    await url.fill(tokens.url)
    await part.get_by_label("Client ID").fill("hookline")
    await part.get_by_label("Client secret", exact=True).fill(SECRET)
    await part.get_by_label("Scopes").fill('hooks re"ad')
    await expect(part.get_by_text("no blanks, quotes and backslashes")).to_be_visible()
    await part.get_by_label("Scopes").fill("hooks read")
    await page.get_by_role("button", name="Make the webhook").click()
    await expect(page.get_by_role("dialog", name="The webhook is made")).to_be_visible()
    await page.keyboard.press("Escape")


async def _send_a_test(page: Page, suite: Suite) -> None:
    before = len(suite.receiver.received)
    await page.get_by_role("button", name="Send a test").click()
    await suite.receiver.until(before + 1)


def _shown(head: str) -> list[str]:
    return [line for line in head.split("\r\n") if line.startswith("authorization: ")]
