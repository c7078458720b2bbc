"""`rotate-secret` of subscriptions and webhooks: a new signing secret, shown this once."""

from typing import Annotated

import typer
from google.protobuf.duration_pb2 import Duration

from hookline_cli.commands import request_options
from hookline_cli.commands.one_by_id import Kind
from hookline_cli.commands.rendering import with_secret
from hookline_cli.output import as_json
from hookline_cli.session import Session, talks


def add_rotation(app: typer.Typer, kind: Kind, rpc: str) -> None:
    """Add the command, which calls an RPC of the kind."""
    argument = kind.id_argument

    async def rotate_secret(
        session: Session,
        id: Annotated[int, argument],
        overlap: request_options.OverlapOption = None,
        secret_file: request_options.SecretOption = None,
        signature: request_options.SignatureOption = None,
    ) -> None:
        answer = await kind.answer(
            await session.registry(),
            rpc,
            account_id=session.account_id,
            id=id,
            signing_secret=request_options.secret_of(secret_file),
            signature=request_options.scheme_of(signature),
            overlap=None if overlap is None else Duration(seconds=round(overlap * 3600)),
        )
        target = getattr(answer, kind.field)
        session.output.document(
            as_json(answer), with_secret(kind.facts(target), answer.signing_secret, target.public_key)
        )

    rotate_secret.__doc__ = f"Give a {kind.noun} a new signing secret; it is shown this once."
    talks(app, "rotate-secret")(rotate_secret)
