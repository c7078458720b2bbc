"""SubscriptionService over gRPC."""

from collections.abc import Sequence

from hookline.registry.v1 import subscription_pb2 as pb
from hookline.registry.v1 import subscription_pb2_grpc

from hookline_registry import (
    accounts,
    asked_credentials,
    asked_secrets,
    idempotency,
    settles,
    subscription_rules,
    subscriptions,
    wire,
)
from hookline_registry.database import Database, Transaction
from hookline_registry.masks import paths_of
from hookline_registry.model import SubscriptionSettings
from hookline_registry.pages import Asked, collect
from hookline_registry.read_again import ReadAgain
from hookline_registry.requests import check_etag, check_id, create_of, refuse, updated
from hookline_registry.subscription_rules import Installation
from hookline_registry.target_room import check_room
from hookline_registry.validating import written
from hookline_runtime.access import account_of
from hookline_runtime.errors import InvalidArgument, Violation

_CHANGEABLE = (
    "event",
    "url",
    "format",
    "content_type",
    "headers",
    "requests_per_minute",
    "max_retries",
    "ordered",
    "dead_head",
    "timeout",
    "settle",
    "secret_headers",
    "authentication",
    "tls",
)


class SubscriptionService(subscription_pb2_grpc.SubscriptionServiceServicer):
    """API subscriptions."""

    def __init__(self, database: Database, installation: Installation) -> None:
        self._database = database
        self._installation = installation
        self._lists: ReadAgain[pb.ListSubscriptionsResponse] = ReadAgain(database.head)

    async def CreateSubscription(
        self, request: pb.CreateSubscriptionRequest, context: object
    ) -> pb.CreateSubscriptionResponse:
        """Subscribe and show the signing secret this once; a repeated request answers without it."""
        account_id = account_of(request.account_id)
        create = create_of(request, account_id, request.request_id, "subscription")

        async def work(transaction: Transaction) -> pb.CreateSubscriptionResponse:
            account = await accounts.get(transaction.connection, account_id)
            made_before = await idempotency.recall(
                transaction, create, lambda made: subscriptions.get(transaction.connection, account_id, made)
            )
            if made_before is not None:
                shown = wire.subscription(made_before, transaction.now)
                return pb.CreateSubscriptionResponse(subscription=shown, config_revision=made_before.revision)
            settings = self._settings(request.subscription)
            given = asked_credentials.chosen(transaction, request.subscription, settings, self._installation.egress)
            secret = asked_secrets.chosen(request.signing_secret, request.signature)
            subscription_rules.check_plan(settings, account.settings.plan)
            await check_room(transaction.connection, account_id, self._installation.most_targets)
            stored = await subscriptions.create(transaction, account_id, settings, secret, given)
            await idempotency.remember(transaction, create, stored.id)
            return pb.CreateSubscriptionResponse(
                subscription=wire.subscription(stored, transaction.now),
                signing_secret=asked_secrets.shown(secret),
                config_revision=stored.revision,
            )

        return await written(self._database, request, work)

    async def GetSubscription(self, request: pb.GetSubscriptionRequest, context: object) -> pb.GetSubscriptionResponse:
        """Show a subscription."""
        account_id = account_of(request.account_id)
        async with self._database.read() as connection:
            await accounts.get(connection, account_id)
            stored = await subscriptions.get(connection, account_id, request.id)
        shown = wire.subscription(stored, self._database.clock.now())
        return pb.GetSubscriptionResponse(subscription=shown)

    async def ListSubscriptions(
        self, request: pb.ListSubscriptionsRequest, context: object
    ) -> pb.ListSubscriptionsResponse:
        """List subscriptions."""
        account_id = account_of(request.account_id)
        return await self._lists.answer(account_id, request, lambda: self._list(account_id, request), _lasting)

    async def _list(self, account_id: int, request: pb.ListSubscriptionsRequest) -> pb.ListSubscriptionsResponse:
        now = self._database.clock.now()
        event = _event_of(request.event, "event") if request.event else None
        which = subscriptions.Which(account_id, event, tuple(request.ids))
        of_list: dict[str, int | str] = {"list": "subscriptions", "account": account_id, "event": request.event}
        if which.ids:
            of_list["ids"] = ",".join(map(str, which.ids))
        skip = request.skip
        async with self._database.read() as connection:
            await accounts.get(connection, account_id)
            asked = Asked(request.page_size, request.page_token, of_list)
            if skip:
                asked = await asked.skipping(lambda after: subscriptions.skip(connection, which, after, skip))
            page = await collect(
                asked,
                lambda after, limit: subscriptions.page(connection, which, after, limit),
                lambda stored: wire.subscription(stored, now),
            )
            total = await subscriptions.count(connection, which) if request.count else 0
        return pb.ListSubscriptionsResponse(subscriptions=page.items, next_page_token=page.next_token, total_size=total)

    async def UpdateSubscription(
        self, request: pb.UpdateSubscriptionRequest, context: object
    ) -> pb.UpdateSubscriptionResponse:
        """Change a subscription."""
        account_id = account_of(request.account_id)
        check_id("subscription.id", request.subscription.id)
        paths = paths_of(request.update_mask.paths, request.subscription, _CHANGEABLE)

        async def work(transaction: Transaction) -> pb.UpdateSubscriptionResponse:
            account = await accounts.get(transaction.connection, account_id)
            current = await subscriptions.get(transaction.connection, account_id, request.subscription.id)
            shown = wire.subscription(current, transaction.now)
            message = updated("subscription", shown, request.subscription, paths)
            settings = self._settings(message, paths)
            secrets = asked_credentials.changed(
                transaction, current, message, settings, paths, self._installation.egress
            )
            if settings.event != current.settings.event:  # what stands after a downgrade may stay
                subscription_rules.check_plan(settings, account.settings.plan)
            stored = await subscriptions.change(transaction, current, settings, secrets)
            return pb.UpdateSubscriptionResponse(
                subscription=wire.subscription(stored, transaction.now), config_revision=stored.revision
            )

        return await written(self._database, request, work)

    async def DeleteSubscription(
        self, request: pb.DeleteSubscriptionRequest, context: object
    ) -> pb.DeleteSubscriptionResponse:
        """Unsubscribe."""
        account_id = account_of(request.account_id)

        async def work(transaction: Transaction) -> pb.DeleteSubscriptionResponse:
            await accounts.get(transaction.connection, account_id)
            current = await subscriptions.get(transaction.connection, account_id, request.id)
            check_etag(request.etag, wire.etag_of(current.revision))
            await subscriptions.remove(transaction, current)
            return pb.DeleteSubscriptionResponse(config_revision=transaction.revision)

        return await self._database.write(work)

    async def RotateSecret(self, request: pb.RotateSecretRequest, context: object) -> pb.RotateSecretResponse:
        """Give a new signing secret."""
        account_id = account_of(request.account_id)
        overlap = asked_secrets.overlap_of(request.overlap if request.HasField("overlap") else None)

        async def work(transaction: Transaction) -> pb.RotateSecretResponse:
            await accounts.get(transaction.connection, account_id)
            current = await subscriptions.get(transaction.connection, account_id, request.id)
            secret, secrets = asked_secrets.rotation(
                transaction, current, request.signing_secret, request.signature, overlap
            )
            stored = await subscriptions.change(transaction, current, secrets=secrets)
            return pb.RotateSecretResponse(
                subscription=wire.subscription(stored, transaction.now),
                signing_secret=asked_secrets.shown(secret),
                config_revision=stored.revision,
            )

        return await self._database.write(work)

    def _settings(self, message: pb.Subscription, changed: Sequence[str] = _CHANGEABLE) -> SubscriptionSettings:
        """Read the settings; what is not changed may stay, even where an installation with other plugins took it."""
        settings = wire.subscription_settings(message, *_event_of(message.event, "subscription.event"))
        found = subscription_rules.violations(settings, message.content_type, self._installation)
        refuse([*(each for each in found if _setting_of(each) in changed), *settles.violations(settings)])
        return settings


def _event_of(text: str, field: str) -> tuple[str, int | None]:
    try:
        return subscription_rules.event_of(text)
    except ValueError as error:
        raise InvalidArgument(Violation(field, str(error))) from None


def _setting_of(violation: Violation) -> str:
    """The setting that a path such as `subscription.headers[0].name` lies in."""
    return violation.field.removeprefix("subscription.").partition(".")[0].partition("[")[0]


def _lasting(page: pb.ListSubscriptionsResponse) -> bool:
    """Whether nothing on a page goes by the clock: an old secret's expiry is shown until it has come."""
    return not any(each.HasField("old_secret_expire_time") for each in page.subscriptions)
