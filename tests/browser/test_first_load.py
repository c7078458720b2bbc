"""How much a browser that knows nothing of the console fetches before its first page is whole."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.browser.pages import until_still
from tests.browser.suite import Suite

MOST_BYTES = 400_000
_FETCHED = """() => performance.getEntries()
    .filter((each) => ["navigation", "resource"].includes(each.entryType))
    .reduce((sum, each) => sum + (each.encodedBodySize ?? 0), 0)"""


async def test_the_overview_with_its_charts_is_little(console: Page, suite: Suite) -> None:
    wanted = {"event": "sub_tag(8)", "url": suite.receiver.url}
    made = await suite.ask("POST", "/v1/subscriptions", {"subscription": wanted})
    await suite.publish("sub_tag", made["config_revision"], params={"tag_id": "8"}, object_id="1")
    await console.goto("/")
    await expect(console.get_by_role("figure")).to_have_count(3)
    await until_still(console)
    fetched = await console.evaluate(_FETCHED)
    assert MOST_BYTES // 4 < fetched < MOST_BYTES
