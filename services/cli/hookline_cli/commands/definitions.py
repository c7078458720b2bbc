"""Rules, forms and campaigns, for a person."""

from collections.abc import Iterable

from hookline.dispatcher.v1 import campaign_stats_service_pb2
from hookline.registry.v1 import campaign_pb2, form_pb2, global_rule_pb2, trigger_pb2
from rich.table import Table
from rich.text import Text

from hookline_cli import tables
from hookline_cli.commands.settling import settle_words
from hookline_cli.printable import printable


def rules(items: Iterable[global_rule_pb2.GlobalRule]) -> Table | Text:
    """One row per global rule."""
    return tables.table(
        ("id", "name", "object type", "at work", "when", "if", "do"),
        (
            (
                str(each.id),
                printable(each.name),
                str(each.object_type_id),
                _at_work(each.paused),
                printable(each.text.events),
                printable(each.text.conditions),
                printable(each.text.actions),
            )
            for each in items
        ),
    )


def rule_facts(rule: global_rule_pb2.GlobalRule) -> Text:
    """A global rule in full."""
    return tables.facts(
        (
            ("id", str(rule.id)),
            ("name", printable(rule.name)),
            ("object type", str(rule.object_type_id)),
            ("at work", _at_work(rule.paused)),
            ("settles", settle_words(rule.settle)),
            ("when", printable(rule.text.events)),
            ("if", printable(rule.text.conditions)),
            ("do", printable(rule.text.actions)),
            ("created", tables.moment(rule.create_time)),
            ("changed", tables.moment(rule.update_time)),
        )
    )


def forms(items: Iterable[form_pb2.Form]) -> Table | Text:
    """One row per form."""
    return tables.table(
        ("id", "number", "name", "kind", "at work", "always", "successful", "failed"),
        (
            (
                str(each.id),
                str(each.number),
                printable(each.name),
                _form_kind(each),
                _at_work(each.paused),
                _webhooks(each.always_on),
                _webhooks(each.payment_successful),
                _webhooks(each.payment_failed),
            )
            for each in items
        ),
    )


def form_facts(form: form_pb2.Form) -> Text:
    """A form in full."""
    return tables.facts(
        (
            ("id", str(form.id)),
            ("number", str(form.number)),
            ("name", printable(form.name)),
            ("kind", _form_kind(form)),
            ("object type", str(form.object_type_id)),
            ("at work", _at_work(form.paused)),
            ("settles", settle_words(form.settle)),
            ("every submission", _webhooks(form.always_on)),
            ("successful payment", _webhooks(form.payment_successful)),
            ("failed payment", _webhooks(form.payment_failed)),
            ("created", tables.moment(form.create_time)),
            ("changed", tables.moment(form.update_time)),
        )
    )


def campaigns(items: Iterable[campaign_pb2.Campaign]) -> Table | Text:
    """One row per campaign."""
    return tables.table(
        ("id", "name", "state", "version", "unpublished changes"),
        (
            (
                str(each.id),
                printable(each.name),
                _campaign_state(each),
                str(each.version or ""),
                "yes" if each.unpublished_changes else "",
            )
            for each in items
        ),
    )


def campaign_facts(campaign: campaign_pb2.Campaign) -> Text:
    """A campaign in full: a line for each element of its map."""
    return tables.facts(
        (
            ("id", str(campaign.id)),
            ("name", printable(campaign.name)),
            ("state", _campaign_state(campaign)),
            ("version", str(campaign.version or "")),
            ("unpublished changes", "yes" if campaign.unpublished_changes else ""),
            ("object type", str(campaign.object_type_id)),
            ("re-entry", "allowed" if campaign.reentry_allowed else ""),
            ("time zone", campaign.time_zone),
            ("map", "\n".join(_element(each) for each in campaign.elements)),
            ("created", tables.moment(campaign.create_time)),
            ("changed", tables.moment(campaign.update_time)),
            ("published", tables.moment(campaign.publish_time)),
        )
    )


def campaign_counts(items: Iterable[campaign_stats_service_pb2.ElementStats]) -> Table | Text:
    """One row per element, in contacts; the whole map has no id."""
    return tables.table(
        ("element", "reached", "waiting", "left", "on its way", "sent", "failed"),
        (
            (
                each.element_id or "the whole map",
                str(each.reached),
                str(each.waiting),
                str(each.left),
                str(each.on_its_way),
                str(each.sent),
                str(each.failed),
            )
            for each in items
        ),
    )


def triggers(items: Iterable[trigger_pb2.Trigger]) -> Table | Text:
    """One row per trigger of a kind that a plugin adds."""
    return tables.table(
        ("id", "name", "kind", "at work", "configuration"),
        (
            (
                str(each.id),
                printable(each.name),
                each.kind,
                _at_work(each.paused),
                printable(each.configuration.decode(errors="replace")),
            )
            for each in items
        ),
    )


def trigger_facts(trigger: trigger_pb2.Trigger) -> Text:
    """A trigger of a kind that a plugin adds, in full."""
    return tables.facts(
        (
            ("id", str(trigger.id)),
            ("name", printable(trigger.name)),
            ("kind", trigger.kind),
            ("at work", _at_work(trigger.paused)),
            ("configuration", printable(trigger.configuration.decode(errors="replace"))),
            ("created", tables.moment(trigger.create_time)),
            ("changed", tables.moment(trigger.update_time)),
        )
    )


def _campaign_state(campaign: campaign_pb2.Campaign) -> str:
    return tables.word(campaign_pb2.CampaignState.Name(campaign.state), "CAMPAIGN_STATE_")


def _element(element: campaign_pb2.CampaignElement) -> str:
    kind = element.WhichOneof("kind") or "nothing"
    ways = {
        "condition": [f"yes: {element.condition.yes}", f"no: {element.condition.no}"],
        "split": [f"{branch.weight}: {branch.next}" for branch in element.split.branches],
    }.get(kind, [element.next] if element.next else [])
    fires = f" webhook/{element.webhook.webhook_id}" if kind == "webhook" else ""
    return f"{element.id} ({kind}{fires})" + (f" -> {', '.join(ways)}" if ways else "")


def _form_kind(form: form_pb2.Form) -> str:
    return "order form" if form.kind == form_pb2.FORM_KIND_ORDER_FORM else "form"


def _at_work(paused: bool) -> str:
    return "paused" if paused else "yes"


def _webhooks(actions: Iterable[global_rule_pb2.RuleAction]) -> str:
    return ", ".join(f"webhook/{each.webhook_id}" for each in actions)
