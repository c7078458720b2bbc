"""Data templates: what an encoder must also be able to do so that webhooks can be written in its content type.

A template is text with merge fields. It is parsed once, when the webhook is saved, so that what can never be well
formed is refused then, with line and column; and it is rendered for each delivery. Rendering is one pass and a pure
function: a value that looks like a merge field, or like the content type's own signs, stays the text that it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias, runtime_checkable

from hookline_plugin.encoder import Encoder, Payload

FieldPath: TypeAlias = tuple[str, ...]
"""Keys that lead to a value in an event's data: a field's key, behind the keys of the relations that lead there."""


class TemplateError(ValueError):
    """A template that is refused: `reason` is for people, `line` and `column` count characters from 1."""

    def __init__(self, reason: str, line: int, column: int) -> None:
        super().__init__(f"line {line}, column {column}: {reason}")
        self.reason = reason
        self.line = line
        self.column = column

    def __reduce__(self) -> tuple[type["TemplateError"], tuple[str, int, int]]:
        return type(self), (self.reason, self.line, self.column)


@dataclass(frozen=True, slots=True)
class Merge:
    """A merge field: `name` as `fold` writes it, where its value is, and what stands for an empty value.

    `path` is None where nothing of this name is known and the names did not insist: it renders as empty.
    """

    name: str
    path: FieldPath | None
    default: str = ""


class Names(Protocol):
    """What merge fields may be called: labels and keys of fields, and through relations those of other objects."""

    def find(self, name: str) -> FieldPath | None:
        """Give the path of a name, whatever its case and outer blanks; None where it is unknown."""

    def nearest(self, name: str) -> str | None:
        """Give the known name that an unknown one was probably meant to be, as people write it."""

    @property
    def strict(self) -> bool:
        """Whether an unknown name is an error; otherwise it renders as empty."""


@runtime_checkable
class Template(Protocol):
    """A template that was parsed."""

    @property
    def merges(self) -> Sequence[Merge]:
        """The merge fields, in the order in which they stand."""

    def render(self, values: Payload) -> bytes:
        """Give the body: every value escaped for where it stands, so that none breaks out of it.

        Raises EncodeError, and nothing else, where a value cannot be expressed and no stated policy replaces it, or
        where the result would be larger than `MAX_RENDERED` bytes.
        """


@runtime_checkable
class TemplateEncoder(Encoder, Protocol):
    """An encoder in whose content type webhooks can be written."""

    def detects(self, text: str) -> bool:
        """Say whether a template is probably of this content type; asked in the order json, xml, form, others, text."""

    def parse(self, text: str, names: Names) -> Template:
        """Parse a template.

        Raises TemplateError for one that can never be well formed, whatever the values, and for unknown names.
        """


MAX_RENDERED = 1_048_576
"""Bytes that a rendered body may have."""
