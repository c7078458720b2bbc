"""The activity of all accounts: told of commits and of what was settled, on the event loop.

Memory is bounded: of more than a thousand accounts, the one to which nothing has happened for longest is forgotten, and
begins to count anew.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from hookline_dispatcher.core.retry import Delivered
from hookline_dispatcher.store.happened import Happened
from hookline_dispatcher.store.model import Settlement
from hookline_runtime.clock import Clock

from .points import Activity

MOST = 1000
"""How many accounts are remembered."""


class ActivityBook:
    """Counts for each account.

    Args:
        clock: The time.
        most: How many accounts are remembered.
    """

    def __init__(self, clock: Clock, most: int = MOST) -> None:
        self._clock = clock
        self._most = most
        self._start_time = clock.now()
        self._forgot = False
        self._accounts: OrderedDict[int, Activity] = OrderedDict()

    def happened(self, happened: Happened) -> None:
        """Hears what a commit brought."""
        now = self._clock.now()
        for account_id, counts in happened.items():
            self._active(account_id, now).happened(counts, now)

    def settled(self, settlements: Sequence[Settlement]) -> None:
        """Hears of settlements that were committed."""
        now = self._clock.now()
        for each in settlements:
            record = each.record
            if record is None or not record.method:
                continue
            activity = self._active(each.claim.target.account_id, now)
            activity.attempted(record.latency, now)
            if isinstance(each.decision, Delivered):
                activity.delivered(now - each.claim.create_time, now)

    def of(self, account_id: int) -> Activity:
        """An account's activity; of one that is not remembered, one that begins where it may have been forgotten."""
        found = self._accounts.get(account_id)
        return found or Activity(self._clock.now() if self._forgot else self._start_time)

    def _active(self, account_id: int, now: int) -> Activity:
        found = self._accounts.get(account_id)
        if found is None:
            found = self._accounts[account_id] = Activity(now if self._forgot else self._start_time)
            if len(self._accounts) > self._most:
                self._accounts.popitem(last=False)
                self._forgot = True
        else:
            self._accounts.move_to_end(account_id)
        return found
