"""FormService over gRPC."""

from hookline.registry.v1 import form_pb2 as pb
from hookline.registry.v1 import form_pb2_grpc
from sqlalchemy.ext.asyncio import AsyncConnection

from hookline_registry import accounts, definition_wire, definitions, idempotency
from hookline_registry.database import Database, Transaction
from hookline_registry.definition_rules import Taken, check_feature, examine, source_of
from hookline_registry.definition_wire import FORM_BODY
from hookline_registry.definitions import Only, Place
from hookline_registry.masks import paths_of
from hookline_registry.model import Account, Definition, DefinitionSettings, ItemKind
from hookline_registry.pages import Asked, collect
from hookline_registry.requests import check_etag, check_id, create_of, updated
from hookline_registry.settles import check_spans
from hookline_registry.validating import written
from hookline_registry.wire import etag_of
from hookline_runtime.access import account_of
from hookline_runtime.errors import InvalidArgument, Violation
from hookline_runtime.plugins import PluginHost

_SECTIONS = ("always_on", "payment_successful", "payment_failed")
_CHANGEABLE = ("name", *_SECTIONS, "settle")


class FormService(form_pb2_grpc.FormServiceServicer):
    """Forms and order forms, and what their submissions fire."""

    def __init__(self, database: Database, host: PluginHost, most: int) -> None:
        """`most` is how many definitions of triggers an account may have."""
        self._database = database
        self._host = host
        self._most = most

    async def CreateForm(self, request: pb.CreateFormRequest, context: object) -> pb.CreateFormResponse:
        """Define a form."""
        place = _place(request.account_id)
        create = create_of(request, place.account_id, request.request_id, "form")

        async def work(transaction: Transaction) -> pb.CreateFormResponse:
            account = await accounts.get(transaction.connection, place.account_id)
            stored = await idempotency.recall(
                transaction, create, lambda made: definitions.get(transaction.connection, place, made)
            )
            if stored is None:
                stored = await self._create(transaction, account, request.form)
                await idempotency.remember(transaction, create, stored.id)
            return pb.CreateFormResponse(form=definition_wire.form(stored), config_revision=stored.revision)

        return await written(self._database, request, work)

    async def _create(self, transaction: Transaction, account: Account, asked: pb.Form) -> Definition:
        place, connection = Place(account.id, ItemKind.FORM), transaction.connection
        form = pb.Form()
        form.CopyFrom(asked)
        form.kind = asked.kind or pb.FORM_KIND_FORM
        form.number = asked.number or await definitions.lowest_free_number(connection, place)
        settings, taken = await self._settings(connection, place, form)
        if taken.fires:
            check_feature(account, place.kind)
        await definitions.check_number(connection, place, form.number)
        await definitions.check_room(connection, account.id, self._most)
        return await definitions.create(transaction, place, settings, taken.fires)

    async def GetForm(self, request: pb.GetFormRequest, context: object) -> pb.GetFormResponse:
        """Show a form."""
        place = _place(request.account_id)
        async with self._database.read() as connection:
            await accounts.get(connection, place.account_id)
            stored = await definitions.get(connection, place, request.id)
        return pb.GetFormResponse(form=definition_wire.form(stored))

    async def ListForms(self, request: pb.ListFormsRequest, context: object) -> pb.ListFormsResponse:
        """List forms."""
        place = _place(request.account_id)
        of_list: dict[str, int | str] = {"list": "forms", "account": place.account_id}
        only = Only(number=request.number if request.HasField("number") else None)
        if only.number is not None:
            of_list["number"] = only.number
        async with self._database.read() as connection:
            await accounts.get(connection, place.account_id)
            page = await collect(
                Asked(request.page_size, request.page_token, of_list),
                lambda after, limit: definitions.page(connection, place, only, after, limit),
                definition_wire.form,
            )
        return pb.ListFormsResponse(forms=page.items, next_page_token=page.next_token)

    async def UpdateForm(self, request: pb.UpdateFormRequest, context: object) -> pb.UpdateFormResponse:
        """Change a form; actions that are new need the plan and the switch, those that stand may stay."""
        place = _place(request.account_id)
        check_id("form.id", request.form.id)
        paths = paths_of(request.update_mask.paths, request.form, _CHANGEABLE)

        async def work(transaction: Transaction) -> pb.UpdateFormResponse:
            account = await accounts.get(transaction.connection, place.account_id)
            current = await definitions.get(transaction.connection, place, request.form.id)
            form = updated("form", definition_wire.form(current), request.form, paths)
            if set(paths) <= {"name"}:
                stored = await definitions.rename(transaction, current, form.name)
            else:
                settings, taken = await self._settings(transaction.connection, place, form)
                if _actions(form) - _actions(definition_wire.form(current)):
                    check_feature(account, place.kind)
                stored = await definitions.change(transaction, current, settings, taken.fires)
            return pb.UpdateFormResponse(form=definition_wire.form(stored), config_revision=stored.revision)

        return await written(self._database, request, work)

    async def DeleteForm(self, request: pb.DeleteFormRequest, context: object) -> pb.DeleteFormResponse:
        """Delete a form."""
        place = _place(request.account_id)

        async def work(transaction: Transaction) -> pb.DeleteFormResponse:
            await accounts.get(transaction.connection, place.account_id)
            current = await definitions.get(transaction.connection, place, request.id)
            check_etag(request.etag, etag_of(current.revision))
            await definitions.remove(transaction, current)
            return pb.DeleteFormResponse(config_revision=transaction.revision)

        return await self._database.write(work)

    async def PauseForm(self, request: pb.PauseFormRequest, context: object) -> pb.PauseFormResponse:
        """Keep a form from firing."""
        stored = await self._pause(_place(request.account_id), request.id, request.etag, True)
        return pb.PauseFormResponse(form=definition_wire.form(stored), config_revision=stored.revision)

    async def ResumeForm(self, request: pb.ResumeFormRequest, context: object) -> pb.ResumeFormResponse:
        """Let a form fire again; without plan and switch the dispatcher holds its actions back."""
        stored = await self._pause(_place(request.account_id), request.id, request.etag, False)
        return pb.ResumeFormResponse(form=definition_wire.form(stored), config_revision=stored.revision)

    async def _pause(self, place: Place, form_id: int, etag: str, paused: bool) -> Definition:
        async def work(transaction: Transaction) -> Definition:
            await accounts.get(transaction.connection, place.account_id)
            current = await definitions.get(transaction.connection, place, form_id)
            check_etag(etag, etag_of(current.revision))
            return await definitions.pause(transaction, current, paused)

        return await self._database.write(work)

    async def _settings(
        self, connection: AsyncConnection, place: Place, form: pb.Form
    ) -> tuple[DefinitionSettings, Taken]:
        """Read a form that has its number.

        Raises InvalidArgument with all that is wrong.
        """
        check_spans("form.settle", form.settle)
        body = definition_wire.body_of(form, FORM_BODY)
        taken = await examine(connection, source_of(self._host, place.kind), place, body)
        if not isinstance(taken, Taken):
            raise InvalidArgument(*(Violation(f"form.{flaw.path}", flaw.reason) for flaw in taken))
        return DefinitionSettings(form.name, form.object_type_id, body, taken.resolved, form.number), taken


def _place(requested: int) -> Place:
    return Place(account_of(requested), ItemKind.FORM)


def _actions(form: pb.Form) -> set[tuple[str, int]]:
    """Give the webhooks of each section."""
    return {(section, action.webhook_id) for section in _SECTIONS for action in getattr(form, section)}
