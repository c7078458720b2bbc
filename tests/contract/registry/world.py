"""A registry in this process with a first account, and callers with different keys."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

import grpc
import grpc.aio
from google.rpc import error_details_pb2, status_pb2
from grpc_status import rpc_status
from hookline.registry.v1 import account_pb2 as accounts_pb
from hookline.registry.v1 import (
    account_pb2_grpc,
    audit_pb2_grpc,
    campaign_pb2_grpc,
    config_pb2_grpc,
    form_pb2_grpc,
    global_rule_pb2_grpc,
    object_type_pb2_grpc,
    plugin_pb2_grpc,
    subscription_pb2_grpc,
    trigger_pb2_grpc,
    webhook_pb2_grpc,
)
from hookline.registry.v1 import campaign_pb2 as campaigns_pb
from hookline.registry.v1 import form_pb2 as forms_pb
from hookline.registry.v1 import global_rule_pb2 as rules_pb
from hookline.registry.v1 import subscription_pb2 as subscriptions_pb
from hookline.registry.v1 import webhook_pb2 as webhooks_pb

from hookline_registry.bootstrap import Credentials, first_keys
from hookline_registry.registry import Registry, start
from hookline_registry.settings import Settings
from hookline_runtime.channels import open_channel
from hookline_runtime.clock import Clock

SERVICE_KEY = "a service key for tests"
URL = "https://example.com/hook"


class Caller:
    """The stubs of every service, called with one key."""

    services: ClassVar[tuple[Any, ...]] = (
        account_pb2_grpc.AccountServiceStub,
        object_type_pb2_grpc.ObjectTypeServiceStub,
        subscription_pb2_grpc.SubscriptionServiceStub,
        webhook_pb2_grpc.WebhookServiceStub,
        global_rule_pb2_grpc.GlobalRuleServiceStub,
        form_pb2_grpc.FormServiceStub,
        campaign_pb2_grpc.CampaignServiceStub,
        trigger_pb2_grpc.TriggerServiceStub,
        plugin_pb2_grpc.PluginServiceStub,
        config_pb2_grpc.ConfigServiceStub,
        audit_pb2_grpc.AuditServiceStub,
    )

    def __init__(self, channel: grpc.aio.Channel, *metadata: tuple[str, str]) -> None:
        self._metadata = metadata
        self._stubs = [service(channel) for service in self.services]

    def __getattr__(self, method: str) -> Any:
        rpc = next(getattr(stub, method) for stub in self._stubs if hasattr(stub, method))
        return lambda request: rpc(request, metadata=self._metadata, timeout=30)


@dataclass(slots=True)
class World:
    """A registry that serves, the keys of its first account, and who calls with them."""

    registry: Registry
    channel: grpc.aio.Channel
    first: Credentials
    user: Caller
    operator: Caller
    service: Caller

    def caller(self, application_id: str, secret: str) -> Caller:
        return Caller(self.channel, ("api-appid", application_id), ("api-key", secret))

    async def new_account(
        self, plan: accounts_pb.Plan.ValueType = accounts_pb.PLAN_PRO, *, switched_on: bool = True
    ) -> tuple[int, Caller]:
        """Make another account with a key of its own; its features are all on, or all off."""
        features = accounts_pb.FeatureSwitches(global_rules=switched_on, form_rules=switched_on)
        account = accounts_pb.Account(name="another", plan=plan, features=features)
        made = await self.operator.CreateAccount(accounts_pb.CreateAccountRequest(account=account))
        scopes = [accounts_pb.SCOPE_MANAGE, accounts_pb.SCOPE_PUBLISH, accounts_pb.SCOPE_READ]
        return made.account.id, await self.new_caller(made.account.id, *scopes)

    async def new_caller(self, account_id: int, *scopes: accounts_pb.Scope.ValueType) -> Caller:
        """Make a key of an account; account 0 stands for an operator key."""
        kind = accounts_pb.KEY_KIND_ACCOUNT if account_id else accounts_pb.KEY_KIND_OPERATOR
        asked = accounts_pb.CreateKeyRequest(name="k", account_id=account_id, kind=kind, scopes=scopes)
        made = await self.operator.CreateKey(asked)
        return self.caller(made.key.application_id, made.secret)


@asynccontextmanager
async def open_world(
    settings: Settings, clock: Clock | None = None, first: Credentials | None = None
) -> AsyncIterator[World]:
    """Start a registry; `first` are the credentials when its database has some already."""
    registry = await start(settings, clock)
    channel = open_channel(f"127.0.0.1:{registry.port}")
    try:
        first = first or await first_keys(registry.database, "first")
        assert first is not None
        user = Caller(channel, ("api-appid", first.api_appid), ("api-key", first.api_key))
        operator = Caller(channel, ("api-appid", first.operator_appid), ("api-key", first.operator_key))
        yield World(registry, channel, first, user, operator, Caller(channel, ("service-key", SERVICE_KEY)))
    finally:
        await channel.close()
        await registry.stop(0.5)


def subscribing(event: str = "sub_tag", url: str = URL, **more: Any) -> subscriptions_pb.CreateSubscriptionRequest:
    """Ask for a subscription."""
    return subscriptions_pb.CreateSubscriptionRequest(
        subscription=subscriptions_pb.Subscription(event=event, url=url, **more)
    )


def hooking(url: str = URL, **more: Any) -> webhooks_pb.CreateWebhookRequest:
    """Ask for a webhook."""
    return webhooks_pb.CreateWebhookRequest(webhook=webhooks_pb.Webhook(url=url, **more))


def firing(*webhooks: int) -> list[rules_pb.RuleAction]:
    """The actions that fire webhooks."""
    return [rules_pb.RuleAction(webhook_id=webhook) for webhook in webhooks]


def ruling(*webhooks: int, **more: Any) -> rules_pb.CreateGlobalRuleRequest:
    """Ask for a rule that fires webhooks where a contact gets tag 4."""
    rule = rules_pb.GlobalRule(actions=firing(*webhooks), **more)
    if "triggers" not in more:
        rule.triggers.add(event="sub_tag", params={"tag_id": "4"})
    return rules_pb.CreateGlobalRuleRequest(rule=rule)


def forming(*webhooks: int, **more: Any) -> forms_pb.CreateFormRequest:
    """Ask for a form that fires webhooks at every submission."""
    return forms_pb.CreateFormRequest(form=forms_pb.Form(always_on=firing(*webhooks), **more))


def mapping(*webhooks: int) -> list[campaigns_pb.CampaignElement]:
    """A whole map: contacts that get tag 4 pass each webhook in turn."""
    names = [f"send-{place}" for place in range(len(webhooks))]
    follows = [*names, "out"]
    triggers = [rules_pb.RuleTrigger(event="sub_tag", params={"tag_id": "4"})]
    element = campaigns_pb.CampaignElement
    return [
        element(id="in", entry=campaigns_pb.EntryElement(triggers=triggers), next=follows[0]),
        *(
            element(id=name, webhook=campaigns_pb.WebhookElement(webhook_id=webhook), next=after)
            for name, webhook, after in zip(names, webhooks, follows[1:], strict=True)
        ),
        element(id="out", end=campaigns_pb.EndElement()),
    ]


def campaigning(*webhooks: int, **more: Any) -> campaigns_pb.CreateCampaignRequest:
    """Ask for a campaign whose map is whole and passes webhooks, unless other elements are given."""
    more = {"elements": mapping(*webhooks), **more}
    return campaigns_pb.CreateCampaignRequest(campaign=campaigns_pb.Campaign(**more))


@dataclass(frozen=True, slots=True)
class Refusal:
    """How an RPC was refused."""

    code: grpc.StatusCode
    text: str
    reason: str
    fields: tuple[str, ...]
    metadata: dict[str, str]


async def outcome(call: Any) -> grpc.StatusCode:
    """Await an RPC and tell its status."""
    try:
        await call
    except grpc.aio.AioRpcError as error:
        return error.code()
    return grpc.StatusCode.OK


async def refusal(call: Any) -> Refusal:
    """Await an RPC that must fail and tell how."""
    try:
        answer = await call
    except grpc.aio.AioRpcError as error:
        return Refusal(error.code(), error.details() or "", *_details(rpc_status.from_call(error)))
    raise AssertionError(f"it was answered: {answer}")


def _details(status: status_pb2.Status | None) -> tuple[str, tuple[str, ...], dict[str, str]]:
    reason, fields, metadata = "", [], {}
    for detail in status.details if status else ():
        info, bad = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
        if detail.Unpack(info):
            reason, metadata = info.reason, dict(info.metadata)
        if detail.Unpack(bad):
            fields = [violation.field for violation in bad.field_violations]
    return reason, tuple(fields), metadata
