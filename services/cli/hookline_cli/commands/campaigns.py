"""`hookline campaigns`: maps that contacts move through, written as JSON with the names of the contract."""

import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from google.protobuf import json_format
from hookline.dispatcher.v1 import campaign_stats_service_pb2 as stats_pb2
from hookline.dispatcher.v1 import campaign_stats_service_pb2_grpc as stats_pb2_grpc
from hookline.registry.v1 import campaign_pb2, campaign_pb2_grpc

from hookline_cli.commands.definitions import campaign_counts, campaign_facts, campaigns
from hookline_cli.commands.one_by_id import Kind, add_commands
from hookline_cli.commands.request_options import text_of
from hookline_cli.failure import CliError
from hookline_cli.output import as_json
from hookline_cli.session import Session, talks

app = typer.Typer(help="Maps that contacts move through, with webhooks on the way.", no_args_is_help=True)
KIND = Kind("campaign", "Campaign", "campaign", campaign_pb2, campaign_pb2_grpc.CampaignServiceStub, campaign_facts)
CampaignId = Annotated[int, typer.Argument(help="The id of a campaign.", min=1)]
_GONE = 1000
MapFile = Annotated[Path, typer.Argument(help="A campaign as JSON, with the names of the contract.")]


@talks(app, "create")
async def create(
    session: Session,
    file: MapFile,
    publish: Annotated[bool, typer.Option("--publish", help="Let it go live at once.")] = False,
) -> None:
    """Make a campaign from a file; it is a draft until it is published."""
    campaign = _read(file)
    registry = await session.registry()
    stub = campaign_pb2_grpc.CampaignServiceStub(registry.channel)
    if publish:
        asked = campaign_pb2.ValidateCampaignRequest(account_id=session.account_id, campaign=campaign)
        # Nobody who asked for a campaign that is live wants the draft of one that cannot be.
        _refuse((await registry.answer(stub.ValidateCampaign, asked)).flaws)
    request = campaign_pb2.CreateCampaignRequest(
        account_id=session.account_id, campaign=campaign, request_id=str(uuid.uuid4())
    )
    made = (await registry.answer(stub.CreateCampaign, request)).campaign
    if publish:
        live = campaign_pb2.PublishCampaignRequest(account_id=session.account_id, id=made.id, etag=made.etag)
        made = (await registry.answer(stub.PublishCampaign, live)).campaign
    session.output.document(as_json(made), campaign_facts(made))


@talks(app, "update")
async def update(session: Session, id: CampaignId, file: MapFile) -> None:
    """Put what a file says in place of the draft; contacts go on by what is published."""
    campaign = _read(file)
    campaign.id = id
    request = campaign_pb2.UpdateCampaignRequest(account_id=session.account_id, campaign=campaign)
    request.update_mask.paths.extend(["name", "elements", "reentry_allowed", "time_zone"])
    registry = await session.registry()
    stub = campaign_pb2_grpc.CampaignServiceStub(registry.channel)
    answer = await registry.answer(stub.UpdateCampaign, request)
    session.output.document(as_json(answer), campaign_facts(answer.campaign))


@talks(app, "list")
async def list_(
    session: Session, limit: Annotated[int, typer.Option(help="At most so many; 0: all.", min=0)] = 100
) -> None:
    """List campaigns."""
    registry = await session.registry()
    stub = campaign_pb2_grpc.CampaignServiceStub(registry.channel)
    request = campaign_pb2.ListCampaignsRequest(account_id=session.account_id)
    items, more = await registry.pages(stub.ListCampaigns, request, lambda page: page.campaigns, limit)
    session.output.document({"campaigns": [as_json(each) for each in items], "more": more}, campaigns(items))


add_commands(
    app,
    KIND,
    show="Show one campaign and its map.",
    publish="Let the draft go live, or publish it over what is live.",
    pause="Let contacts stand where they are, and nobody in.",
    resume="Let contacts move again; waits that ended meanwhile end now.",
    delete="Delete a campaign; its contacts leave, what it has fired is still sent.",
)


@talks(app, "stats")
async def stats(session: Session, id: CampaignId) -> None:
    """Show how many contacts came to each element, and what became of what was sent."""
    dispatcher = await session.dispatcher()
    stub = stats_pb2_grpc.CampaignStatsServiceStub(dispatcher.channel)
    request = stats_pb2.GetCampaignStatsRequest(account_id=session.account_id, campaign_id=id, page_size=_GONE)
    answer = await dispatcher.answer(stub.GetCampaignStats, request)
    if answer.next_page_token:
        session.output.note(f"of the elements that are no longer on the map, {_GONE} are shown")
    session.output.document(as_json(answer), campaign_counts([*answer.elements, answer.total]))


def _refuse(flaws: Sequence[campaign_pb2.CampaignFlaw]) -> None:
    if flaws:
        raise CliError(
            "the campaign cannot be published: not made", *(f"{each.field}: {each.reason}" for each in flaws)
        )


def _read(file: Path) -> campaign_pb2.Campaign:
    try:
        return json_format.Parse(text_of(file), campaign_pb2.Campaign())
    except json_format.ParseError as error:
        raise typer.BadParameter(f"{file} is not a campaign: {error}") from None
