"""Forms and order forms: what a submission fires, and what is refused in a form."""

from typing import Any

import pytest

from hookline_builtin.triggers import FormRuleSource
from hookline_plugin import Fire, Happening, Interest, Payload

from .rules import CONTACT, DEAL, WORLD, ask, event

SOURCE = FormRuleSource()
ORDER = "FORM_KIND_ORDER_FORM"


def form(*always: int, paid: tuple[int, ...] = (), failed: tuple[int, ...] = (), **others: Any) -> Payload:
    def actions(ids: tuple[int, ...]) -> list[dict[str, str]]:
        return [{"webhook_id": str(webhook_id)} for webhook_id in ids]

    return {
        "id": "1",
        "number": "4",
        "always_on": actions(always),
        "payment_successful": actions(paid),
        "payment_failed": actions(failed),
        **others,
    }


def submission(outcome: str | None = None, form_id: str = "4", **others: Any) -> Happening:
    params = {"form_id": form_id} if outcome is None else {"form_id": form_id, "outcome": outcome}
    return event("object_submits_form", params, **others)


@pytest.mark.parametrize(
    "outcome, fires",
    [
        ("0", [Fire(7, "always_on"), Fire(8, "payment_successful")]),
        ("1", [Fire(7, "always_on"), Fire(7, "payment_failed")]),
        (None, [Fire(7, "always_on")]),
        ("", [Fire(7, "always_on")]),
        ("2", [Fire(7, "always_on")]),
        ("00", [Fire(7, "always_on")]),
        ("success", [Fire(7, "always_on")]),
    ],
)
def test_an_order_form_fires_always_on_and_the_section_of_the_outcome(outcome: str | None, fires: list[Fire]) -> None:
    definition = form(7, paid=(8,), failed=(7,), kind=ORDER)
    assert list(SOURCE.check(definition, WORLD)) == []
    assert list(ask(SOURCE.compile(definition), submission(outcome)).fires) == fires
    assert list(SOURCE.webhooks(definition)) == [7, 8]


@pytest.mark.parametrize("outcome", [None, "0", "1"])
@pytest.mark.parametrize("kind", ["FORM_KIND_UNSPECIFIED", "FORM_KIND_FORM"])
def test_a_form_fires_always_on_whatever_the_outcome(kind: str, outcome: str | None) -> None:
    definition = form(8, 7, kind=kind)
    assert list(SOURCE.check(definition, WORLD)) == []
    fires = ask(SOURCE.compile(definition), submission(outcome)).fires
    assert list(fires) == [Fire(8, "always_on"), Fire(7, "always_on")]


@pytest.mark.parametrize(
    "happening",
    [
        submission(form_id="5"),
        submission(form_id="04"),
        submission(object_type_id=DEAL),
        event("sub_tag", {"form_id": "4", "tag_id": "4"}),
        event("object_submits_form", {}),
    ],
)
def test_other_events_fire_nothing(happening: Happening) -> None:
    decision = ask(SOURCE.compile(form(7)), happening)
    assert not decision.fires
    assert "not a submission of this form" in decision.why_not


def test_says_when_there_are_no_actions_for_an_outcome() -> None:
    compiled = SOURCE.compile(form(failed=(7,), kind=ORDER))
    assert ask(compiled, submission("0")).why_not == "the form has no actions for this outcome"
    assert ask(compiled, submission("1")).fires


@pytest.mark.parametrize(
    "definition, interests",
    [
        (form(7), [Interest("object_submits_form", CONTACT, "4")]),
        (form(failed=(9,), kind=ORDER, object_type_id=DEAL), [Interest("object_submits_form", DEAL, "4")]),
        (form(), []),
        (form(7, paused=True), []),
    ],
)
def test_the_interest_is_the_forms_submissions(definition: Payload, interests: list[Interest]) -> None:
    assert list(SOURCE.compile(definition).interests) == interests


def test_a_paused_form_says_so() -> None:
    assert ask(SOURCE.compile(form(7, paused=True)), submission()).why_not == "the form is paused"


@pytest.mark.parametrize("definition", [form(), form(7, number="0"), {"name": "not numbered yet"}])
def test_a_form_may_be_without_actions_and_not_numbered_yet(definition: Payload) -> None:
    assert list(SOURCE.check(definition, WORLD)) == []


@pytest.mark.parametrize(
    "definition, path, reason",
    [
        (form(7, kind="FORM_KIND_X"), "kind", "must be one of"),
        (form(7, kind=[]), "kind", "must be one of"),
        (form(paid=(7,)), "payment_successful", "is for order forms only"),
        (form(failed=(7,), kind="FORM_KIND_FORM"), "payment_failed", "is for order forms only"),
        (form(6), "always_on[0].webhook_id", "there is no webhook 6"),
        (form(paid=(7, 9), kind=ORDER), "payment_successful[1].webhook_id", "about objects of type 149, not 0"),
        (form(7, 8, 7), "always_on[2].webhook_id", "is the same as always_on[0]"),
        (form(failed=(0,), kind=ORDER), "payment_failed[0].webhook_id", "must be a whole number from 1"),
        (form(7, number="-1"), "number", "must be a whole number from 0"),
        (form(7, number="2147483648"), "number", "must be a whole number from 0"),
        (form(7, number=4.0), "number", "must be a whole number from 0"),
        (form(object_type_id=5), "object_type_id", "there is no object type 5"),
        (form(7, paused=1), "paused", "must be true or false"),
        ({**form(), "always_on": {}}, "always_on", "must be a list"),
        ({**form(), "always_on": [{"webhook_id": "7"}] * 21}, "always_on", "must have 0 to 20 items"),
    ],
)
def test_refuses_a_form(definition: Payload, path: str, reason: str) -> None:
    found = [(flaw.path, flaw.reason) for flaw in SOURCE.check(definition, WORLD)]
    assert (found[0][0], reason in found[0][1]) == (path, True)


@pytest.mark.parametrize("definition", [{}, form(7, number="0"), form(7, kind="x"), form(paid=(7,)), form(7, 7)])
def test_what_is_wrong_for_its_own_sake_is_not_compiled(definition: Payload) -> None:
    with pytest.raises(ValueError):
        SOURCE.compile(definition)
