"""`hookline webhooks`: where to send, what and how, with merge fields."""

import uuid
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from hookline.registry.v1 import webhook_pb2, webhook_pb2_grpc

from hookline_cli import tables
from hookline_cli.commands import receiver_options, request_options
from hookline_cli.commands.one_by_id import Kind, add_commands
from hookline_cli.commands.receiver_options import add_credentials, authentication_of, secret_headers, tls_of
from hookline_cli.commands.rendering import webhook_facts, with_secret
from hookline_cli.commands.request_options import DeadHead, headers, media_type, scheme_of, secret_of, text_of
from hookline_cli.commands.secret_rotation import add_rotation
from hookline_cli.output import as_json
from hookline_cli.session import Session, talks

app = typer.Typer(help="Where to send, what and how, with merge fields.", no_args_is_help=True)
KIND = Kind("webhook", "Webhook", "webhook", webhook_pb2, webhook_pb2_grpc.WebhookServiceStub, webhook_facts)
WebhookId = Annotated[int, typer.Argument(help="The id of a webhook.", min=1)]
DataOption = Annotated[str, typer.Option("--data", help="Text with merge fields: 'Name=[First Name]'.")]
DataFileOption = Annotated[Path | None, typer.Option("--data-file", help="A file with the data.")]


class Method(StrEnum):
    """The method of the requests."""

    get = "GET"
    post = "POST"
    put = "PUT"
    patch = "PATCH"
    delete = "DELETE"

    @property
    def number(self) -> "webhook_pb2.HttpMethod.ValueType":
        """The contract's number."""
        return webhook_pb2.HttpMethod.Value(f"HTTP_METHOD_{self.value}")


@talks(app, "create", data_dir_only=True)
async def create(
    session: Session,
    url: Annotated[str, typer.Argument(help="Where to send: http or https, with merge fields.")],
    template: DataOption = "",
    data_file: DataFileOption = None,
    method: Annotated[Method, typer.Option(help="The method.", case_sensitive=False)] = Method.post,
    name: Annotated[str, typer.Option(help="For people.")] = "",
    object_type: Annotated[int, typer.Option(help="Whose fields are merged: 0 contact, 149 deal.", min=0)] = 0,
    content_type: Annotated[str, typer.Option(help="form, json, xml, text, or a media type; detected.")] = "",
    header: request_options.HeadersOption = None,
    per_minute: request_options.PerMinuteOption = None,
    max_retries: request_options.RetriesOption = None,
    ordered: request_options.OrderedOption = False,
    dead_head: request_options.DeadHeadOption = DeadHead.skip,
    timeout: request_options.TimeoutOption = None,
    secret_file: request_options.SecretOption = None,
    signature: request_options.SignatureOption = None,
    secret_header: receiver_options.SecretHeadersOption = None,
    authentication: receiver_options.AuthenticationOption = None,
    client_certificate: receiver_options.ClientCertificateOption = None,
    client_key: receiver_options.ClientKeyOption = None,
    receiver_ca: receiver_options.ReceiverCaOption = None,
) -> None:
    """Make a webhook; the signing secret is shown this once."""
    registry = await session.registry()
    webhook = webhook_pb2.Webhook(
        name=name,
        object_type_id=object_type,
        url=url,
        method=method.number,
        headers=headers(header),
        data=_data(template, data_file),
        content_type=media_type(content_type),
        requests_per_minute=per_minute,
        max_retries=max_retries,
        ordered=ordered,
        dead_head=dead_head.number,
        secret_headers=secret_headers(secret_header),
        authentication=authentication_of(authentication),
        tls=tls_of(client_certificate, client_key, receiver_ca),
    )
    if timeout is not None:
        webhook.timeout.FromNanoseconds(round(timeout * 1e9))
    request = webhook_pb2.CreateWebhookRequest(
        account_id=session.account_id,
        webhook=webhook,
        signing_secret=secret_of(secret_file),
        signature=scheme_of(signature),
        request_id=str(uuid.uuid4()),
    )
    stub = webhook_pb2_grpc.WebhookServiceStub(registry.channel)
    answer = await registry.answer(stub.CreateWebhook, request)
    facts = with_secret(webhook_facts(answer.webhook), answer.signing_secret, answer.webhook.public_key)
    session.output.document(as_json(answer), facts)


@talks(app, "update", data_dir_only=True)
async def update(
    session: Session,
    id: WebhookId,
    url: Annotated[str | None, typer.Option(help="Where to send.")] = None,
    template: Annotated[str | None, typer.Option("--data", help="Text with merge fields.")] = None,
    data_file: DataFileOption = None,
    method: Annotated[Method | None, typer.Option(help="The method.", case_sensitive=False)] = None,
    name: Annotated[str | None, typer.Option(help="For people.")] = None,
    content_type: Annotated[str | None, typer.Option(help="form, json, xml, text; '' detects it.")] = None,
    per_minute: request_options.PerMinuteOption = None,
    max_retries: request_options.RetriesOption = None,
) -> None:
    """Change what is given; what waits keeps its data and uses the new URL."""
    registry = await session.registry()
    changes: dict[str, object] = {
        "url": url,
        "data": _data(template or "", data_file) if template is not None or data_file else None,
        "method": method and method.number,
        "name": name,
        "content_type": None if content_type is None else media_type(content_type),
        "requests_per_minute": per_minute,
        "max_retries": max_retries,
    }
    request = webhook_pb2.UpdateWebhookRequest(account_id=session.account_id)
    request.webhook.id = id
    for field, value in changes.items():
        if value is not None:
            setattr(request.webhook, field, value)
            request.update_mask.paths.append(field)
    if not request.update_mask.paths:
        raise typer.BadParameter("nothing is to be changed: give at least one option")
    stub = webhook_pb2_grpc.WebhookServiceStub(registry.channel)
    answer = await registry.answer(stub.UpdateWebhook, request)
    session.output.document(as_json(answer), webhook_facts(answer.webhook))


@talks(app, "list")
async def list_(
    session: Session,
    object_type: Annotated[int | None, typer.Option(help="Only those about this type of object.", min=0)] = None,
    limit: Annotated[int, typer.Option(help="At most so many; 0: all.", min=0)] = 100,
) -> None:
    """List webhooks."""
    registry = await session.registry()
    stub = webhook_pb2_grpc.WebhookServiceStub(registry.channel)
    request = webhook_pb2.ListWebhooksRequest(account_id=session.account_id, object_type_id=object_type)
    items, more = await registry.pages(stub.ListWebhooks, request, lambda page: page.webhooks, limit)
    session.output.document({"webhooks": [as_json(each) for each in items], "more": more}, tables.webhooks(items))


add_commands(
    app,
    KIND,
    show="Show one webhook.",
    delete="Delete a webhook that nothing fires; what is pending is cancelled.",
)
add_credentials(app, KIND)
add_rotation(app, KIND, "RotateWebhookSecret")


def _data(text: str, file: Path | None) -> str:
    if text and file:
        raise typer.BadParameter("give --data or --data-file, not both")
    return text_of(file) if file else text
