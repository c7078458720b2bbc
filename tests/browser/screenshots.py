"""Takes the pictures of the pages in docs/screenshots anew: `make screenshots`, or with ARGS the names of some.

A page is one line in `PICTURES`; what it shows is put there by `demo_data`.
"""

from __future__ import annotations

import asyncio
import io
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.async_api import Page

from tests.browser.chromium import chromium, find
from tests.browser.demo_data import Demo, fill
from tests.browser.pages import DESKTOP, PHONE, Contexts, Opener, Troubles, until_still
from tests.browser.suite import Suite, suite

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
MOST_BYTES = 150_000


@dataclass(frozen=True, slots=True)
class Picture:
    """A page in the docs. ``path`` may name what the demo data made: `/campaigns/{campaign}`.

    ``signed_in`` is "account", "operator" or "nobody"; ``first`` does something on the page before it is taken.
    """

    name: str
    path: str
    phone: bool = False
    signed_in: str = "account"
    first: Callable[[Page, Demo], Awaitable[None]] | None = None


async def _open_an_operation(page: Page, demo: Demo) -> None:
    await page.get_by_role("button", name="GET /1/Webhooks Lists subscriptions").click()


async def _open_an_entry(page: Page, demo: Demo) -> None:
    await page.get_by_role("button", name="Publish campaign").first.click()


PICTURES = [
    Picture("sign-in", "/sign-in", signed_in="nobody"),
    Picture("live-doc", "/docs", signed_in="nobody", first=_open_an_operation),
    Picture("live-doc-phone", "/docs", phone=True, signed_in="nobody"),
    Picture("bin", "/bin/{bin}", signed_in="nobody"),
    Picture("bin-phone", "/bin/{bin}", phone=True, signed_in="nobody"),
    Picture("overview", "/"),
    Picture("overview-phone", "/", phone=True),
    Picture("deliveries", "/deliveries"),
    Picture("deliveries-phone", "/deliveries", phone=True),
    Picture("subscriptions", "/subscriptions"),
    Picture("subscription", "/subscriptions/{subscription}"),
    Picture("webhooks", "/webhooks"),
    Picture("webhook", "/webhooks/{webhook}"),
    Picture("campaigns", "/campaigns"),
    Picture("campaign", "/campaigns/{campaign}"),
    Picture("campaign-phone", "/campaigns/{campaign}", phone=True),
    Picture("rules", "/rules"),
    Picture("rule", "/rules/{rule}"),
    Picture("forms", "/forms"),
    Picture("form", "/forms/{form}"),
    Picture("object-type", "/object-types/149"),
    Picture("plugins", "/plugins"),
    Picture("keys", "/keys"),
    Picture("administration", "/administration"),
    Picture("audit", "/audit", first=_open_an_entry),
    Picture("accounts", "/accounts", signed_in="operator"),
]


async def take(names: list[str]) -> None:
    """Takes the pictures of these names; all, where none is given."""
    program = find()
    if program is None:
        raise SystemExit("pictures need a browser: apt-get install chromium, or name one in HOOKLINE_CHROMIUM")
    FOLDER.mkdir(exist_ok=True)
    troubles = Troubles()
    with tempfile.TemporaryDirectory() as folder:
        async with suite(Path(folder)) as running, chromium(program) as browser:
            demo = await fill(running)
            opener = Opener(Contexts(browser), running.url, troubles)
            for picture in PICTURES:
                if not names or picture.name in names:
                    await _take(picture, opener, running, demo)
    if troubles.left():
        raise SystemExit("\n".join(troubles.left()))


async def _take(picture: Picture, opener: Opener, running: Suite, demo: Demo) -> None:
    key = {"account": running.key, "operator": running.operator, "nobody": None}[picture.signed_in]
    async with opener.page(PHONE if picture.phone else DESKTOP, key) as page:
        await page.goto(picture.path.format_map(demo.ids))
        if picture.first:
            await picture.first(page, demo)
        await until_still(page)
        file = FOLDER / f"{picture.name}.png"
        _save(await page.screenshot(animations="disabled"), file)
    size = file.stat().st_size
    if size > MOST_BYTES:
        raise SystemExit(f"{file.name} has {size} bytes, and a picture in the docs at most {MOST_BYTES}")
    print(f"{file.name}: {size // 1000} KB")


def _save(png: bytes, file: Path) -> None:
    """Writes a picture with 256 colours, which pages have hardly more of, in a third of the bytes."""
    with Image.open(io.BytesIO(png)) as picture:
        picture.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(file, optimize=True)


if __name__ == "__main__":
    asyncio.run(take(sys.argv[1:]))
