"""The ground for tests of the pages in a browser.

Every test here runs in one event loop, that of the session: what a test awaits, pages and receiver alike, lives there.
A fixture of your own that is asynchronous is declared with `@pytest_asyncio.fixture(loop_scope="session")`.

==============  ==================================================================================================
``services``    every service as a process, for the files of this folder that run one after the other
``suite``       these, an account for this file with its key, an operator's key, a receiver (see `suite.Suite`)
``browser``     the machine's Chromium; the test is skipped with a message where there is none
``contexts``    of this browser, for one page after the other (see `pages.Contexts`)
``page``        an empty page of 1280 x 800, not signed in: `await page.goto("/docs")`
``console``     the same, signed in with the account's key
``operator``    the same, signed in with the operator's key
``phone``       signed in with the account's key, 390 x 844
``open_page``   for others: `async with open_page.page(PHONE, suite.key, "dark") as page:` (see `pages.Opener`)
``axe``         `await axe(page)` fails on serious and critical violations of accessibility
``troubles``    what went wrong on any page: an error in the console or uncaught, a violation of the
                Content-Security-Policy, an answer of 500 and above, a request that failed. Each fails the test,
                after it, unless it said `troubles.forgive("503")` (see `pages.Troubles`)
==============  ==================================================================================================
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.browser.accessibility import violations
from tests.browser.chromium import NAMES, VARIABLE, chromium, find
from tests.browser.pages import PATIENCE_MS, PHONE, Contexts, Opener, Troubles
from tests.browser.suite import Suite, tenant
from tests.e2e.test_cli import Up, started

expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Runs the tests of this folder in the loop in which the services' clients and the browser live."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture(scope="session")
def program() -> str:
    found = find()
    if found is None:
        pytest.skip(f"no browser: none of {', '.join(NAMES)} is on the path, and {VARIABLE} names none")
    return found


# This folder has both to itself: beside all other tests they would take time that others need.
@pytest.fixture(scope="package")
def services(program: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    with started(tmp_path_factory.mktemp("browser") / "data") as up:
        yield up


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def suite(services: Up) -> AsyncIterator[Suite]:
    async with tenant(services) as made:
        yield made


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def browser(program: str) -> AsyncIterator[Browser]:
    async with chromium(program) as made:
        yield made


@pytest.fixture
def troubles() -> Troubles:
    return Troubles()


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def contexts(browser: Browser) -> Contexts:
    return Contexts(browser)


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(suite: Suite, contexts: Contexts, troubles: Troubles) -> AsyncIterator[Opener]:
    suite.receiver.answer = lambda _: (200, "")
    yield Opener(contexts, suite.url, troubles)
    assert troubles.left() == []


@pytest_asyncio.fixture(loop_scope="session")
async def page(open_page: Opener) -> AsyncIterator[Page]:
    async with open_page.page() as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def console(open_page: Opener, suite: Suite) -> AsyncIterator[Page]:
    async with open_page.page(key=suite.key) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def operator(open_page: Opener, suite: Suite) -> AsyncIterator[Page]:
    async with open_page.page(key=suite.operator) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def phone(open_page: Opener, suite: Suite) -> AsyncIterator[Page]:
    async with open_page.page(PHONE, suite.key) as made:
        yield made


@pytest.fixture
def axe() -> Callable[[Page], Awaitable[None]]:
    async def check(page: Page) -> None:
        found = await violations(page)
        assert not found, "\n".join(found)

    return check
