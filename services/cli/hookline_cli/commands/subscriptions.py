"""`hookline subscriptions`: an event, a URL and options."""

import uuid
from enum import StrEnum
from typing import Annotated

import typer
from hookline.registry.v1 import subscription_pb2, subscription_pb2_grpc

from hookline_cli import tables
from hookline_cli.commands import receiver_options, request_options
from hookline_cli.commands.one_by_id import Kind, add_commands
from hookline_cli.commands.receiver_options import add_credentials, authentication_of, secret_headers, tls_of
from hookline_cli.commands.rendering import subscription_facts, with_secret
from hookline_cli.commands.request_options import DeadHead, headers, media_type, scheme_of, secret_of
from hookline_cli.commands.secret_rotation import add_rotation
from hookline_cli.commands.settling import LongestOption, SettleOption, add_update, settle_of
from hookline_cli.output import as_json
from hookline_cli.session import Session, talks

app = typer.Typer(help="An event, a URL and options.", no_args_is_help=True)
KIND = Kind(
    "subscription",
    "Subscription",
    "subscription",
    subscription_pb2,
    subscription_pb2_grpc.SubscriptionServiceStub,
    subscription_facts,
)


class Format(StrEnum):
    """How much of the object a request carries."""

    full = "full"
    lightweight = "lightweight"
    notify = "notify"


@talks(app, "create")
async def create(
    session: Session,
    event: Annotated[str, typer.Argument(help="Such as sub_tag(4), or sub_tag for every tag.")],
    url: Annotated[str, typer.Argument(help="Where to send: http or https.")],
    format: Annotated[Format, typer.Option(help="How much of the object goes along.")] = Format.full,
    content_type: Annotated[str, typer.Option(help="form, json, xml, text, or a media type.")] = "form",
    header: request_options.HeadersOption = None,
    per_minute: request_options.PerMinuteOption = None,
    max_retries: request_options.RetriesOption = None,
    ordered: request_options.OrderedOption = False,
    dead_head: request_options.DeadHeadOption = DeadHead.skip,
    timeout: request_options.TimeoutOption = None,
    settle: SettleOption = None,
    settle_longest: LongestOption = None,
    secret_file: request_options.SecretOption = None,
    signature: request_options.SignatureOption = None,
    secret_header: receiver_options.SecretHeadersOption = None,
    authentication: receiver_options.AuthenticationOption = None,
    client_certificate: receiver_options.ClientCertificateOption = None,
    client_key: receiver_options.ClientKeyOption = None,
    receiver_ca: receiver_options.ReceiverCaOption = None,
) -> None:
    """Subscribe a URL to an event; the signing secret is shown this once."""
    registry = await session.registry()
    subscription = subscription_pb2.Subscription(
        event=event,
        url=url,
        format=subscription_pb2.PayloadFormat.Value(f"PAYLOAD_FORMAT_{format.upper()}"),
        content_type=media_type(content_type),
        headers=headers(header),
        requests_per_minute=per_minute,
        max_retries=max_retries,
        ordered=ordered,
        dead_head=dead_head.number,
        secret_headers=secret_headers(secret_header),
        authentication=authentication_of(authentication),
        tls=tls_of(client_certificate, client_key, receiver_ca),
        settle=settle_of(settle, settle_longest),
    )
    if timeout is not None:
        subscription.timeout.FromNanoseconds(round(timeout * 1e9))
    request = subscription_pb2.CreateSubscriptionRequest(
        account_id=session.account_id,
        subscription=subscription,
        signing_secret=secret_of(secret_file),
        signature=scheme_of(signature),
        request_id=str(uuid.uuid4()),
    )
    stub = subscription_pb2_grpc.SubscriptionServiceStub(registry.channel)
    answer = await registry.answer(stub.CreateSubscription, request)
    made = answer.subscription
    facts = with_secret(subscription_facts(made), answer.signing_secret, made.public_key)
    session.output.document(as_json(answer), facts)


@talks(app, "list")
async def list_(
    session: Session,
    event: Annotated[str, typer.Option(help="Only this event: sub_tag with any number or none, or sub_tag(4).")] = "",
    limit: Annotated[int, typer.Option(help="At most so many; 0: all.", min=0)] = 100,
) -> None:
    """List subscriptions."""
    registry = await session.registry()
    stub = subscription_pb2_grpc.SubscriptionServiceStub(registry.channel)
    request = subscription_pb2.ListSubscriptionsRequest(account_id=session.account_id, event=event)
    items, more = await registry.pages(stub.ListSubscriptions, request, lambda page: page.subscriptions, limit)
    document = {"subscriptions": [as_json(each) for each in items], "more": more}
    session.output.document(document, tables.subscriptions(items))


add_commands(
    app,
    KIND,
    show="Show one subscription.",
    delete="Unsubscribe; what is pending is cancelled.",
)
add_update(app, KIND)
add_credentials(app, KIND)
add_rotation(app, KIND, "RotateSecret")
