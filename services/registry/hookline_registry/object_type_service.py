"""ObjectTypeService over gRPC."""

from hookline.registry.v1 import object_type_pb2 as pb
from hookline.registry.v1 import object_type_pb2_grpc

from hookline_registry import accounts, definitions, gone_fields, idempotency, object_types, webhooks, wire
from hookline_registry.database import Database, Transaction
from hookline_registry.in_use import SHOWN, check_unused
from hookline_registry.masks import paths_of
from hookline_registry.model import ObjectType
from hookline_registry.pages import Asked, collect
from hookline_registry.requests import check_etag, create_of, refuse, updated
from hookline_registry.validating import written
from hookline_runtime.access import account_of

_CHANGEABLE = ("name", "fields")


class ObjectTypeService(object_type_pb2_grpc.ObjectTypeServiceServicer):
    """What kinds of objects an account has."""

    def __init__(self, database: Database, most: int) -> None:
        self._database = database
        self._most = most

    async def CreateObjectType(
        self, request: pb.CreateObjectTypeRequest, context: object
    ) -> pb.CreateObjectTypeResponse:
        """Make a custom object type."""
        account_id = account_of(request.account_id)
        create = create_of(request, account_id, request.request_id, "object_type")

        async def work(transaction: Transaction) -> pb.CreateObjectTypeResponse:
            await accounts.get(transaction.connection, account_id)
            stored = await idempotency.recall(
                transaction, create, lambda made: object_types.get(transaction.connection, account_id, made)
            )
            if stored is None:
                stored = await self._create(transaction, account_id, request.object_type)
                await idempotency.remember(transaction, create, stored.id)
            return pb.CreateObjectTypeResponse(object_type=wire.object_type(stored), config_revision=stored.revision)

        return await written(self._database, request, work)

    async def _create(self, transaction: Transaction, account_id: int, message: pb.ObjectType) -> ObjectType:
        settings = wire.object_type_settings(message)
        await object_types.check_room(transaction.connection, account_id, self._most)
        known = await object_types.ids(transaction.connection, account_id)
        refuse(object_types.violations(settings, known))
        return await object_types.create(transaction, account_id, settings)

    async def GetObjectType(self, request: pb.GetObjectTypeRequest, context: object) -> pb.GetObjectTypeResponse:
        """Show an object type."""
        account_id = account_of(request.account_id)
        async with self._database.read() as connection:
            await accounts.get(connection, account_id)
            stored = await object_types.get(connection, account_id, request.id)
        return pb.GetObjectTypeResponse(object_type=wire.object_type(stored))

    async def ListObjectTypes(self, request: pb.ListObjectTypesRequest, context: object) -> pb.ListObjectTypesResponse:
        """List object types."""
        account_id = account_of(request.account_id)
        asked = Asked(request.page_size, request.page_token, {"list": "object_types", "account": account_id})
        async with self._database.read() as connection:
            await accounts.get(connection, account_id)
            page = await collect(
                asked,
                lambda after, limit: object_types.page(connection, account_id, after, limit),
                wire.object_type,
            )
        return pb.ListObjectTypesResponse(object_types=page.items, next_page_token=page.next_token)

    async def UpdateObjectType(
        self, request: pb.UpdateObjectTypeRequest, context: object
    ) -> pb.UpdateObjectTypeResponse:
        """Change an object type; webhooks whose fields it takes away say so from now on."""
        account_id = account_of(request.account_id)
        paths = paths_of(request.update_mask.paths, request.object_type, _CHANGEABLE)

        async def work(transaction: Transaction) -> pb.UpdateObjectTypeResponse:
            await accounts.get(transaction.connection, account_id)
            current = await object_types.get(transaction.connection, account_id, request.object_type.id)
            settings = wire.object_type_settings(
                updated("object_type", wire.object_type(current), request.object_type, paths)
            )
            # A relation that stands may point to a type that is gone since, a label may be one that is refused since.
            standing = frozenset(field.related_object_type_id for field in current.settings.fields)
            known = await object_types.ids(transaction.connection, account_id)
            labels = {field.label for field in current.settings.fields}
            refuse(object_types.violations(settings, known | standing, labels))
            stored = await object_types.change(transaction, current, settings)
            if gone_fields.changes_names(current.settings.fields, settings.fields):
                await gone_fields.note(transaction, account_id)
            return pb.UpdateObjectTypeResponse(object_type=wire.object_type(stored), config_revision=stored.revision)

        return await written(self._database, request, work)

    async def DeleteObjectType(
        self, request: pb.DeleteObjectTypeRequest, context: object
    ) -> pb.DeleteObjectTypeResponse:
        """Delete a custom object type."""
        account_id = account_of(request.account_id)

        async def work(transaction: Transaction) -> pb.DeleteObjectTypeResponse:
            await accounts.get(transaction.connection, account_id)
            current = await object_types.get(transaction.connection, account_id, request.id)
            check_etag(request.etag, wire.etag_of(current.revision))
            object_types.check_custom(current)
            users = await webhooks.about(transaction.connection, account_id, current.id, SHOWN + 1)
            users += await definitions.about(transaction.connection, account_id, current.id, SHOWN + 1)
            check_unused(f"object type {current.id} cannot be deleted: it is that of", users, "OBJECT_TYPE_USED")
            await object_types.remove(transaction, current)
            await gone_fields.note(transaction, account_id)
            return pb.DeleteObjectTypeResponse(config_revision=transaction.revision)

        return await self._database.write(work)
