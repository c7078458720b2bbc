"""TriggerService over gRPC. A plugin is asked before the write begins, so that one that is slow holds up no other."""

from dataclasses import dataclass, replace

from hookline.registry.v1 import trigger_pb2 as pb
from hookline.registry.v1 import trigger_pb2_grpc

from hookline_plugin import TriggerSource, Value, World
from hookline_registry import accounts, campaign_uses, definitions, idempotency, object_types, trigger_wire, webhooks
from hookline_registry.account_world import field_infos
from hookline_registry.database import Database, Transaction
from hookline_registry.definitions import Only, Place
from hookline_registry.foreign_sources import FIELD, Asking, read_configuration
from hookline_registry.kinds import SOURCES
from hookline_registry.masks import paths_of
from hookline_registry.model import Definition, DefinitionSettings, ItemKind
from hookline_registry.pages import Asked, collect
from hookline_registry.requests import check_etag, check_id, create_of, updated
from hookline_registry.validating import written
from hookline_registry.wire import etag_of
from hookline_runtime.access import account_of
from hookline_runtime.errors import Aborted, FailedPrecondition, InvalidArgument, Violation
from hookline_runtime.plugins import PluginHost, memory_of

_CHANGEABLE = ("name", "configuration")
_VERSION = "version"
"""The key under which definitions with memory are told which memories they continue with."""


@dataclass(frozen=True, slots=True)
class _Checked:
    settings: DefinitionSettings
    fires: dict[int, int]
    """The webhooks, and which type of object each is about."""
    asks: dict[int, int]
    """The campaigns that it names, and which type of object each is about."""
    remembers: bool
    """Whether it has memory, and so a version, which its plugin was not asked about."""

    def written(self, revision: int, current: Definition | None = None) -> DefinitionSettings:
        """Give what is stored by a write: its version is another one wherever its configuration is."""
        if not self.remembers:
            return self.settings
        version: Value = revision
        if current is not None and current.settings.body["configuration"] == self.settings.body["configuration"]:
            version = current.settings.resolved.get(_VERSION, revision)
        return replace(self.settings, resolved={**self.settings.resolved, _VERSION: version})


class TriggerService(trigger_pb2_grpc.TriggerServiceServicer):
    """Definitions of the kinds that plugins add."""

    def __init__(self, database: Database, host: PluginHost, most: int, asking: Asking | None = None) -> None:
        """`most` is how many definitions of triggers an account may have."""
        self._database = database
        self._host = host
        self._most = most
        self._asking = asking or Asking()

    async def CreateTrigger(self, request: pb.CreateTriggerRequest, context: object) -> pb.CreateTriggerResponse:
        """Make a trigger that its plugin takes."""
        place = _place(request.account_id)
        create = create_of(request, place.account_id, request.request_id, "trigger")
        checked = await self._checked(place, request.trigger)

        async def work(transaction: Transaction) -> pb.CreateTriggerResponse:
            connection = transaction.connection
            await accounts.get(connection, place.account_id)
            stored = await idempotency.recall(
                transaction, create, lambda made: definitions.get(connection, place, made)
            )
            if stored is None:
                await definitions.check_room(connection, place.account_id, self._most)
                await _check_same(transaction, place, checked)
                settings = checked.written(transaction.revision)
                stored = await definitions.create(transaction, place, settings, checked.fires)
                await campaign_uses.note(transaction, stored, checked.asks)
                await idempotency.remember(transaction, create, stored.id)
            return pb.CreateTriggerResponse(trigger=trigger_wire.trigger(stored), config_revision=stored.revision)

        return await written(self._database, request, work)

    async def GetTrigger(self, request: pb.GetTriggerRequest, context: object) -> pb.GetTriggerResponse:
        """Show a trigger."""
        return pb.GetTriggerResponse(
            trigger=trigger_wire.trigger(await self._get(_place(request.account_id), request.id))
        )

    async def ListTriggers(self, request: pb.ListTriggersRequest, context: object) -> pb.ListTriggersResponse:
        """List triggers."""
        place = _place(request.account_id)
        async with self._database.read() as connection:
            await accounts.get(connection, place.account_id)
            page = await collect(
                Asked(request.page_size, request.page_token, {"list": "triggers", "account": place.account_id}),
                lambda after, limit: definitions.page(connection, place, Only(), after, limit),
                trigger_wire.trigger,
            )
        return pb.ListTriggersResponse(triggers=page.items, next_page_token=page.next_token)

    async def UpdateTrigger(self, request: pb.UpdateTriggerRequest, context: object) -> pb.UpdateTriggerResponse:
        """Change a trigger; where only its name changes, its plugin is not asked."""
        place = _place(request.account_id)
        check_id("trigger.id", request.trigger.id)
        paths = paths_of(request.update_mask.paths, request.trigger, _CHANGEABLE)
        read = await self._get(place, request.trigger.id)
        trigger = updated("trigger", trigger_wire.trigger(read), request.trigger, paths)
        checked = None if set(paths) <= {"name"} else await self._checked(place, trigger)

        async def work(transaction: Transaction) -> pb.UpdateTriggerResponse:
            await accounts.get(transaction.connection, place.account_id)
            current = await definitions.get(transaction.connection, place, read.id)
            check_etag(etag_of(read.revision), etag_of(current.revision))
            if checked is None:
                stored = await definitions.rename(transaction, current, trigger.name)
            else:
                await _check_same(transaction, place, checked)
                settings = checked.written(transaction.revision, current)
                stored = await definitions.change(transaction, current, settings, checked.fires)
                await campaign_uses.note(transaction, stored, checked.asks)
                stored = await definitions.pause(transaction, stored, current.settings.paused)
            return pb.UpdateTriggerResponse(trigger=trigger_wire.trigger(stored), config_revision=stored.revision)

        return await written(self._database, request, work)

    async def DeleteTrigger(self, request: pb.DeleteTriggerRequest, context: object) -> pb.DeleteTriggerResponse:
        """Delete a trigger, whether or not its plugin is there."""
        place = _place(request.account_id)

        async def work(transaction: Transaction) -> pb.DeleteTriggerResponse:
            await definitions.remove(transaction, await _current(transaction, place, request.id, request.etag))
            return pb.DeleteTriggerResponse(config_revision=transaction.revision)

        return await self._database.write(work)

    async def PauseTrigger(self, request: pb.PauseTriggerRequest, context: object) -> pb.PauseTriggerResponse:
        """Keep a trigger from firing."""
        stored = await self._pause(_place(request.account_id), request.id, request.etag, True)
        return pb.PauseTriggerResponse(trigger=trigger_wire.trigger(stored), config_revision=stored.revision)

    async def ResumeTrigger(self, request: pb.ResumeTriggerRequest, context: object) -> pb.ResumeTriggerResponse:
        """Let a trigger fire again."""
        stored = await self._pause(_place(request.account_id), request.id, request.etag, False)
        return pb.ResumeTriggerResponse(trigger=trigger_wire.trigger(stored), config_revision=stored.revision)

    async def _pause(self, place: Place, trigger_id: int, etag: str, paused: bool) -> Definition:
        async def work(transaction: Transaction) -> Definition:
            current = await _current(transaction, place, trigger_id, etag)
            return await definitions.pause(transaction, current, paused)

        return await self._database.write(work)

    async def _get(self, place: Place, trigger_id: int) -> Definition:
        async with self._database.read() as connection:
            await accounts.get(connection, place.account_id)
            return await definitions.get(connection, place, trigger_id)

    async def _checked(self, place: Place, trigger: pb.Trigger) -> _Checked:
        """Have the plugin look at a trigger.

        Raises InvalidArgument with all that is wrong, FailedPrecondition for a kind that has no plugin.
        """
        async with self._database.read() as connection:
            await accounts.get(connection, place.account_id)
            types = await object_types.settings_of_all(connection, place.account_id)
        source = self._source(trigger.kind)
        configuration = read_configuration(trigger.configuration)
        remembers = memory_of(source) is True
        if remembers and _VERSION in configuration:
            raise InvalidArgument(
                Violation(f"{FIELD}.{_VERSION}", "is the server's, as of every definition with memory")
            )
        named = await self._asking.webhooks(source, configuration)
        asked = await self._asking.campaigns(source, configuration)
        async with self._database.read() as connection:
            fires = await webhooks.object_types_of(connection, place.account_id, named)
            asks = await campaign_uses.object_types_of(connection, place.account_id, asked)
        world = World({type_id: field_infos(settings) for type_id, settings in types.items()}, fires, asks)
        taken = await self._asking.taken(source, configuration, world)
        if isinstance(taken, tuple):
            raise InvalidArgument(*(Violation(f"{FIELD}.{flaw.path}", flaw.reason) for flaw in taken))
        for what, ids, there in (("webhook", named, fires), ("campaign", asked, asks)):
            missing = next((each for each in ids if each not in there), None)
            if missing is not None:
                raise InvalidArgument(Violation(FIELD, f"there is no {what} {missing}"))
        about = configuration.get("object_type_id")
        object_type_id = about if type(about) is int and about in types else 0
        body: dict[str, Value] = {"kind": trigger.kind, "configuration": configuration}
        return _Checked(DefinitionSettings(trigger.name, object_type_id, body, taken), fires, asks, remembers)

    def _source(self, kind: str) -> TriggerSource:
        built_in = set(SOURCES.values())
        source = None if kind in built_in else self._host.trigger_source(kind)
        if source is None:
            there = [each.name for each in self._host.trigger_sources if each.name not in built_in]
            why = "is built in and has a service of its own" if kind in built_in else "is known to no plugin"
            kinds = ", ".join(there[:20]) or "none"
            raise FailedPrecondition(
                f"the kind {kind} {why}; kinds that are there: {kinds}",
                reason="TRIGGER_SOURCE_MISSING",
                metadata={"kind": kind, "kinds": kinds},
            )
        return source


async def _current(transaction: Transaction, place: Place, trigger_id: int, etag: str) -> Definition:
    await accounts.get(transaction.connection, place.account_id)
    current = await definitions.get(transaction.connection, place, trigger_id)
    check_etag(etag, etag_of(current.revision))
    return current


async def _check_same(transaction: Transaction, place: Place, checked: _Checked) -> None:
    """Pass where webhooks and campaigns are still those that the plugin was told of.

    Raises Aborted.
    """
    connection = transaction.connection
    if await campaign_uses.object_types_of(connection, place.account_id, checked.asks) != checked.asks:
        raise Aborted("a campaign that the trigger names has changed meanwhile: try again", reason="CAMPAIGN_CHANGED")
    if await webhooks.object_types_of(connection, place.account_id, checked.fires) != checked.fires:
        raise Aborted("a webhook of the trigger has changed meanwhile: try again", reason="WEBHOOK_CHANGED")


def _place(requested: int) -> Place:
    return Place(account_of(requested), ItemKind.TRIGGER)
