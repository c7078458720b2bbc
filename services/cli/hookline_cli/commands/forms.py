"""`hookline forms`: forms and order forms, and what their submissions fire."""

import uuid
from typing import Annotated

import typer
from hookline.registry.v1 import form_pb2, form_pb2_grpc, global_rule_pb2

from hookline_cli.commands.definitions import form_facts, forms
from hookline_cli.commands.one_by_id import Kind, add_commands
from hookline_cli.commands.settling import LongestOption, SettleOption, add_update, settle_of
from hookline_cli.output import as_json
from hookline_cli.session import Session, talks

app = typer.Typer(help="Forms and order forms: what a submission fires.", no_args_is_help=True)
KIND = Kind("form", "Form", "form", form_pb2, form_pb2_grpc.FormServiceStub, form_facts, ", as the list shows it")


@talks(app, "create")
async def create(
    session: Session,
    number: Annotated[int, typer.Argument(help="The form_id that its events carry.", min=0)],
    name: Annotated[str, typer.Option(help="For people.")] = "",
    order: Annotated[bool, typer.Option("--order", help="An order form: payments succeed or fail.")] = False,
    object_type: Annotated[int, typer.Option(help="What it makes: 0 contact, 149 deal.", min=0)] = 0,
    always: Annotated[list[int] | None, typer.Option(help="A webhook that every submission fires.", min=1)] = None,
    successful: Annotated[list[int] | None, typer.Option(help="One for successful payments.", min=1)] = None,
    failed: Annotated[list[int] | None, typer.Option(help="One for failed payments.", min=1)] = None,
    settle: SettleOption = None,
    settle_longest: LongestOption = None,
) -> None:
    """Make a form with its rules; webhooks may be given several times."""
    registry = await session.registry()
    form = form_pb2.Form(
        number=number,
        name=name,
        kind=form_pb2.FORM_KIND_ORDER_FORM if order else form_pb2.FORM_KIND_FORM,
        object_type_id=object_type,
        always_on=_actions(always),
        payment_successful=_actions(successful),
        payment_failed=_actions(failed),
        settle=settle_of(settle, settle_longest),
    )
    request = form_pb2.CreateFormRequest(account_id=session.account_id, form=form, request_id=str(uuid.uuid4()))
    answer = await registry.answer(form_pb2_grpc.FormServiceStub(registry.channel).CreateForm, request)
    session.output.document(as_json(answer), form_facts(answer.form))


@talks(app, "list")
async def list_(
    session: Session,
    number: Annotated[int | None, typer.Option(help="Only the one with this form_id.", min=0)] = None,
    limit: Annotated[int, typer.Option(help="At most so many; 0: all.", min=0)] = 100,
) -> None:
    """List forms."""
    registry = await session.registry()
    stub = form_pb2_grpc.FormServiceStub(registry.channel)
    request = form_pb2.ListFormsRequest(account_id=session.account_id, number=number)
    items, more = await registry.pages(stub.ListForms, request, lambda page: page.forms, limit)
    session.output.document({"forms": [as_json(each) for each in items], "more": more}, forms(items))


add_commands(
    app,
    KIND,
    show="Show one form.",
    pause="Let a form's submissions fire nothing.",
    resume="Let a form's submissions fire again.",
    delete="Delete a form; what its submissions have fired is still sent.",
)
add_update(app, KIND)


def _actions(webhooks: list[int] | None) -> list[global_rule_pb2.RuleAction]:
    return [global_rule_pb2.RuleAction(webhook_id=id_) for id_ in webhooks or ()]
