"""The trigger source `form_rule`: what the submissions of one form fire, as the contract's Form.

A submission fires Always-On and, on an order form, the section of its outcome: 0 is a payment that succeeded, 1 one
that failed. A submission that says neither fires Always-On only: nothing is known of a payment then. It has no memory
but where it settles.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hookline_builtin.triggers.actions import check_actions, ids_in, read_actions
from hookline_builtin.triggers.definition import Reading
from hookline_builtin.triggers.rule_events import MAX_NUMBER
from hookline_builtin.triggers.settle import AT_ONCE, Settle, read_settle, settling
from hookline_plugin import Decision, Fire, Flaw, Happening, Interest, Payload, World
from hookline_plugin.settled import Settled

_EVENT = "object_submits_form"
_KINDS = ("FORM_KIND_UNSPECIFIED", "FORM_KIND_FORM", "FORM_KIND_ORDER_FORM")
_ORDER_FORM = "FORM_KIND_ORDER_FORM"
_ALWAYS = "always_on"
_OF_OUTCOME = {"0": "payment_successful", "1": "payment_failed"}
_SECTIONS = (_ALWAYS, *_OF_OUTCOME.values())


@dataclass(frozen=True, slots=True)
class Form:
    """What a form's definition says; `number` is 0 where the server is yet to give it."""

    number: int
    object_type_id: int
    sections: Mapping[str, Sequence[int]]
    paused: bool
    settle: Settle = AT_ONCE


def read_form(reading: Reading, definition: Payload) -> Form:
    """Read a form; what the reading notes is wrong whatever the account has."""
    kind = definition.get("kind", _KINDS[0])
    if kind not in _KINDS:
        reading.flaw("kind", f"must be one of {', '.join(_KINDS)}")
    sections = {section: read_actions(reading, definition, section) for section in _SECTIONS}
    for section in _OF_OUTCOME.values():
        if sections[section] and kind != _ORDER_FORM:
            reading.flaw(section, "is for order forms only")
    return Form(
        reading.integer(definition, "number", "number", 0, MAX_NUMBER),
        reading.integer(definition, "object_type_id", "object_type_id", 0, MAX_NUMBER),
        sections,
        reading.flag(definition, "paused", "paused"),
        read_settle(reading, definition),
    )


class FormRuleSource:
    """Knows forms and order forms."""

    name = "form_rule"

    def check(self, definition: Payload, world: World) -> Iterable[Flaw]:
        """Give all that is wrong with a form; it may be without number and without actions."""
        reading = Reading()
        form = read_form(reading, definition)
        if form.object_type_id not in world.object_types:
            reading.flaw("object_type_id", f"there is no object type {form.object_type_id}")
        for section, webhook_ids in form.sections.items():
            check_actions(reading, webhook_ids, section, form.object_type_id, world.webhooks)
        return reading.flaws

    def webhooks(self, definition: Payload) -> Iterable[int]:
        """Give the webhooks of all sections."""
        return ids_in(definition, *_SECTIONS)

    def compile(self, definition: Payload) -> "CompiledForm | Settled":
        """Get a form ready to be asked; it must have its number."""
        reading = Reading()
        form = read_form(reading, definition)
        if not form.number:
            reading.flaw("number", "is required")
        if reading.flaws:
            raise ValueError(f"{reading.flaws[0].path}: {reading.flaws[0].reason}")
        return settling(CompiledForm(form), form.settle)


class CompiledForm:
    """A form that can be asked."""

    def __init__(self, form: Form) -> None:
        self._number = str(form.number)
        self._object_type_id = form.object_type_id
        self._paused = form.paused
        fires = {section: tuple(Fire(each, section) for each in ids) for section, ids in form.sections.items()}
        self._always = fires[_ALWAYS]
        self._of_outcome = {outcome: fires[section] for outcome, section in _OF_OUTCOME.items()}
        interest = Interest(_EVENT, form.object_type_id, self._number)
        self._interests = () if form.paused or not any(fires.values()) else (interest,)

    @property
    def paused(self) -> bool:
        """Whether it is at rest; one without actions is not, it has nothing to fire."""
        return self._paused

    @property
    def interests(self) -> Sequence[Interest]:
        """Its submissions; none where it has no actions."""
        return self._interests

    def decide(self, happening: Happening) -> Decision:
        """Fire Always-On, then the section of the outcome."""
        if self._paused:
            return Decision(why_not="the form is paused")
        submitted = happening.type == _EVENT and happening.params.get("form_id") == self._number
        if not submitted or happening.object_type_id != self._object_type_id:
            return Decision(why_not="it is not a submission of this form by an object of its type")
        fires = self._always + self._of_outcome.get(happening.params.get("outcome", ""), ())
        return Decision(fires) if fires else Decision(why_not="the form has no actions for this outcome")
