"""`hookline targets`: the health of what is sent to."""

from typing import Annotated, Protocol

import typer
from hookline.dispatcher.v1 import delivery_pb2, target_service_pb2, target_service_pb2_grpc
from rich.console import Group
from rich.text import Text

from hookline_cli import tables
from hookline_cli.commands.rendering import attempt_facts, target_facts
from hookline_cli.commands.targets_arg import target_ref
from hookline_cli.failure import CliError
from hookline_cli.output import as_json
from hookline_cli.session import Session, talks

app = typer.Typer(help="The health of what is sent to.", no_args_is_help=True)
TargetArgument = Annotated[str, typer.Argument(help="subscription/3, or 3 for short.")]
ReasonOption = Annotated[str, typer.Option(help="Shown to people.")]


@talks(app, "list")
async def list_(
    session: Session, limit: Annotated[int, typer.Option(help="At most so many; 0: all.", min=0)] = 100
) -> None:
    """List targets with their state and their queue."""
    dispatcher = await session.dispatcher()
    stub = target_service_pb2_grpc.TargetServiceStub(dispatcher.channel)
    request = target_service_pb2.ListTargetsRequest(account_id=session.account_id)
    items, more = await dispatcher.pages(stub.ListTargets, request, lambda page: page.targets, limit)
    session.output.document({"targets": [as_json(each) for each in items], "more": more}, tables.targets(items))


@talks(app, "show")
async def show(session: Session, target: TargetArgument) -> None:
    """Show one target."""
    dispatcher = await session.dispatcher()
    stub = target_service_pb2_grpc.TargetServiceStub(dispatcher.channel)
    request = target_service_pb2.GetTargetRequest(account_id=session.account_id, target=target_ref(target))
    answer = await dispatcher.answer(stub.GetTarget, request)
    session.output.document(as_json(answer), target_facts(answer.target))


@talks(app, "pause")
async def pause(session: Session, target: TargetArgument, reason: ReasonOption = "") -> None:
    """Let deliveries accumulate."""
    await _switch(session, target, "PauseTarget", target_service_pb2.PauseTargetRequest(reason=reason))


@talks(app, "resume")
async def resume(session: Session, target: TargetArgument) -> None:
    """Send again, from pause or from off."""
    await _switch(session, target, "ResumeTarget", target_service_pb2.ResumeTargetRequest())


@talks(app, "disable")
async def disable(session: Session, target: TargetArgument, reason: ReasonOption = "") -> None:
    """Switch a target off: what is pending is cancelled."""
    await _switch(session, target, "DisableTarget", target_service_pb2.DisableTargetRequest(reason=reason))


@talks(app, "test")
async def test(session: Session, target: TargetArgument) -> None:
    """Send one sample request at once; the exit status is 1 when it was not answered with 2xx."""
    dispatcher = await session.dispatcher()
    stub = target_service_pb2_grpc.TargetServiceStub(dispatcher.channel)
    request = target_service_pb2.SendTestRequest(account_id=session.account_id, target=target_ref(target))
    answer = await dispatcher.answer(stub.SendTest, request, timeout=90.0)
    attempt = answer.attempt
    headline = Text(f"{tables.outcome(attempt)} in {tables.milliseconds(attempt)}")
    session.output.document(as_json(answer), Group(headline, *attempt_facts(attempt)))
    if not 200 <= attempt.response.status_code < 300:
        raise CliError(f"the test was not delivered: {attempt.reason or tables.outcome(attempt)}")


class _Switch(Protocol):
    """What pausing, resuming and disabling ask with."""

    account_id: int

    @property
    def target(self) -> delivery_pb2.TargetRef: ...


async def _switch(session: Session, target: str, method: str, request: _Switch) -> None:
    """Changes the state of a target and shows what it is then."""
    request.account_id = session.account_id
    request.target.CopyFrom(target_ref(target))
    dispatcher = await session.dispatcher()
    stub = target_service_pb2_grpc.TargetServiceStub(dispatcher.channel)
    answer = await dispatcher.answer(getattr(stub, method), request)
    session.output.document(as_json(answer), target_facts(answer.target))
