"""Tells the operator of triggers that fail: each failure in the metrics, and one line in the log for each revision.

A definition that fails does so at every event, so a line for each would fill the disk.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

import structlog

from hookline_dispatcher.config.triggers import Trigger, TriggerKey

MOST_REMEMBERED = 10_000

_log = structlog.get_logger(__name__)


class TriggerFailures:
    """Hears of failures; ``count`` is told the source of each, or None where no plugin knows it."""

    def __init__(self, count: Callable[[str | None], None]) -> None:
        self._count = count
        self._told: OrderedDict[tuple[int, TriggerKey, int], None] = OrderedDict()

    def heard(self, account_id: int, trigger: Trigger) -> None:
        """Takes note that a trigger could not be compiled, or failed on an event."""
        self._count(trigger.source if trigger.known else None)
        told = (account_id, trigger.key, trigger.revision)
        if told in self._told:
            return
        self._told[told] = None
        if len(self._told) > MOST_REMEMBERED:
            self._told.popitem(last=False)
        _log.warning(
            "a trigger fails and fires nothing",
            account_id=account_id,
            trigger=trigger.label,
            reason=trigger.fault or "its plugin raised, or answered what cannot be used",
        )
