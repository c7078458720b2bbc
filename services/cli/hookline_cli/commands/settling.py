"""`--settle`: rules, forms and subscriptions that wait until their object has been quiet."""

from typing import Annotated

import typer
from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask
from hookline.registry.v1.settle_pb2 import Settle

from hookline_cli.commands.one_by_id import Kind
from hookline_cli.output import as_json
from hookline_cli.session import Session, talks

SettleOption = Annotated[
    float | None,
    typer.Option("--settle", help="Seconds that the object must be quiet before it is sent, 0 to 3600; 0: at once."),
]
LongestOption = Annotated[
    float | None,
    typer.Option("--settle-longest", help="Seconds that this takes at most, up to 86400; ten times as long."),
]


def settle_of(seconds: float | None, longest: float | None) -> Settle | None:
    """What the options say; raises typer.BadParameter for a longest wait for nothing."""
    if seconds is None:
        if longest is not None:
            raise typer.BadParameter("--settle-longest goes with --settle")
        return None
    return Settle(quiet=_span(seconds), longest=None if longest is None else _span(longest))


def settle_words(settle: Settle) -> str:
    """How something settles, for people; empty: it does not."""
    quiet, longest = settle.quiet.ToNanoseconds() / 1e9, settle.longest.ToNanoseconds() / 1e9
    if not quiet:
        return ""
    return f"until quiet for {quiet:g} s, at most {longest or 10 * quiet:g} s"


def add_update(app: typer.Typer, kind: Kind) -> None:
    """Add the command that changes how something settles."""
    argument = kind.id_argument

    async def update(
        session: Session,
        id: Annotated[int, argument],
        settle: SettleOption = None,
        settle_longest: LongestOption = None,
    ) -> None:
        wanted = settle_of(settle, settle_longest)
        if wanted is None:
            raise typer.BadParameter("give --settle, the seconds to be quiet for; 0: it settles no longer")
        changed = getattr(kind.messages, kind.name)(id=id, settle=wanted if settle else None)
        fields = {kind.field: changed, "update_mask": FieldMask(paths=["settle"])}
        registry = await session.registry()
        answer = await kind.answer(registry, f"Update{kind.name}", account_id=session.account_id, **fields)
        session.output.document(as_json(answer), kind.facts(getattr(answer, kind.field)))

    update.__doc__ = f"Change how long a {kind.noun} waits until its object is quiet."
    talks(app, "update")(update)


def _span(seconds: float) -> Duration:
    if not abs(seconds) < 1e9:
        raise typer.BadParameter(f"{seconds:g} is no number of seconds")
    span = Duration()
    span.FromNanoseconds(round(seconds * 1e9))
    return span
