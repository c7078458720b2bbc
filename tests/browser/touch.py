"""A finger on the screen of a page: what it does is told to the browser as a touch screen tells it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import CDPSession, Locator, Page

Point = tuple[float, float]


class Finger:
    """One finger; the page has to have been opened with ``touch``."""

    def __init__(self, session: CDPSession) -> None:
        self._session = session

    async def press(self, at: Point) -> None:
        """Touches the screen."""
        await self._tell("touchStart", at)

    async def move(self, to: Point) -> None:
        """Moves on the screen, seen once on the way."""
        await self._tell("touchMove", to)

    async def lift(self) -> None:
        """Leaves the screen."""
        await self._tell("touchEnd")

    async def _tell(self, what: str, *points: Point) -> None:
        told = [{"x": x, "y": y} for x, y in points]
        await self._session.send("Input.dispatchTouchEvent", {"type": what, "touchPoints": told})


@asynccontextmanager
async def finger(page: Page) -> AsyncIterator[Finger]:
    """A finger on a page."""
    session = await page.context.new_cdp_session(page)
    try:
        yield Finger(session)
    finally:
        await session.detach()


async def middle(of: Locator) -> Point:
    """Where something is on the screen."""
    box = await of.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
