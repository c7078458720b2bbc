"""The demo's webhooks, in every content type, and what fires them: a global rule, an order form, and a campaign."""

from collections.abc import Mapping
from dataclasses import dataclass

from hookline.registry.v1 import form_pb2, global_rule_pb2, subscription_pb2, webhook_pb2

from hookline_cli.demo.plan import MARK
from hookline_cli.demo.tally import Row

WEBHOOK_THROTTLE = 180
RULE, FORM, CAMPAIGN = "VIP tagged", "Checkout", "Onboarding"
FORM_NUMBER = 40
"""The form_id of the sample's orders."""
VIP_TAG = 6
_VIP_SPENT = 300


@dataclass(frozen=True, slots=True)
class PlannedWebhook:
    """One webhook of the demo, under a name for people; section is the part of what fires it, below its URL's end."""

    name: str
    source: str
    section: str
    encoding: str
    data: str
    below: str = ""
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def path(self) -> str:
        """Where it is received, before merging."""
        return "/" + self.name.replace(" ", "-") + self.below

    def row(self) -> Row:
        """What the tally counts of it, nothing yet."""
        fired_by = f"{self.source}, {self.section}" if self.section else self.source
        return Row(
            self.name,
            throttled_target=True,
            source=self.source,
            fired_by=fired_by,
            payload=f"merged {self.encoding}",
        )

    def webhook(self, url: str) -> webhook_pb2.Webhook:
        """The webhook that sends to the URL."""
        headers = ((MARK, self.name), *self.headers)
        return webhook_pb2.Webhook(
            name=self.name,
            url=url,
            data=self.data,
            requests_per_minute=WEBHOOK_THROTTLE,
            headers=[subscription_pb2.Header(name=name, value=value) for name, value in headers],
        )


_RULE_SOURCE, _FORM_SOURCE = f"rule {RULE}", f"form {FORM}"

WELCOME = PlannedWebhook(
    "welcome",
    _RULE_SOURCE,
    "",
    "json",
    '{"to": "[First Name] [Last Name] <[Email]>", "spent": [Total Spent|0], "city": [City]}',
    below="/[Contact ID]",
    headers=(("x-owner", "[Owner.Email|nobody]"),),
)
ORDER_RECEIVED = PlannedWebhook(
    "order received",
    _FORM_SOURCE,
    "always",
    "form",
    "contact=[Contact ID]&name=[First Name] [Last Name]&email=[Email]",
)
PAYMENT_THANKS = PlannedWebhook(
    "payment thanks",
    _FORM_SOURCE,
    "successful payment",
    "xml",
    '<thanks to="[Email]"><name>[First Name] [Last Name]</name><paid>[Most Recent Charge]</paid></thanks>',
)
PAYMENT_DUNNING = PlannedWebhook(
    "payment dunning",
    _FORM_SOURCE,
    "failed payment",
    "text",
    "Dear [First Name|customer], your payment did not go through. Please try again!",
)
_CAMPAIGN_SOURCE = f"campaign {CAMPAIGN}"
HELLO = PlannedWebhook(
    "hello",
    _CAMPAIGN_SOURCE,
    "hello",
    "json",
    '{"id": [Contact ID], "name": "[First Name] [Last Name]", "from": "[Owner.First Name|us]"}',
)
OFFER = PlannedWebhook(
    "offer",
    _CAMPAIGN_SOURCE,
    "offer",
    "form",
    "contact=[Contact ID]&email=[Email]&spent=[Total Spent|0]",
)
WEBHOOKS = (WELCOME, ORDER_RECEIVED, PAYMENT_THANKS, PAYMENT_DUNNING, HELLO, OFFER)


def vip_rule(ids: Mapping[PlannedWebhook, int], request_id: str) -> global_rule_pb2.CreateGlobalRuleRequest:
    """Asks for the rule, in the text form that rules are known by: some of the VIPs have spent enough for it."""
    return global_rule_pb2.CreateGlobalRuleRequest(
        rule=global_rule_pb2.GlobalRule(name=RULE),
        text=global_rule_pb2.RuleText(
            events=f"Contact_added_to_category({VIP_TAG})",
            conditions=f"field_is_condition_fieldvalue(spent,Greater Than,{_VIP_SPENT})",
            actions=f"Ping_APIURL({ids[WELCOME]})",
        ),
        request_id=request_id,
    )


def checkout_form(ids: Mapping[PlannedWebhook, int], request_id: str) -> form_pb2.CreateFormRequest:
    """Asks for the order form with its three sections."""
    form = form_pb2.Form(
        name=FORM,
        kind=form_pb2.FORM_KIND_ORDER_FORM,
        number=FORM_NUMBER,
        always_on=[global_rule_pb2.RuleAction(webhook_id=ids[ORDER_RECEIVED])],
        payment_successful=[global_rule_pb2.RuleAction(webhook_id=ids[PAYMENT_THANKS])],
        payment_failed=[global_rule_pb2.RuleAction(webhook_id=ids[PAYMENT_DUNNING])],
    )
    return form_pb2.CreateFormRequest(form=form, request_id=request_id)
