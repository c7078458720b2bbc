"""The browser of the machine."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, async_playwright

VARIABLE = "HOOKLINE_CHROMIUM"
# The first is the same browser without its windows, for about half of the work.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
# A browser that no person uses has no business on the network beside the pages, and a container has no user namespaces.
_FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"),
    # Pages of one context share a process, and what it has compiled.
    "--process-per-site",
    # A page lives for seconds: it never earns back what the compiler of hot code costs, a sixth of all that is done.
    "--js-flags=--no-turbofan",
)


def find() -> str | None:
    """The program: what the environment names, or the first usual name on the path; None without any."""
    return os.environ.get(VARIABLE) or next(filter(None, map(shutil.which, NAMES)), None)


@asynccontextmanager
async def chromium(program: str) -> AsyncIterator[Browser]:
    """The browser, without windows."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=list(_FLAGS))
        try:
            yield browser
        finally:
            await browser.close()
