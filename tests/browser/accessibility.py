"""What axe-core finds on a page."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

GRAVE = ("serious", "critical")
# What is in order need not be told in full: that is megabytes, and most of the time. Nothing is fetched a second time
# for rules about media and foreign style sheets, as the pages have neither.
_OPTIONS = {"resultTypes": ["violations"], "preload": False}
MOST = 5  # elements that are named for a violation: the others are alike


async def violations(page: Page) -> list[str]:
    """Serious and critical violations of the page as it is now, each with its elements and why."""
    found = (await Axe().run(page, options=_OPTIONS)).response["violations"]
    return [_in_words(each) for each in found if each["impact"] in GRAVE]


def _in_words(violation: dict[str, Any]) -> str:
    nodes = [f"  {node['html'][:200]}\n    {node['failureSummary']}" for node in violation["nodes"][:MOST]]
    return "\n".join([f"{violation['id']} ({violation['impact']}): {violation['help']}", *nodes])
