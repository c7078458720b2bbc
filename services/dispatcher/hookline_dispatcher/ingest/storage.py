"""Whether accounts have room for what they publish. Pure: what is kept is asked of whoever keeps it.

A batch is taken while an account has any room left, however large it is: so what is kept may exceed the quota by what
is under way, and no batch is too large ever to be taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from hookline_runtime.errors import ResourceExhausted

RETRY_SECONDS = 300.0
"""Room comes with retention, which is slow."""


def refuse_without_room(account_ids: Iterable[int], stored: Callable[[int], int], quota: int) -> None:
    """Refuses what accounts publish that have used up their quota.

    Args:
        account_ids: Whose events these are.
        stored: The bytes that are kept of an account.
        quota: How many there may be; 0 stands for any number.

    Raises:
        ResourceExhausted: an account has used it up.
    """
    if not quota:
        return
    for account_id in set(account_ids):
        if stored(account_id) >= quota:
            raise ResourceExhausted(
                f"the events of the account that are kept take up {quota} bytes or more; "
                "there is room again when retention has deleted some",
                RETRY_SECONDS,
                "bytes of events stored",
                reason="STORAGE_QUOTA_EXCEEDED",
                metadata={"account_id": str(account_id)},
            )
