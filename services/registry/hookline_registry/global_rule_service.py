"""GlobalRuleService over gRPC."""

from collections.abc import Mapping

from hookline.registry.v1 import global_rule_pb2 as pb
from hookline.registry.v1 import global_rule_pb2_grpc
from sqlalchemy.ext.asyncio import AsyncConnection

from hookline_plugin import Value
from hookline_registry import accounts, campaign_uses, definition_wire, definitions, idempotency
from hookline_registry.database import Database, Transaction
from hookline_registry.definition_rules import Taken, check_feature, examine, source_of
from hookline_registry.definition_wire import RULE_BODY
from hookline_registry.definitions import Only, Place
from hookline_registry.kinds import SOURCES
from hookline_registry.masks import paths_of
from hookline_registry.model import Account, Definition, DefinitionSettings, ItemKind
from hookline_registry.old_actions import Adopter
from hookline_registry.pages import Asked, collect
from hookline_registry.requests import check_etag, check_id, create_of, refuse, updated
from hookline_registry.rule_texts import PARTS, held, read_text, violation, write_text
from hookline_registry.settles import check_spans
from hookline_registry.subscription_rules import Installation
from hookline_registry.validating import written
from hookline_registry.webhook_reader import WebhookReader
from hookline_registry.wire import etag_of
from hookline_runtime.access import account_of
from hookline_runtime.errors import InvalidArgument, Violation
from hookline_runtime.plugins import PluginHost

_CHANGEABLE = ("name", "object_type_id", "triggers", "any_of", "actions", "settle")


class GlobalRuleService(global_rule_pb2_grpc.GlobalRuleServiceServicer):
    """Global rules."""

    def __init__(self, database: Database, installation: Installation, host: PluginHost, most: int) -> None:
        """`most` is how many definitions of triggers an account may have."""
        self._database = database
        self._host = host
        self._reader = WebhookReader(database, host, installation.egress)
        self._most = most

    async def CreateGlobalRule(
        self, request: pb.CreateGlobalRuleRequest, context: object
    ) -> pb.CreateGlobalRuleResponse:
        """Make a rule."""
        place = _place(request.account_id)
        create = create_of(request, place.account_id, request.request_id, "rule")

        async def work(transaction: Transaction) -> pb.CreateGlobalRuleResponse:
            account = await accounts.get(transaction.connection, place.account_id)
            stored = await idempotency.recall(
                transaction, create, lambda made: definitions.get(transaction.connection, place, made)
            )
            if stored is None:
                stored = await self._create(transaction, account, request)
                await idempotency.remember(transaction, create, stored.id)
            return pb.CreateGlobalRuleResponse(rule=self._shown(stored), config_revision=stored.revision)

        return await written(self._database, request, work)

    async def _create(
        self, transaction: Transaction, account: Account, request: pb.CreateGlobalRuleRequest
    ) -> Definition:
        place = Place(account.id, ItemKind.GLOBAL_RULE)
        text = request.text if request.HasField("text") else None
        if text is not None:
            text = await self._adopted(transaction, place, request.rule, text)
        settings, taken = await self._settings(transaction.connection, place, request.rule, text)
        check_feature(account, place.kind)
        await definitions.check_room(transaction.connection, account.id, self._most)
        stored = await definitions.create(transaction, place, settings, taken.fires)
        await campaign_uses.note(transaction, stored, taken.asks)
        return stored

    async def GetGlobalRule(self, request: pb.GetGlobalRuleRequest, context: object) -> pb.GetGlobalRuleResponse:
        """Show a rule."""
        place = _place(request.account_id)
        async with self._database.read() as connection:
            await accounts.get(connection, place.account_id)
            stored = await definitions.get(connection, place, request.id)
        return pb.GetGlobalRuleResponse(rule=self._shown(stored))

    async def ListGlobalRules(self, request: pb.ListGlobalRulesRequest, context: object) -> pb.ListGlobalRulesResponse:
        """List rules."""
        place = _place(request.account_id)
        of_list: dict[str, int | str] = {"list": "global_rules", "account": place.account_id}
        only = Only(object_type_id=request.object_type_id if request.HasField("object_type_id") else None)
        if only.object_type_id is not None:
            of_list["object_type"] = only.object_type_id
        async with self._database.read() as connection:
            await accounts.get(connection, place.account_id)
            page = await collect(
                Asked(request.page_size, request.page_token, of_list),
                lambda after, limit: definitions.page(connection, place, only, after, limit),
                self._shown,
            )
        return pb.ListGlobalRulesResponse(rules=page.items, next_page_token=page.next_token)

    async def UpdateGlobalRule(
        self, request: pb.UpdateGlobalRuleRequest, context: object
    ) -> pb.UpdateGlobalRuleResponse:
        """Change a rule; where only its name changes, all else may stay, even if it would be refused today."""
        place = _place(request.account_id)
        check_id("rule.id", request.rule.id)
        paths = paths_of(request.update_mask.paths, request.rule, _CHANGEABLE)
        text = request.text if request.HasField("text") else None
        if text is not None and not set(paths).isdisjoint(PARTS):
            raise InvalidArgument(Violation("text", f"must not be set where {', '.join(PARTS)} are changed as well"))

        async def work(transaction: Transaction) -> pb.UpdateGlobalRuleResponse:
            account = await accounts.get(transaction.connection, place.account_id)
            current = await definitions.get(transaction.connection, place, request.rule.id)
            rule = updated("rule", self._shown(current), request.rule, paths)
            if text is None and set(paths) <= {"name"}:
                stored = await definitions.rename(transaction, current, rule.name)
            else:
                read = text
                if text is not None:
                    definition_wire.clear(rule, PARTS)
                    read = await self._adopted(transaction, place, rule, text)
                settings, taken = await self._settings(transaction.connection, place, rule, read)
                check_feature(account, place.kind)
                stored = await definitions.change(transaction, current, settings, taken.fires)
                await campaign_uses.note(transaction, stored, taken.asks)
            return pb.UpdateGlobalRuleResponse(rule=self._shown(stored), config_revision=stored.revision)

        return await written(self._database, request, work)

    async def DeleteGlobalRule(
        self, request: pb.DeleteGlobalRuleRequest, context: object
    ) -> pb.DeleteGlobalRuleResponse:
        """Delete a rule."""
        place = _place(request.account_id)

        async def work(transaction: Transaction) -> pb.DeleteGlobalRuleResponse:
            await accounts.get(transaction.connection, place.account_id)
            current = await definitions.get(transaction.connection, place, request.id)
            check_etag(request.etag, etag_of(current.revision))
            await definitions.remove(transaction, current)
            return pb.DeleteGlobalRuleResponse(config_revision=transaction.revision)

        return await self._database.write(work)

    async def PauseGlobalRule(self, request: pb.PauseGlobalRuleRequest, context: object) -> pb.PauseGlobalRuleResponse:
        """Keep a rule from firing."""
        place = _place(request.account_id)

        async def work(transaction: Transaction) -> pb.PauseGlobalRuleResponse:
            await accounts.get(transaction.connection, place.account_id)
            current = await definitions.get(transaction.connection, place, request.id)
            check_etag(request.etag, etag_of(current.revision))
            stored = await definitions.pause(transaction, current, True)
            return pb.PauseGlobalRuleResponse(rule=self._shown(stored), config_revision=stored.revision)

        return await self._database.write(work)

    async def ResumeGlobalRule(
        self, request: pb.ResumeGlobalRuleRequest, context: object
    ) -> pb.ResumeGlobalRuleResponse:
        """Let a rule fire again."""
        place = _place(request.account_id)

        async def work(transaction: Transaction) -> pb.ResumeGlobalRuleResponse:
            account = await accounts.get(transaction.connection, place.account_id)
            current = await definitions.get(transaction.connection, place, request.id)
            check_etag(request.etag, etag_of(current.revision))
            check_feature(account, place.kind)
            stored = await definitions.pause(transaction, current, False)
            return pb.ResumeGlobalRuleResponse(rule=self._shown(stored), config_revision=stored.revision)

        return await self._database.write(work)

    async def _adopted(
        self, transaction: Transaction, place: Place, rule: pb.GlobalRule, text: pb.RuleText
    ) -> pb.RuleText:
        return await Adopter(transaction, self._reader, place.account_id, rule).adopt(text)

    async def _settings(
        self, connection: AsyncConnection, place: Place, rule: pb.GlobalRule, text: pb.RuleText | None
    ) -> tuple[DefinitionSettings, Taken]:
        """Read a rule, whose parts may stand in a text in place of the message.

        Raises InvalidArgument with all that is wrong.
        """
        source = source_of(self._host, place.kind)
        check_spans("rule.settle", rule.settle)
        body: Mapping[str, Value] = definition_wire.body_of(rule, RULE_BODY)
        if text is not None:
            refuse(Violation(f"rule.{part}", "must be empty where text is set") for part in PARTS if part in body)
            body = {**body, **read_text(source, text)}
        taken = await examine(connection, source, place, body)
        if not isinstance(taken, Taken):
            raise InvalidArgument(*(violation(flaw.path, flaw.reason, of_text=text is not None) for flaw in taken))
        if text is not None:
            body = held(body)
        return DefinitionSettings(rule.name, rule.object_type_id, body, taken.resolved), taken

    def _shown(self, stored: Definition) -> pb.GlobalRule:
        source = self._host.trigger_source(SOURCES[stored.kind])
        return definition_wire.global_rule(stored, write_text(source, stored.settings.body))


def _place(requested: int) -> Place:
    return Place(account_of(requested), ItemKind.GLOBAL_RULE)
