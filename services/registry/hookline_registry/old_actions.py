"""The original's old actions, `Ping_APIURL(url::post_data::json_flag)`: each becomes a webhook, which the rule fires.

They come from where rules are moved over from, so nothing in them is escaped: an old action ends where a flag and the
closing bracket stand before a `;` or the end. What is none is left to the grammar.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from hookline.registry.v1 import global_rule_pb2, webhook_pb2

from hookline_registry import asked_secrets, webhook_wire, webhooks
from hookline_registry.database import Transaction
from hookline_registry.requests import refuse
from hookline_registry.webhook_reader import WebhookReader
from hookline_runtime.errors import InvalidArgument, Violation
from hookline_runtime.validation import check

MAX_ACTIONS = 20
"""How many actions a rule may have."""
_BEGIN = re.compile(r"Ping_APIURL[ \t]*\(((?:(?!::)[^();]){1,4096})::")
_END = re.compile(r"::([01])\)[ \t\r\n]*(?=;|\Z)")
_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class OldAction:
    """Where one stands in the text, and what it says."""

    start: int
    end: int
    url: str
    data: str
    as_json: bool


def find(actions: str) -> Iterator[OldAction]:
    """Give the old actions of a text, in their order."""
    at = 0
    while (begun := _BEGIN.search(actions, at)) is not None:
        ended = _END.search(actions, begun.end())
        if ended is None:
            return
        data = actions[begun.end() : ended.start()]
        yield OldAction(begun.start(), ended.start(1) + 2, begun[1].strip(), data, ended[1] == "1")
        at = ended.end()


@dataclass(frozen=True, slots=True)
class Adopter:
    """Makes webhooks of the old actions of a rule, in the transaction that writes the rule."""

    transaction: Transaction
    reader: WebhookReader
    account_id: int
    rule: global_rule_pb2.GlobalRule

    async def adopt(self, text: global_rule_pb2.RuleText) -> global_rule_pb2.RuleText:
        """Make a webhook of each old action of a text; the text that fires these in place of them.

        Raises InvalidArgument at the text, with the position, where a webhook cannot be so.
        """
        found = list(find(text.actions))
        if len(found) > MAX_ACTIONS:
            raise InvalidArgument(Violation("text.actions", f"must have 1 to {MAX_ACTIONS} items"))
        pieces: list[str] = []
        at = 0
        for action in found:
            pieces += text.actions[at : action.start], f"Ping_APIURL({await self._made(action)})"
            at = action.end
        actions = "".join((*pieces, text.actions[at:]))
        return global_rule_pb2.RuleText(events=text.events, conditions=text.conditions, actions=actions)

    async def _made(self, action: OldAction) -> int:
        asked = webhook_pb2.Webhook(
            name=self.rule.name,
            object_type_id=self.rule.object_type_id,
            url=action.url,
            data=action.data,
            content_type=_JSON if action.as_json else "",
        )
        try:
            refuse(check(asked))
            settings = webhook_wire.webhook_settings(asked)
            reading = await self.reader.reading(self.transaction, self.account_id, settings, None)
        except InvalidArgument as refused:
            raise InvalidArgument(*(_at(action, each) for each in refused.violations)) from None
        secret = asked_secrets.chosen("")  # nobody is shown it: who wants to verify asks for a new one
        return (await webhooks.create(self.transaction, self.account_id, settings, reading, secret)).id


def _at(action: OldAction, flaw: Violation) -> Violation:
    part = flaw.field.removeprefix("webhook.")
    return Violation("text.actions", f"position {action.start + 1}: {part}: {flaw.reason}")
