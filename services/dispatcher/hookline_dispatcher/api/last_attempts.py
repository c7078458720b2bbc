"""The last attempts to targets, as they are shown without bodies.

They are kept in memory once they were asked for, until another attempt to the target came to something: a list that is
asked for again and again reads nothing of the store. Memory is bounded by how many are kept.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Sequence

from hookline.dispatcher.v1 import log_service_pb2 as pb

from hookline_dispatcher.store.log import LogReads
from hookline_dispatcher.store.model import TargetKey

from . import wire_deliveries as wire

MOST = 5000
"""Of how many targets the last attempts are kept."""


class LastAttempts:
    """Shows them, each as it is after the last commit that was told of.

    Args:
        log: Where they are, and who tells of newer ones.
        most: How many are kept.
    """

    def __init__(self, log: LogReads, most: int = MOST) -> None:
        self._log = log
        self._most = most
        self._kept: OrderedDict[TargetKey, pb.LastAttempt | None] = OrderedDict()
        self._being_read: dict[TargetKey, object] = {}
        log.on_attempted(self._forget)

    async def of(self, targets: Sequence[TargetKey]) -> list[pb.LastAttempt]:
        """Those that there are, in no order; of one account's targets.

        Raises:
            StoreFailed: they could not be read.
        """
        known = [target for target in targets if target in self._kept]
        for target in known:
            self._kept.move_to_end(target)
        found = [self._kept[target] for target in known]
        if len(known) < len(targets):
            found += (await self._read([target for target in targets if target not in self._kept])).values()
        return [each for each in found if each is not None]

    async def _read(self, targets: Sequence[TargetKey]) -> dict[TargetKey, pb.LastAttempt | None]:
        # What changes while it is read loses its mark, and is not kept: the read may have come before the change.
        mark = object()
        self._being_read.update(dict.fromkeys(targets, mark))
        found: dict[TargetKey, pb.LastAttempt | None] = dict.fromkeys(targets)
        try:
            for entry in await self._log.last_attempts(targets, bodies=False):
                target = entry.delivery.target
                found[target] = pb.LastAttempt(target=wire.target_ref(target), attempt=wire.attempt(entry.attempt))
        finally:
            unchanged = [target for target in targets if self._being_read.get(target) is mark]
            for target in unchanged:
                del self._being_read[target]
        self._keep({target: found[target] for target in unchanged})
        return found

    def _keep(self, found: dict[TargetKey, pb.LastAttempt | None]) -> None:
        self._kept.update(found)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def _forget(self, targets: Collection[TargetKey] | None) -> None:
        if targets is None:
            self._kept.clear()
            self._being_read.clear()
        elif self._kept or self._being_read:
            for target in targets:
                self._kept.pop(target, None)
                self._being_read.pop(target, None)
