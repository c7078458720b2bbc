"""Pages of the console in a browser: signed in or not, and whatever goes wrong on them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal

from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    ViewportSize,
    WebError,
)

from tests.browser.suite import Key

DESKTOP: ViewportSize = {"width": 1280, "height": 800}
Scheme = Literal["light", "dark"]
PHONE: ViewportSize = {"width": 390, "height": 844}
# Longer than any page takes on a machine that is busy, and bounded.
PATIENCE_MS = 20_000


@dataclass
class Troubles:
    """What went wrong on the pages of a test. Where it is meant to, `forgive` says so."""

    found: list[str] = field(default_factory=list)
    forgiven: list[str] = field(default_factory=list)

    def forgive(self, part: str) -> None:
        """Takes troubles whose words hold this as meant, before and after."""
        self.forgiven.append(part)

    def left(self) -> list[str]:
        """What is not forgiven."""
        return [each for each in self.found if not any(part in each for part in self.forgiven)]

    def watch(self, context: BrowserContext) -> None:
        """Notes what goes wrong on any page of it."""
        context.on("console", self._console)
        context.on("weberror", self._uncaught)
        context.on("response", self._response)
        context.on("requestfailed", self._failed)

    def leave(self, context: BrowserContext) -> None:
        """Notes nothing more of it."""
        context.remove_listener("console", self._console)
        context.remove_listener("weberror", self._uncaught)
        context.remove_listener("response", self._response)
        context.remove_listener("requestfailed", self._failed)

    def _uncaught(self, error: WebError) -> None:
        self.found.append(f"uncaught: {error.error}")

    def _console(self, message: ConsoleMessage) -> None:
        # What the policy forbids is told here. So is every 4xx; which statuses are bad is for `_response` to say.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.found.append(f"console: {message.text}")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.found.append(f"{response.status}: {response.request.method} {response.url}")

    def _failed(self, request: Request) -> None:
        # A page that is left takes back what it asked for.
        if request.failure != "net::ERR_ABORTED":
            self.found.append(f"{request.failure}: {request.method} {request.url}")


@asynccontextmanager
async def answered(page: Page, method: str) -> AsyncIterator[None]:
    """Waits, after what was done within, until a request of this method was answered well.

    A button that saves is off while it saves, too: what it shows does not tell whether anything is saved.
    """
    async with page.expect_response(lambda response: response.request.method == method and response.ok):
        yield


async def until_still(page: Page) -> None:
    """Until nothing loads any more and the letters are there; a live page never ends its stream."""
    await page.get_by_role("heading", level=1).first.wait_for()
    await page.wait_for_function("() => !document.querySelector('[aria-busy=true], .mantine-Skeleton-root')")
    await page.evaluate("() => document.fonts.ready")
    await page.wait_for_timeout(500)


class Contexts:
    """Contexts of a browser, used one after the other: what one page has compiled, a fifth of its work, the next has.

    A context that is taken has no cookies, nothing stored and no page that anybody made.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._idle: dict[tuple[str, Scheme, bool], list[BrowserContext]] = {}

    @asynccontextmanager
    async def one(self, url: str, scheme: Scheme, touch: bool) -> AsyncIterator[BrowserContext]:
        """A context for pages of this gateway, until it is left."""
        idle = self._idle.setdefault((url, scheme, touch), [])
        context = idle.pop() if idle else await self._make(url, scheme, touch)
        keeper, *_ = context.pages
        try:
            yield context
        finally:
            for page in context.pages[1:]:
                await page.close()
            await context.clear_cookies()
            storage = await context.new_cdp_session(keeper)
            await storage.send("Storage.clearDataForOrigin", {"origin": url, "storageTypes": "all"})
            idle.append(context)

    async def _make(self, url: str, scheme: Scheme, touch: bool) -> BrowserContext:
        context = await self._browser.new_context(
            base_url=url, color_scheme=scheme, reduced_motion="reduce", locale="en-GB", has_touch=touch
        )
        context.set_default_timeout(PATIENCE_MS)
        await context.grant_permissions(["clipboard-read", "clipboard-write"])
        # Without a page of the gateway the process ends that has compiled what its pages run.
        await (await context.new_page()).goto("/healthz")
        return context


@dataclass
class Opener:
    """Opens pages of one gateway."""

    contexts: Contexts
    url: str
    troubles: Troubles

    @asynccontextmanager
    async def page(
        self,
        size: ViewportSize = DESKTOP,
        key: Key | None = None,
        scheme: Scheme = "light",
        *,
        touch: bool = False,
    ) -> AsyncIterator[Page]:
        """An empty page with cookies of its own, signed in where a key is given: `page.goto("/docs")`."""
        async with self.contexts.one(self.url, scheme, touch) as context:
            self.troubles.watch(context)
            try:
                if key is not None:
                    await self._sign_in(context, key)
                page = await context.new_page()
                await page.set_viewport_size(size)
                yield page
                await page.close()
            finally:
                self.troubles.leave(context)

    async def _sign_in(self, context: BrowserContext, key: Key) -> None:
        body = {"api_key": key.key, "api_appid": key.appid}
        headers = {"X-Hookline-Console": "1", "Origin": self.url, "Sec-Fetch-Site": "same-origin"}
        answer = await context.request.post("/session", data=body, headers=headers)
        assert answer.ok, await answer.text()
