"""How many targets an account may have: subscriptions and webhooks together."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hookline_registry.schema import subscription, webhook
from hookline_runtime.errors import ResourceExhausted

_DELAY = 60.0


async def check_room(connection: AsyncConnection, account_id: int, most: int) -> None:
    """Pass where the account has fewer targets than `most`.

    Raises ResourceExhausted.
    """
    found = 0
    for table in (subscription, webhook):
        count = select(func.count()).select_from(table).where(table.c.account_id == account_id)
        found += await connection.scalar(count) or 0
    if found >= most:
        raise ResourceExhausted(
            f"the account has {most} subscriptions and webhooks, as many as it may; delete some first",
            _DELAY,
            quota="subscriptions and webhooks",
            reason="TOO_MANY_TARGETS",
        )
