"""Creates and updates that are only tried (AIP-163): all that a write does is done, shown, and undone.

So what is refused is refused for the same reasons, at the same paths, by the same lines as in earnest.
"""

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from google.protobuf.message import Message

from hookline_registry.database import Database, Transaction

Answer = TypeVar("Answer", bound=Message)

_OF_A_WRITE = ("etag", "update_time")
_OF_A_CREATE = ("id", "create_time", "public_key")


class Request(Protocol):
    """A create or an update."""

    @property
    def validate_only(self) -> bool:
        """Whether nothing is to be written."""


async def written(database: Database, request: Request, work: Callable[[Transaction], Awaitable[Answer]]) -> Answer:
    """Run a create or an update as asked: for good, or to see what would come of it.

    What only a write gives is left out of an answer to a trial: it would name what is not there, or a state that
    another write may come to.
    """
    if not request.validate_only:
        return await database.write(work)
    return _would_be(await database.write(work, keep=False))


def _would_be(answer: Answer) -> Answer:
    created = answer.DESCRIPTOR.name.startswith("Create")
    shown = type(answer)()
    for field, value in answer.ListFields():
        if field.message_type is None:
            continue  # the revision, a signing secret
        resource = getattr(shown, field.name)
        resource.CopyFrom(value)
        for name in (*_OF_A_WRITE, *(_OF_A_CREATE if created else ())):
            if name in resource.DESCRIPTOR.fields_by_name:
                resource.ClearField(name)
    return shown
