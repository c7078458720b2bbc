"""What an account's plan keeps from subscriptions, told to whoever asks for it by hand: the rule is routing's."""

from __future__ import annotations

from typing import Protocol

from hookline_dispatcher.config.account import CONTACTS_ONLY_PLANS, AccountConfig
from hookline_runtime.errors import FailedPrecondition


class Accounts(Protocol):
    """Where the settings of an account's targets are found."""

    async def account(self, account_id: int) -> AccountConfig | None:
        """The account's newest configuration; None when there is no such account."""


def require_covered(config: AccountConfig, event_type: str, object_type_id: int) -> None:
    """Passes an event that the account's plan has today, whatever it was when the event came.

    Raises:
        FailedPrecondition: the plan has events of contacts only.
    """
    if config.covers(event_type, object_type_id):
        return
    plan = CONTACTS_ONLY_PLANS[config.plan]
    raise FailedPrecondition(
        f"the plan {plan} has events of contacts only; this event is about object type {object_type_id}",
        reason="PLAN_LIMIT",
        metadata={"plan": plan},
    )
