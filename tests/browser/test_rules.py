"""Global rules, forms and plugins, as a person edits them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser.suite import Suite

Axe = Callable[[Page], Awaitable[None]]


@pytest_asyncio.fixture(loop_scope="session")
async def webhook(suite: Suite) -> dict[str, Any]:
    """A webhook that rules may send."""
    made = await suite.ask("POST", "/v1/webhooks", {"webhook": {"name": "Tell the CRM", "url": suite.receiver.url}})
    return dict(made["webhook"])


@pytest_asyncio.fixture(loop_scope="session")
async def rule(suite: Suite, webhook: dict[str, Any]) -> dict[str, Any]:
    """A rule that is there already."""
    wanted = {
        "name": "Welcome",
        "triggers": [{"event": "sub_tag", "params": {"tag_id": "4"}}],
        "actions": [{"webhook_id": webhook["id"]}],
    }
    made = await suite.ask("POST", "/v1/globalRules", {"rule": wanted})
    return dict(made["rule"])


@pytest_asyncio.fixture(loop_scope="session")
async def switched_off(suite: Suite) -> AsyncIterator[None]:
    """The account's switches, off during a test."""

    async def switch(on: bool) -> None:
        account = {"id": suite.account_id, "features": {"global_rules": on, "form_rules": on}}
        mask = "features.global_rules,features.form_rules"
        path = f"/v1/accounts/{suite.account_id}"
        await suite.ask_as_operator("PATCH", path, {"account": account, "update_mask": mask})

    await switch(False)
    yield
    await switch(True)


def sentence(page: Page) -> Any:
    """The rule in words."""
    return page.get_by_role("status", name="The rule in words")


async def choose(page: Page, label: str, option: str) -> None:
    """Chooses an option of a list by its words."""
    await page.get_by_role("combobox", name=label, exact=True).click()
    await page.get_by_role("option", name=option).first.click()


async def test_a_rule_is_put_together_in_words_and_fires(
    console: Page, suite: Suite, webhook: dict[str, Any], axe: Axe
) -> None:
    await console.goto("/rules/new")
    await console.get_by_label("Name").fill("Welcome the Smiths")
    await console.get_by_role("button", name="Add a trigger").click()
    await console.get_by_label("Tag (number)").fill("41")
    await console.get_by_role("button", name="Add a condition").click()
    await choose(console, "If", "A field")
    await choose(console, "Field", "Last Name")
    await choose(console, "Comparison", "is")
    await console.get_by_label("Value").fill("Smith")
    await console.get_by_role("button", name="Send a webhook").click()
    await choose(console, "Then: webhook 1", f"Tell the CRM ({webhook['id']})")
    said = "When a contact gets tag 41, if its Last Name is Smith, send “Tell the CRM”."
    await expect(sentence(console)).to_have_text(said)
    await axe(console)
    await console.get_by_role("button", name="Make the rule").click()

    await expect(console.get_by_role("heading", name="Welcome the Smiths", level=1)).to_be_visible()
    await expect(console.get_by_label("Conditions")).to_have_value(
        "field_is_condition_fieldvalue(lastname,Equal To,Smith)"
    )
    id_ = console.url.rsplit("/", 1)[1]
    await suite.publish("sub_tag", params={"tag_id": "41"}, id="rule-1", object_id="8", data={"lastname": "Smith"})
    event = await suite.ask("GET", "/v1/events/rule-1")
    assert [each["fired_by"] for each in event["event"]["fired"]] == [
        {"source": "global_rule", "id": id_, "element": ""}
    ]


async def test_what_is_wrong_stands_next_to_the_field(console: Page, webhook: dict[str, Any]) -> None:
    await console.goto("/rules/new")
    await console.get_by_role("button", name="Make the rule").click()
    await expect(console.get_by_text("Add what sets the rule off")).to_be_visible()
    await console.get_by_role("button", name="Add a trigger").click()
    await choose(console, "When the contact…", "Some time before or after a date")
    await console.get_by_label("How many (number)").fill("3")
    await choose(console, "Of", "Weeks")
    await console.get_by_role("button", name="Send a webhook").click()
    await choose(console, "Then: webhook 1", f"Tell the CRM ({webhook['id']})")
    await console.get_by_role("button", name="Make the rule").click()
    date = console.get_by_role("combobox", name="The date in")
    await expect(date).to_have_accessible_description("is required")
    await choose(console, "The date in", "Birthday")
    await expect(date).to_have_accessible_description("")


async def test_what_is_wrong_is_told_before_anything_is_saved(
    console: Page, suite: Suite, rule: dict[str, Any]
) -> None:
    await console.goto(f"/rules/{rule['id']}")
    await choose(console, "When the contact…", "Some time before or after a date")
    await console.get_by_label("How many (number)").fill("3")
    await choose(console, "Of", "Weeks")
    date = console.get_by_role("combobox", name="The date in")
    await expect(date).to_have_accessible_description("is required")
    await expect(console.get_by_role("button", name="Save", exact=True)).to_be_enabled()
    await choose(console, "The date in", "Birthday")
    await expect(date).to_have_accessible_description("")
    kept = (await suite.ask("GET", f"/v1/globalRules/{rule['id']}"))["rule"]
    assert (kept["etag"], kept["triggers"]) == (rule["etag"], rule["triggers"])


async def test_a_rule_of_the_original_is_read(console: Page, webhook: dict[str, Any]) -> None:
    await console.goto("/rules/new")
    await console.get_by_text("Paste one of the original").click()
    await console.get_by_label("Events").fill("Contact_added_to_categories(4)")
    await console.get_by_label("Actions").fill(f"Ping_APIURL({webhook['id']})")
    await console.get_by_role("button", name="Make the rule").click()
    await expect(console.get_by_text("unknown name 'Contact_added_to_categories'")).to_be_visible()
    await console.get_by_label("Events").fill("Contact_added_to_category(4);on_date_field(birthday)")
    await console.get_by_label("Conditions").fill("Is_in_category(5)|Is_not_in_category(6)")
    await console.get_by_role("button", name="Make the rule").click()
    await expect(sentence(console)).to_have_text(
        "When a contact gets tag 4, or when the date in Birthday of a contact comes, "
        "if (it has tag 5) or (it does not have tag 6), send “Tell the CRM”."
    )
    await console.get_by_label("Conditions").fill("Is_in_category(7)")
    await console.get_by_role("button", name="Save this text").click()
    await expect(sentence(console)).to_contain_text("comes, if it has tag 7, send")


async def test_who_was_slower_chooses_whose_changes_stay(
    console: Page, suite: Suite, rule: dict[str, Any], axe: Axe
) -> None:
    await console.goto(f"/rules/{rule['id']}")
    await console.get_by_label("Name").fill("Mine")
    theirs = {"rule": {"id": rule["id"], "name": "Theirs"}, "update_mask": "name"}
    await suite.ask("PATCH", f"/v1/globalRules/{rule['id']}", theirs)
    await console.get_by_role("button", name="Save", exact=True).click()
    await expect(console.get_by_role("alert")).to_contain_text("Somebody changed this rule")
    await axe(console)
    await console.get_by_role("button", name="Show theirs, drop mine").click()
    await expect(console.get_by_label("Name")).to_have_value("Theirs")
    await console.get_by_label("Name").fill("Mine")
    await console.get_by_role("button", name="Save", exact=True).click()
    await expect(console.get_by_role("heading", name="Mine", level=1)).to_be_visible()


async def test_a_rule_is_paused_duplicated_and_deleted(console: Page, suite: Suite, rule: dict[str, Any]) -> None:
    await console.goto(f"/rules/{rule['id']}")
    deeds = console.get_by_role("button", name="What can be done with")
    await deeds.click()
    await console.get_by_role("menuitem", name="Pause").click()
    await expect(console.get_by_text("paused", exact=True)).to_be_visible()
    assert (await suite.ask("GET", f"/v1/globalRules/{rule['id']}"))["rule"]["paused"]
    await deeds.click()
    await console.get_by_role("menuitem", name="Duplicate").click()
    await expect(console.get_by_role("heading", name="Welcome (copy)", level=1)).to_be_visible()
    await deeds.click()
    await console.get_by_role("menuitem", name="Delete").click()
    await console.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(console.get_by_role("heading", name="Global rules", level=1)).to_be_visible()
    await expect(console.get_by_role("listitem", name="Welcome (copy)")).to_have_count(0)


async def test_an_order_form_has_a_section_for_each_outcome(
    console: Page, suite: Suite, webhook: dict[str, Any], axe: Axe
) -> None:
    await console.goto("/forms/new")
    await expect(console.get_by_role("heading", name="Failed Payment")).to_have_count(0)
    await console.get_by_text("Order form", exact=True).click()
    await console.get_by_label("Name").fill("Checkout")
    await console.get_by_label("Number in the CRM").fill("2200")
    failed = console.get_by_role("region", name="Failed Payment")
    await failed.get_by_role("button", name="Send a webhook").click()
    await choose(console, "Failed Payment: webhook 1", f"Tell the CRM ({webhook['id']})")
    await console.get_by_role("button", name="Define the form").click()
    await expect(console.get_by_role("heading", name="Checkout", level=1)).to_be_visible()
    await axe(console)
    for outcome, fired in (("0", 0), ("1", 1)):
        params = {"form_id": "2200", "outcome": outcome}
        await suite.publish("object_submits_form", params=params, id=f"form-{outcome}", object_id="8", data={})
        event = await suite.ask("GET", f"/v1/events/form-{outcome}")
        assert len(event["event"]["fired"]) == fired


@pytest.mark.usefixtures("switched_off")
async def test_what_is_switched_off_is_said(console: Page, axe: Axe) -> None:
    for path, switch in (("/rules", "Global Rules"), ("/forms", "Rules for Form Submissions")):
        await console.goto(path)
        notice = console.get_by_role("alert")
        await expect(notice).to_contain_text(f"lacks the switch “{switch}”")
        await axe(console)
        await notice.get_by_role("link", name="Administration").click()
        await expect(console.get_by_role("heading", name="Administration", level=1)).to_be_visible()


async def test_the_plugins_of_both_services_are_shown(console: Page, axe: Axe) -> None:
    await console.goto("/plugins")
    builtin = console.get_by_role("article", name="Plugin builtin")
    await expect(builtin).to_contain_text("application/x-www-form-urlencoded")
    await expect(builtin).to_contain_text("global_rule")
    await expect(console.get_by_text("have different plugins")).to_have_count(0)
    await axe(console)


async def test_an_operator_with_an_account_sees_the_plugins_too(operator: Page, suite: Suite) -> None:
    await operator.goto("/accounts")
    await operator.get_by_role("button", name="Work in it").first.click()
    await operator.get_by_role("link", name="Plugins").click()
    await expect(operator.get_by_role("article", name="Plugin builtin")).to_be_visible()


@pytest.mark.parametrize("path", ["/rules", "/rules/new", "/forms", "/forms/new", "/plugins"])
async def test_nothing_is_wider_than_a_phone(phone: Page, path: str, rule: dict[str, Any], axe: Axe) -> None:
    await phone.goto(path)
    await expect(phone.get_by_role("heading", level=1)).to_be_visible()
    await phone.wait_for_load_state("networkidle")
    assert await phone.evaluate("document.documentElement.scrollWidth") <= 390
    await axe(phone)
