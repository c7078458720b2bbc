"""Reading the texts of a webhook beside the work of others: 64 KiB of them can take a tenth of a second and more.

They are read on a thread and before the transaction that writes them, so that neither the event loop nor another write
waits for one webhook. The transaction looks whether what they were read against is still so, else it reads once more.
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hookline_registry import object_types, webhook_rules
from hookline_registry.database import Database, Transaction
from hookline_registry.model import ObjectTypeSettings, Reading, WebhookSettings
from hookline_registry.requests import refuse
from hookline_registry.webhook_rules import Surroundings
from hookline_runtime.egress.policy import Policy
from hookline_runtime.errors import InvalidArgument, Violation
from hookline_runtime.plugins import PluginHost


@dataclass(frozen=True, slots=True)
class Ahead:
    """What was read ahead of a transaction: of which settings, against which object types, and what came of it."""

    settings: WebhookSettings
    types: Mapping[int, ObjectTypeSettings]
    read: Reading | tuple[Violation, ...]


class WebhookReader:
    """Reads webhooks by the plugins of this installation."""

    def __init__(self, database: Database, host: PluginHost, egress: Policy) -> None:
        self._database = database
        self._host = host
        self._egress = egress

    async def ahead(self, account_id: int, settings: WebhookSettings) -> Ahead:
        """Read the texts against the object types of this moment; what is wrong with them is told by `reading`."""
        async with self._database.read() as connection:
            types = await object_types.settings_of_all(connection, account_id)
        return Ahead(settings, types, await self._read(settings, types))

    async def reading(
        self,
        transaction: Transaction,
        account_id: int,
        settings: WebhookSettings,
        ahead: Ahead | None,
        flaws: Iterable[Violation] = (),
    ) -> Reading:
        """Give what the texts say within a transaction.

        Raises InvalidArgument with all that is wrong with them, and `flaws` along with it.
        """
        types = await object_types.settings_of_all(transaction.connection, account_id)
        if ahead is not None and (ahead.settings, ahead.types) == (settings, types):
            read = ahead.read
        else:
            read = await self._read(settings, types)
        if isinstance(read, Reading):
            refuse(flaws)
            return read
        raise InvalidArgument(*read, *flaws)

    async def _read(
        self, settings: WebhookSettings, types: Mapping[int, ObjectTypeSettings]
    ) -> Reading | tuple[Violation, ...]:
        return await asyncio.to_thread(webhook_rules.read, settings, Surroundings(types, self._host, self._egress))
