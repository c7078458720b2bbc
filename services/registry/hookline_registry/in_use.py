"""Refusals to take away what something else stands on: they name who does. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from hookline_runtime.errors import FailedPrecondition

SHOWN = 10
"""How many users a refusal names."""
_NAME = 40


@dataclass(frozen=True, slots=True)
class User:
    """Something that stands on something else: `kind` as people say it, such as global rule."""

    kind: str
    id: int
    name: str

    def __str__(self) -> str:
        """Write it as in `global rule 3 "Welcome"`, a long name cut."""
        name = self.name if len(self.name) <= _NAME else self.name[: _NAME - 1] + "…"
        return f'{self.kind} {self.id} "{name}"' if name else f"{self.kind} {self.id}"


def check_unused(what: str, users: Sequence[User], reason: str) -> None:
    """Pass where there are no users; one more than are shown is enough to say that there are more.

    Raises FailedPrecondition: `what` ends in a verb, as in "webhook 3 cannot be deleted: it is fired by".
    """
    if not users:
        return
    more = " and others" if len(users) > SHOWN else ""
    raise FailedPrecondition(
        f"{what} {', '.join(map(str, users[:SHOWN]))}{more}",
        reason=reason,
        metadata={"users": ", ".join(f"{user.kind} {user.id}" for user in users[:SHOWN])},
    )
