"""WebhookService over gRPC."""

from collections.abc import Sequence

from hookline.registry.v1 import webhook_pb2 as pb
from hookline.registry.v1 import webhook_pb2_grpc

from hookline_registry import (
    accounts,
    asked_credentials,
    asked_secrets,
    definitions,
    idempotency,
    webhook_wire,
    webhooks,
    wire,
)
from hookline_registry.database import Database, Transaction
from hookline_registry.in_use import SHOWN, check_unused
from hookline_registry.masks import paths_of
from hookline_registry.model import Webhook
from hookline_registry.pages import Asked, collect
from hookline_registry.requests import check_etag, check_id, create_of, updated
from hookline_registry.subscription_rules import Installation
from hookline_registry.target_room import check_room
from hookline_registry.validating import written
from hookline_registry.webhook_reader import Ahead, WebhookReader
from hookline_registry.webhook_rules import READ_FROM
from hookline_runtime.access import account_of
from hookline_runtime.plugins import PluginHost

_CHANGEABLE = (
    "name",
    "object_type_id",
    "url",
    "method",
    "headers",
    "data",
    "content_type",
    "requests_per_minute",
    "max_retries",
    "ordered",
    "dead_head",
    "timeout",
    "secret_headers",
    "authentication",
    "tls",
)


class WebhookService(webhook_pb2_grpc.WebhookServiceServicer):
    """The settings of "Send to a Webhook" actions."""

    def __init__(self, database: Database, installation: Installation, host: PluginHost) -> None:
        self._database = database
        self._most, self._egress = installation.most_targets, installation.egress
        self._reader = WebhookReader(database, host, installation.egress)

    async def CreateWebhook(self, request: pb.CreateWebhookRequest, context: object) -> pb.CreateWebhookResponse:
        """Make a webhook and show the signing secret this once; a repeated request answers without it."""
        account_id = account_of(request.account_id)
        create = create_of(request, account_id, request.request_id, "webhook")
        settings = webhook_wire.webhook_settings(request.webhook)
        ahead = await self._reader.ahead(account_id, settings)

        async def work(transaction: Transaction) -> pb.CreateWebhookResponse:
            await accounts.get(transaction.connection, account_id)
            made_before = await idempotency.recall(
                transaction, create, lambda made: webhooks.get(transaction.connection, account_id, made)
            )
            if made_before is not None:
                shown = webhook_wire.webhook(made_before, transaction.now)
                return pb.CreateWebhookResponse(webhook=shown, config_revision=made_before.revision)
            flaws = asked_secrets.flaws(request.signing_secret, request.signature)
            reading = await self._reader.reading(transaction, account_id, settings, ahead, flaws)
            given = asked_credentials.chosen(transaction, request.webhook, settings, self._egress)
            secret = asked_secrets.chosen(request.signing_secret, request.signature)
            await check_room(transaction.connection, account_id, self._most)
            stored = await webhooks.create(transaction, account_id, settings, reading, secret, given)
            await idempotency.remember(transaction, create, stored.id)
            return pb.CreateWebhookResponse(
                webhook=webhook_wire.webhook(stored, transaction.now),
                signing_secret=asked_secrets.shown(secret),
                config_revision=stored.revision,
            )

        return await written(self._database, request, work)

    async def GetWebhook(self, request: pb.GetWebhookRequest, context: object) -> pb.GetWebhookResponse:
        """Show a webhook."""
        account_id = account_of(request.account_id)
        async with self._database.read() as connection:
            await accounts.get(connection, account_id)
            stored = await webhooks.get(connection, account_id, request.id)
        return pb.GetWebhookResponse(webhook=webhook_wire.webhook(stored, self._database.clock.now()))

    async def ListWebhooks(self, request: pb.ListWebhooksRequest, context: object) -> pb.ListWebhooksResponse:
        """List webhooks."""
        account_id, now = account_of(request.account_id), self._database.clock.now()
        about = request.object_type_id if request.HasField("object_type_id") else None
        of_list: dict[str, int | str] = {"list": "webhooks", "account": account_id}
        if about is not None:
            of_list["object_type"] = about
        async with self._database.read() as connection:
            await accounts.get(connection, account_id)
            page = await collect(
                Asked(request.page_size, request.page_token, of_list),
                lambda after, limit: webhooks.page(connection, account_id, about, after, limit),
                lambda stored: webhook_wire.webhook(stored, now),
            )
        return pb.ListWebhooksResponse(webhooks=page.items, next_page_token=page.next_token)

    async def UpdateWebhook(self, request: pb.UpdateWebhookRequest, context: object) -> pb.UpdateWebhookResponse:
        """Change a webhook; texts that it does not touch stay as they were read when they were written."""
        account_id = account_of(request.account_id)
        check_id("webhook.id", request.webhook.id)
        paths = paths_of(request.update_mask.paths, request.webhook, _CHANGEABLE)
        ahead = None if READ_FROM.isdisjoint(paths) else await self._ahead(account_id, request, paths)

        async def work(transaction: Transaction) -> pb.UpdateWebhookResponse:
            await accounts.get(transaction.connection, account_id)
            current = await webhooks.get(transaction.connection, account_id, request.webhook.id)
            shown = webhook_wire.webhook(current, transaction.now)
            message = updated("webhook", shown, request.webhook, paths)
            settings = webhook_wire.webhook_settings(message)
            secrets = asked_credentials.changed(transaction, current, message, settings, paths, self._egress)
            reading = current.reading
            if not READ_FROM.isdisjoint(paths):
                reading = await self._reader.reading(transaction, account_id, settings, ahead)
            if settings.object_type_id != current.settings.object_type_id:
                await _check_unused(transaction, current, "cannot move to another type of object")
            stored = await webhooks.change(transaction, current, settings, reading, secrets)
            return pb.UpdateWebhookResponse(
                webhook=webhook_wire.webhook(stored, transaction.now), config_revision=stored.revision
            )

        return await written(self._database, request, work)

    async def DeleteWebhook(self, request: pb.DeleteWebhookRequest, context: object) -> pb.DeleteWebhookResponse:
        """Delete a webhook that nothing fires."""
        account_id = account_of(request.account_id)

        async def work(transaction: Transaction) -> pb.DeleteWebhookResponse:
            await accounts.get(transaction.connection, account_id)
            current = await webhooks.get(transaction.connection, account_id, request.id)
            check_etag(request.etag, wire.etag_of(current.revision))
            await _check_unused(transaction, current, "cannot be deleted")
            await webhooks.remove(transaction, current)
            return pb.DeleteWebhookResponse(config_revision=transaction.revision)

        return await self._database.write(work)

    async def RotateWebhookSecret(
        self, request: pb.RotateWebhookSecretRequest, context: object
    ) -> pb.RotateWebhookSecretResponse:
        """Give a new signing secret."""
        account_id = account_of(request.account_id)
        overlap = asked_secrets.overlap_of(request.overlap if request.HasField("overlap") else None)

        async def work(transaction: Transaction) -> pb.RotateWebhookSecretResponse:
            await accounts.get(transaction.connection, account_id)
            current = await webhooks.get(transaction.connection, account_id, request.id)
            secret, secrets = asked_secrets.rotation(
                transaction, current, request.signing_secret, request.signature, overlap
            )
            stored = await webhooks.change(transaction, current, secrets=secrets)
            return pb.RotateWebhookSecretResponse(
                webhook=webhook_wire.webhook(stored, transaction.now),
                signing_secret=asked_secrets.shown(secret),
                config_revision=stored.revision,
            )

        return await self._database.write(work)

    async def _ahead(self, account_id: int, request: pb.UpdateWebhookRequest, paths: Sequence[str]) -> Ahead:
        async with self._database.read() as connection:
            await accounts.get(connection, account_id)
            current = await webhooks.get(connection, account_id, request.webhook.id)
        shown = webhook_wire.webhook(current, self._database.clock.now())
        changed = updated("webhook", shown, request.webhook, paths)
        return await self._reader.ahead(account_id, webhook_wire.webhook_settings(changed))


async def _check_unused(transaction: Transaction, current: Webhook, refused: str) -> None:
    users = await definitions.firing(transaction.connection, current.account_id, current.id, SHOWN + 1)
    check_unused(f"webhook {current.id} {refused}: it is fired by", users, "WEBHOOK_USED")
