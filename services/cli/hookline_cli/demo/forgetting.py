"""Taking away what an earlier demo made in the same folder, and nothing else.

Its subscriptions and webhooks bear the mark; its rules, forms and campaigns are those that fire nothing but marked
webhooks. These go first, since a webhook that is used cannot be deleted.
"""

from collections.abc import Iterable

from hookline.registry.v1 import (
    campaign_pb2,
    campaign_pb2_grpc,
    form_pb2,
    form_pb2_grpc,
    global_rule_pb2,
    global_rule_pb2_grpc,
    subscription_pb2,
    subscription_pb2_grpc,
    webhook_pb2,
    webhook_pb2_grpc,
)

from hookline_cli.connection import Connection
from hookline_cli.demo.plan import MARK


async def forget_earlier(registry: Connection) -> None:
    """Deletes the leftovers; raises CliError, such as when something else fires one of the demo's webhooks."""
    await _forget_subscriptions(registry)
    stub = webhook_pb2_grpc.WebhookServiceStub(registry.channel)
    request = webhook_pb2.ListWebhooksRequest()
    found, _ = await registry.pages(stub.ListWebhooks, request, lambda page: page.webhooks, 0)
    ours = {each.id for each in found if _is_marked(each.headers)}
    await _forget_rules(registry, ours)
    await _forget_forms(registry, ours)
    await _forget_campaigns(registry, ours)
    for id_ in sorted(ours):
        await registry.answer(stub.DeleteWebhook, webhook_pb2.DeleteWebhookRequest(id=id_))


async def _forget_subscriptions(registry: Connection) -> None:
    stub = subscription_pb2_grpc.SubscriptionServiceStub(registry.channel)
    request = subscription_pb2.ListSubscriptionsRequest()
    found, _ = await registry.pages(stub.ListSubscriptions, request, lambda page: page.subscriptions, 0)
    for each in found:
        if _is_marked(each.headers):
            await registry.answer(stub.DeleteSubscription, subscription_pb2.DeleteSubscriptionRequest(id=each.id))


async def _forget_rules(registry: Connection, ours: set[int]) -> None:
    stub = global_rule_pb2_grpc.GlobalRuleServiceStub(registry.channel)
    request = global_rule_pb2.ListGlobalRulesRequest()
    found, _ = await registry.pages(stub.ListGlobalRules, request, lambda page: page.rules, 0)
    for each in found:
        if only_fires(each.actions, ours):
            await registry.answer(stub.DeleteGlobalRule, global_rule_pb2.DeleteGlobalRuleRequest(id=each.id))


async def _forget_forms(registry: Connection, ours: set[int]) -> None:
    stub = form_pb2_grpc.FormServiceStub(registry.channel)
    found, _ = await registry.pages(stub.ListForms, form_pb2.ListFormsRequest(), lambda page: page.forms, 0)
    for each in found:
        if only_fires((*each.always_on, *each.payment_successful, *each.payment_failed), ours):
            await registry.answer(stub.DeleteForm, form_pb2.DeleteFormRequest(id=each.id))


async def _forget_campaigns(registry: Connection, ours: set[int]) -> None:
    stub = campaign_pb2_grpc.CampaignServiceStub(registry.channel)
    request = campaign_pb2.ListCampaignsRequest()
    found, _ = await registry.pages(stub.ListCampaigns, request, lambda page: page.campaigns, 0)
    for each in found:
        if only_fires(await _actions_of(registry, each), ours):
            await registry.answer(stub.DeleteCampaign, campaign_pb2.DeleteCampaignRequest(id=each.id))


async def _actions_of(registry: Connection, campaign: campaign_pb2.Campaign) -> list[global_rule_pb2.RuleAction]:
    """What it fires, by the map that is being worked on and by the one that contacts follow."""
    stub = campaign_pb2_grpc.CampaignServiceStub(registry.channel)
    views = [campaign_pb2.CAMPAIGN_VIEW_WORKING]
    if campaign.state != campaign_pb2.CAMPAIGN_STATE_DRAFT:
        views.append(campaign_pb2.CAMPAIGN_VIEW_PUBLISHED)
    fired: list[global_rule_pb2.RuleAction] = []
    for view in views:
        request = campaign_pb2.GetCampaignRequest(id=campaign.id, view=view)
        found = (await registry.answer(stub.GetCampaign, request)).campaign
        hooks = (each.webhook for each in found.elements if each.HasField("webhook"))
        fired += [global_rule_pb2.RuleAction(webhook_id=each.webhook_id) for each in hooks]
    return fired


def only_fires(actions: Iterable[global_rule_pb2.RuleAction], webhooks: set[int]) -> bool:
    """Whether the actions fire something, and none but these webhooks."""
    fired = {each.webhook_id for each in actions}
    return bool(fired) and fired <= webhooks


def _is_marked(headers: Iterable[subscription_pb2.Header]) -> bool:
    return any(header.name.lower() == MARK for header in headers)
