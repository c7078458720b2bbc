"""What is said to one thing that the registry keeps, by its id: show, publish, pause, resume, delete.

The RPCs of all kinds have the same form: a verb before the kind's name, the id in the request, the thing in the answer.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Annotated, Any

import typer
from rich.console import RenderableType
from rich.text import Text

from hookline_cli.connection import Connection
from hookline_cli.output import as_json
from hookline_cli.session import Session, talks

_VERBS = {"show": "Get", "publish": "Publish", "pause": "Pause", "resume": "Resume", "delete": "Delete"}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing: `noun` for people, `name` in the RPCs, `field` in answers, and how one is shown."""

    noun: str
    name: str
    field: str
    messages: ModuleType
    stub: Callable[..., Any]
    facts: Callable[[Any], RenderableType]
    which: str = ""
    """What there is to say of its id."""

    @property
    def id_argument(self) -> Any:
        """The id, as an argument of a command."""
        return typer.Argument(help=f"The id of a {self.noun}{self.which}.", min=1)

    async def answer(self, registry: Connection, rpc: str, **fields: Any) -> Any:
        """What an RPC of the kind answers."""
        request = getattr(self.messages, f"{rpc}Request")(**fields)
        return await registry.answer(getattr(self.stub(registry.channel), rpc), request)


def add_commands(app: typer.Typer, kind: Kind, **helps: str) -> None:
    """Add a command for each verb that has a help; raises KeyError for verbs that are unknown."""
    for verb, told in helps.items():
        talks(app, verb)(_command(kind, verb, _VERBS[verb] + kind.name, told))


def _command(kind: Kind, verb: str, rpc: str, told: str) -> Callable[..., Awaitable[None]]:
    argument = kind.id_argument

    async def command(session: Session, id: Annotated[int, argument]) -> None:
        answer = await kind.answer(await session.registry(), rpc, account_id=session.account_id, id=id)
        if verb == "delete":
            session.output.document(as_json(answer), Text(f"{kind.noun} {id} is deleted"))
        else:
            session.output.document(as_json(answer), kind.facts(getattr(answer, kind.field)))

    command.__name__ = verb
    command.__doc__ = told
    return command
