"""Types of objects and their fields, as a person makes them."""

from collections.abc import Awaitable, Callable

from playwright.async_api import Page, expect

from tests.browser.pages import answered
from tests.browser.suite import Suite


async def test_a_type_is_made_with_fields_which_merge_fields_then_name(
    console: Page, suite: Suite, axe: Callable[[Page], Awaitable[None]]
) -> None:
    await console.goto("/object-types/new")
    await console.get_by_label("Name").fill("Boat")
    await console.get_by_role("button", name="Add a field").click()
    await console.get_by_label("Label of field 1").fill("Berth No.")
    await console.get_by_role("combobox", name="Kind of field 1").click()
    await console.get_by_role("option", name="Number").click()
    await console.get_by_role("button", name="Add a field").click()
    await console.get_by_label("Label of field 2").fill("[Owner]")
    await console.get_by_label("Key of field 2").fill("1st")
    await axe(console)
    await console.get_by_role("button", name="Make the object type").click()
    await expect(console.get_by_label("Key of field 2")).to_have_attribute("aria-invalid", "true")
    await console.get_by_label("Key of field 2").fill("owner")
    await console.get_by_label("Label of field 2").fill("Owner")
    await console.get_by_role("button", name="Make the object type").click()
    await expect(console.get_by_role("heading", name="Boat", level=1)).to_be_visible()

    id_ = console.url.rsplit("/", 1)[1]
    made = (await suite.ask("GET", f"/v1/objectTypes/{id_}"))["object_type"]
    fields = [(each["key"], each["label"], each["kind"]) for each in made["fields"]]
    assert fields == [("berth_no", "Berth No.", "FIELD_KIND_NUMBER"), ("owner", "Owner", "FIELD_KIND_TEXT")]
    await console.get_by_role("button", name="Remove field 2").click()
    async with answered(console, "PATCH"):
        await console.get_by_role("button", name="Save").click()
    await expect(console.get_by_label("Label of field 2")).to_have_count(0)
    await expect(console.get_by_role("button", name="Save")).to_be_disabled()
    assert len((await suite.ask("GET", f"/v1/objectTypes/{id_}"))["object_type"]["fields"]) == 1
    await console.goto("/rules")
    await expect(console.get_by_role("tab", name="Boat")).to_be_visible()


async def test_it_fits_a_phone(phone: Page, axe: Callable[[Page], Awaitable[None]]) -> None:
    for path in ("/object-types", "/object-types/0"):
        await phone.goto(path)
        await expect(
            phone.get_by_role("heading", name="Object types" if path.endswith("s") else "Contact")
        ).to_be_visible()
        await phone.wait_for_load_state("networkidle")
        assert await phone.evaluate("document.documentElement.scrollWidth") <= 390
        await axe(phone)
