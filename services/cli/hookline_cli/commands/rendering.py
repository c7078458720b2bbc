"""One thing in full, for a person."""

from collections.abc import Iterator, Sequence

from hookline.dispatcher.v1 import delivery_pb2, event_service_pb2, target_service_pb2
from hookline.registry.v1 import account_pb2, subscription_pb2, webhook_pb2
from rich.console import Group, RenderableType
from rich.syntax import Syntax
from rich.text import Text

from hookline_cli import tables
from hookline_cli.commands.settling import settle_words
from hookline_cli.output import as_json
from hookline_cli.printable import printable
from hookline_cli.sink.printing import pretty_body


def subscription_facts(subscription: subscription_pb2.Subscription) -> Text:
    """Every setting of a subscription."""
    throttle = subscription.requests_per_minute
    return tables.facts(
        (
            ("id", str(subscription.id)),
            ("event", subscription.event),
            ("url", subscription.url),
            ("format", tables.payload_format(subscription.format)),
            ("content type", subscription.content_type),
            ("headers", "\n".join(f"{each.name}: {each.value}" for each in subscription.headers)),
            ("per minute", str(throttle) if throttle else "no limit"),
            ("retries", str(subscription.max_retries) if subscription.HasField("max_retries") else ""),
            ("ordered", "yes" if subscription.ordered else ""),
            *_shown_to_receiver(subscription),
            ("settles", settle_words(subscription.settle)),
            ("created", tables.moment(subscription.create_time)),
            ("changed", tables.moment(subscription.update_time)),
            ("public key", subscription.public_key),
            ("old secret ends", tables.moment(subscription.old_secret_expire_time)),
        )
    )


def webhook_facts(webhook: webhook_pb2.Webhook) -> Text:
    """Every setting of a webhook."""
    return tables.facts(
        (
            ("id", str(webhook.id)),
            ("name", printable(webhook.name)),
            ("object type", str(webhook.object_type_id)),
            ("request", printable(f"{tables.http_method(webhook.method)} {webhook.url}")),
            ("content type", webhook.detected_content_type or webhook.content_type),
            ("headers", printable("\n".join(f"{each.name}: {each.value}" for each in webhook.headers))),
            ("data", printable(webhook.data)),
            *(("warning", printable(each)) for each in webhook.warnings),
            ("per minute", str(webhook.requests_per_minute) if webhook.HasField("requests_per_minute") else "180"),
            ("retries", str(webhook.max_retries) if webhook.HasField("max_retries") else ""),
            ("ordered", "yes" if webhook.ordered else ""),
            *_shown_to_receiver(webhook),
            ("created", tables.moment(webhook.create_time)),
            ("changed", tables.moment(webhook.update_time)),
            ("public key", webhook.public_key),
            ("old secret ends", tables.moment(webhook.old_secret_expire_time)),
        )
    )


def _shown_to_receiver(target: subscription_pb2.Subscription | webhook_pb2.Webhook) -> Iterator[tuple[str, str]]:
    """What requests show and connections trust, as far as there is any; nothing of it is secret."""
    yield "secret headers", ", ".join(each.name for each in target.secret_headers)
    method = target.authentication.WhichOneof("method") or ""
    client = target.authentication.oauth2_client_credentials
    whose = f": {client.client_id} at {client.token_url}" if client.token_url else ""
    yield "authentication", printable(method.replace("_", " ") + whose)
    shows = target.tls.client_certificate
    yield "client certificate", f"until {tables.moment(target.tls.client_certificate_expire_time)}" if shows else ""
    yield "trusts", "authorities of its own" if target.tls.ca_certificates else ""


def with_secret(facts: RenderableType, secret: str, public_key: str) -> Group:
    """A subscription or webhook and the secret that is shown this once; where a public key verifies, that says it."""
    if public_key and not secret:
        return Group(facts)
    return Group(facts, Text.assemble(("signing secret  ", "dim"), (secret or "not shown again", "bold")))


def delivery_facts(delivery: delivery_pb2.Delivery, attempts: Sequence[delivery_pb2.Attempt]) -> Group:
    """A delivery with its attempts, and what the last one sent and got."""
    head = tables.facts(
        (
            ("id", str(delivery.id)),
            ("state", tables.delivery_state(delivery.state)),
            ("reason", delivery.reason),
            ("webhook-id", delivery.webhook_id),
            ("target", tables.target_name(delivery.target)),
            ("fired by", printable(tables.fired_by(delivery.fired_by))),
            ("event", f"{delivery.event_type} {delivery.event_id}"),
            ("object", f"{delivery.object_type_id}/{delivery.object_id}"),
            ("created", tables.moment(delivery.create_time)),
            ("due", tables.moment(delivery.due_time)),
            ("settled", tables.moment(delivery.settle_time)),
            ("redelivery of", str(delivery.redelivery_of or "")),
        )
    )
    rows = tables.table(
        ("attempt", "began", "outcome", "latency", "reason"),
        (
            (
                str(each.number),
                tables.moment(each.start_time),
                tables.outcome(each),
                tables.milliseconds(each),
                each.reason,
            )
            for each in attempts
        ),
    )
    return Group(head, rows, *attempt_facts(attempts[-1])) if attempts else Group(head, rows)


def attempt_facts(attempt: delivery_pb2.Attempt) -> list[RenderableType]:
    """What an attempt sent and what came back."""
    parts: list[RenderableType] = [Text(printable(f"warning: {each}"), style="yellow") for each in attempt.warnings]
    parts += request_facts(attempt.request)
    if spent := tables.where_it_went(attempt):
        parts.append(Text(f"after {tables.milliseconds(attempt)}: {spent}", style="dim"))
    if attempt.response.status_code:
        parts.append(Text(f"answer {attempt.response.status_code}", style="bold"))
        parts += _message(attempt.response.headers, attempt.response.body)
        cut = {"headers": attempt.response.headers_cut, "body": attempt.response.body_cut}
        if any(cut.values()):
            parts.append(Text(f"cut: {', '.join(what for what in cut if cut[what])}", style="dim"))
    return parts


def request_facts(request: delivery_pb2.AttemptRequest) -> list[RenderableType]:
    """A request as it was sent, or would be."""
    line = Text(printable(f"{request.method} {request.url}"), style="bold")
    return [line, *_message(request.headers, request.body)]


def _message(headers: Sequence[delivery_pb2.HttpHeader], body: bytes) -> list[RenderableType]:
    lines = Text(printable("\n".join(f"{each.name}: {each.value}" for each in headers)), style="dim")
    shown, language = pretty_body({each.name.lower(): each.value for each in headers}, body)
    code = Syntax(shown, language, background_color="default", word_wrap=True)
    return [lines, code, ""] if shown else [lines, ""]


def event_facts(published: event_service_pb2.PublishedEvent) -> Group:
    """An event and what it fired, or why it fired nothing."""
    event = published.event
    head = tables.facts(
        (
            ("id", event.id),
            ("type", event.type),
            ("params", ", ".join(f"{name}={value}" for name, value in sorted(event.params.items()))),
            ("object", f"{event.object_type_id}/{event.object_id}"),
            ("version", str(event.object_version or "")),
            ("occurred", tables.moment(event.occurred_time)),
            ("published", tables.moment(published.publish_time)),
            ("snapshot", "what a definition found when it fired" if published.snapshot else ""),
            ("fired nothing", published.unmatched_reason),
        )
    )
    fired = tables.table(
        ("delivery", "target", "state"),
        (
            (str(each.delivery_id), tables.target_name(each.target), tables.delivery_state(each.state))
            for each in published.fired
        ),
    )
    code = json_text(event.data)
    return Group(head, code, fired) if published.fired else Group(head, code)


def json_text(data: bytes) -> Syntax:
    """A JSON object, over lines."""
    shown, language = pretty_body({"content-type": "application/json"}, data)
    return Syntax(shown, language, background_color="default", word_wrap=True)


def target_facts(target: target_service_pb2.Target) -> Text:
    """A target in full."""
    document = as_json(target)
    return tables.facts(
        (
            ("target", tables.target_name(target.ref)),
            ("state", tables.target_state(target.state)),
            ("reason", target.reason),
            ("url", target.url),
            *((name.replace("_", " "), str(document.get(name, ""))) for name in ("waiting", "in_flight")),
            ("since", tables.moment(target.state_time)),
            ("next attempt", tables.moment(target.next_attempt_time)),
            ("failures in a row", str(target.consecutive_failures)),
            ("last success", tables.moment(target.last_success_time)),
            ("per minute", str(target.requests_per_minute or "no limit")),
        )
    )


def account_facts(account: account_pb2.Account) -> Text:
    """An account in full."""
    return tables.facts(
        (
            ("id", str(account.id)),
            ("name", account.name),
            ("plan", tables.word(account_pb2.Plan.Name(account.plan), "PLAN_")),
            ("global rules", "on" if account.features.global_rules else "off"),
            ("form rules", "on" if account.features.form_rules else "off"),
            ("created", tables.moment(account.create_time)),
            ("changed", tables.moment(account.update_time)),
        )
    )
