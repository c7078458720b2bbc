"""`hookline rules`: global rules, in the text form that they are known by or as JSON."""

import uuid
from pathlib import Path
from typing import Annotated

import typer
from google.protobuf import json_format
from hookline.registry.v1 import global_rule_pb2, global_rule_pb2_grpc

from hookline_cli.commands.definitions import rule_facts, rules
from hookline_cli.commands.one_by_id import Kind, add_commands
from hookline_cli.commands.request_options import text_of
from hookline_cli.commands.settling import LongestOption, SettleOption, add_update, settle_of
from hookline_cli.output import as_json
from hookline_cli.session import Session, talks

app = typer.Typer(help="Global rules: when this happens, if that holds, fire webhooks.", no_args_is_help=True)
KIND = Kind(
    "global rule", "GlobalRule", "rule", global_rule_pb2, global_rule_pb2_grpc.GlobalRuleServiceStub, rule_facts
)
EventsOption = Annotated[str, typer.Option(help="Such as 'Contact_added_to_category(4);object_submits_form(22,0)'.")]
ConditionsOption = Annotated[str, typer.Option(help="Such as 'Is_in_category(5)'; ';' is and, '|' is or.")]


@talks(app, "create")
async def create(
    session: Session,
    name: Annotated[str, typer.Argument(help="For people.")] = "",
    events: EventsOption = "",
    conditions: ConditionsOption = "",
    webhook: Annotated[list[int] | None, typer.Option(help="What it fires; may be repeated.", min=1)] = None,
    object_type: Annotated[int, typer.Option(help="What it is about: 0 contact, 149 deal.", min=0)] = 0,
    paused: Annotated[bool, typer.Option("--paused", help="Made, but not at work yet.")] = False,
    settle: SettleOption = None,
    settle_longest: LongestOption = None,
    file: Annotated[Path | None, typer.Option(help="A rule as JSON, with the names of the contract.")] = None,
) -> None:
    """Make a global rule, from its text form or from a file; it is at work at once."""
    request = global_rule_pb2.CreateGlobalRuleRequest(account_id=session.account_id, request_id=str(uuid.uuid4()))
    if file is not None:
        if events or conditions or webhook:
            raise typer.BadParameter("give a file, or events, conditions and webhooks, not both")
        _read(file, request.rule)
    else:
        request.rule.object_type_id = object_type
        request.text.events = events
        request.text.conditions = conditions
        request.text.actions = ";".join(f"Ping_APIURL({id_})" for id_ in webhook or ())
    request.rule.name = name or request.rule.name
    request.rule.paused = paused or request.rule.paused
    if (settling := settle_of(settle, settle_longest)) is not None:
        request.rule.settle.CopyFrom(settling)
    registry = await session.registry()
    stub = global_rule_pb2_grpc.GlobalRuleServiceStub(registry.channel)
    answer = await registry.answer(stub.CreateGlobalRule, request)
    session.output.document(as_json(answer), rule_facts(answer.rule))


@talks(app, "list")
async def list_(
    session: Session,
    object_type: Annotated[int | None, typer.Option(help="Only those about this type of object.", min=0)] = None,
    limit: Annotated[int, typer.Option(help="At most so many; 0: all.", min=0)] = 100,
) -> None:
    """List global rules."""
    registry = await session.registry()
    stub = global_rule_pb2_grpc.GlobalRuleServiceStub(registry.channel)
    request = global_rule_pb2.ListGlobalRulesRequest(account_id=session.account_id, object_type_id=object_type)
    items, more = await registry.pages(stub.ListGlobalRules, request, lambda page: page.rules, limit)
    session.output.document({"rules": [as_json(each) for each in items], "more": more}, rules(items))


add_commands(
    app,
    KIND,
    show="Show one global rule.",
    pause="Let a rule fire nothing.",
    resume="Let a rule fire again; what happened meanwhile is not made up for.",
    delete="Delete a global rule; what it has fired is still sent.",
)
add_update(app, KIND)


def _read(file: Path, rule: global_rule_pb2.GlobalRule) -> None:
    try:
        json_format.Parse(text_of(file), rule)
    except json_format.ParseError as error:
        raise typer.BadParameter(f"{file} is not a rule: {error}") from None
