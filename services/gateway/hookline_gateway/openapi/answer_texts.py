"""What stands in examples of answers, by the name of the field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from hookline_gateway.openapi.examples import BODIES, EVENT

TIME: Final = "2026-03-01T09:30:00Z"

TEXTS: Final[Mapping[str, str]] = {
    "application_id": "2_AppId",
    "attempt": "1",
    "body": "First_Name=Mary",
    "content_type": "application/x-www-form-urlencoded",
    "detected_content_type": "application/x-www-form-urlencoded",
    "distribution": "hookline-builtin",
    "element": "hello",
    "element_id": "hello",
    "etag": "1",
    "event_id": "e1",
    "event_type": "sub_tag",
    "field": "firstname",
    "id": "1",
    "key": "firstname",
    "kind": "score_crosses",
    "label": "First Name",
    "name": "Welcome",
    "object_id": "8",
    "ordering_key": "0/8",
    "outcome": "delivered",
    "resume_token": "MTcyOA",
    "secret": "the secret of the key",
    "signing_secret": "whsec_YW4gZXhhbXBsZSBvZiAyNCBieXRlcyE=",
    "source": "subscription",
    "text": "When a contact gets tag 4, if its Last Name is Smith, send “Welcome”.",
    "type": "sub_tag",
    "url": "https://receiver.example/hook",
    "value": "Hookline",
    "version": "1",
}
"""A text that is not here is empty, as one that is not set."""

NUMBERS: Final[Mapping[str, int]] = {
    "account_id": 1,
    "attempts": 1,
    "campaign_id": 1,
    "config_revision": 12,
    "deliveries": 1,
    "delivered": 1,
    "delivery_id": 1,
    "fires": 1,
    "id": 1,
    "last_status_code": 200,
    "max_retries": 10,
    "number": 1,
    "object_version": 1,
    "requests_per_minute": 180,
    "status_code": 200,
    "tag_id": 4,
    "total_size": 1,
    "version": 1,
    "webhook_id": 1,
}
"""A number that is not here is 0."""

LISTS: Final[Mapping[str, list[str]]] = {
    "changed_fields": ["name"],
    "media_types": ["application/json"],
    "tags": ["4"],
}
MAPS: Final[Mapping[str, dict[str, str]]] = {"params": {"tag_id": "4"}}
OBJECTS: Final[Mapping[str, dict[str, Any]]] = {
    "after": {"name": "Welcome"},
    "before": {"name": "Hello"},
    "configuration": {"field": "points", "threshold": 50, "webhook_id": 1},
    "data": {"firstname": "Mary"},
}
DURATION: Final = "0.042s"

OF_FIELDS: Final[Mapping[str, Any]] = {
    "hookline.dispatcher.v1.AttemptRequest.method": "POST",
    "hookline.dispatcher.v1.Delivery.state": "DELIVERY_STATE_DELIVERED",
    "hookline.dispatcher.v1.FiredBy.element": "",
    "hookline.dispatcher.v1.HttpHeader.name": "Content-Type",
    "hookline.dispatcher.v1.HttpHeader.value": "application/x-www-form-urlencoded",
    "hookline.dispatcher.v1.PreviewWarning.field": "data",
    "hookline.dispatcher.v1.PreviewWarning.text": "no object has a field with this name",
    "hookline.registry.v1.AuditEntry.method": "hookline.registry.v1.WebhookService.UpdateWebhook",
    "hookline.registry.v1.AuditEntry.outcome": "OK",
    "hookline.registry.v1.AuditEntry.peer": "192.0.2.1",
    "hookline.registry.v1.AuditEntry.resource": "webhook/1",
    "hookline.registry.v1.CampaignFlaw.field": "elements[2].next",
    "hookline.registry.v1.CampaignFlaw.reason": "leads to no element",
    "hookline.registry.v1.Key.expire_time": "2027-03-01T09:30:00Z",
    "hookline.registry.v1.Key.name": "the shop",
    "hookline.registry.v1.Plugin.name": "hookline-builtin",
    "hookline.registry.v1.PluginEncoder.name": "json",
    "hookline.registry.v1.Subscription.timeout": "30s",
    "hookline.registry.v1.Webhook.timeout": "30s",
}
"""Values of single fields, by their full names; they go before those by name."""

LEFT_OUT: Final = frozenset(
    {
        "first_failure_time",
        "old_secret_expire_time",
        "revoke_time",
        "searched_back_time",
        "set_aside_time",
        "settle_time",
    }
)
"""Fields that stand there seldom: what went wrong, or is over."""

GIVEN: Final[Mapping[str, dict[str, Any]]] = {
    "hookline.event.v1.Event": {"id": "e1", "occurred_time": TIME, **EVENT},
    "hookline.registry.v1.Account": BODIES["CreateAccount"]["account"],
    "hookline.registry.v1.Campaign": BODIES["CreateCampaign"]["campaign"],
    "hookline.registry.v1.Form": BODIES["CreateForm"]["form"],
    "hookline.registry.v1.GlobalRule": BODIES["CreateGlobalRule"]["rule"],
    "hookline.registry.v1.ObjectType": BODIES["CreateObjectType"]["object_type"],
    "hookline.registry.v1.Subscription": BODIES["CreateSubscription"]["subscription"],
    "hookline.registry.v1.Trigger": BODIES["CreateTrigger"]["trigger"],
    "hookline.registry.v1.Webhook": BODIES["CreateWebhook"]["webhook"],
}
"""What is shown as it was made: messages that a body has an example of, by their full names."""
