"""Lanes that are ready while their account may have nothing more in flight: parked, so that no claim looks at them.

They are woken in the order in which they were parked, as many as there is room for. Parking is in memory alone: after
a start nothing is in flight, so no account is full.
"""

from __future__ import annotations

from collections.abc import Iterator


class Parking:
    """Which lanes are parked, by account; changes are undone when their transaction is."""

    def __init__(self) -> None:
        self._accounts: dict[int, dict[int, None]] = {}
        self._changes: list[tuple[int, int, bool]] = []
        self._woken: set[int] = set()

    def __contains__(self, lane: tuple[int, int]) -> bool:
        account_id, lane_id = lane
        return lane_id in self._accounts.get(account_id, ())

    def first(self, account_id: int) -> bool:
        """Whether lanes of the account are parked, or woken since the last claim: nothing may overtake them."""
        return account_id in self._accounts or account_id in self._woken

    def claimed(self) -> None:
        """What was woken has had its turn."""
        self._woken.clear()

    def accounts(self) -> Iterator[int]:
        """The accounts that have parked lanes, at this moment."""
        return iter(list(self._accounts))

    def park(self, account_id: int, lane_id: int) -> None:
        """Parks a lane, behind those that are parked already."""
        if (account_id, lane_id) not in self:
            self._put(account_id, lane_id)
            self._changes.append((account_id, lane_id, True))

    def wake(self, account_id: int) -> int | None:
        """The lane of the account that was parked first, parked no more; None: it has none."""
        parked = self._accounts.get(account_id)
        if parked is None:
            return None
        lane_id = next(iter(parked))
        self._take(account_id, lane_id)
        self._changes.append((account_id, lane_id, False))
        self._woken.add(account_id)
        return lane_id

    def committed(self) -> None:
        """What was changed stands."""
        self._changes.clear()

    def rolled_back(self) -> None:
        """Undoes what was changed."""
        for account_id, lane_id, parked in reversed(self._changes):
            (self._take if parked else self._put)(account_id, lane_id)
        self._changes.clear()

    def _put(self, account_id: int, lane_id: int) -> None:
        self._accounts.setdefault(account_id, {})[lane_id] = None

    def _take(self, account_id: int, lane_id: int) -> None:
        parked = self._accounts[account_id]
        del parked[lane_id]
        if not parked:
            del self._accounts[account_id]
