"""What is told of this API's parameters: names, what they are for, examples. ``asked`` and ``operations`` read them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from hookline_gateway.ontraport.fields import Kind
from hookline_gateway.ontraport.options import FORMATS

_TEXT: Final[dict[str, Any]] = {"type": "string"}
_DIGITS: Final[dict[str, Any]] = {"type": "string", "pattern": "^[0-9]+$"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: ``schema`` is of its text in a query or a form, ``in_json`` of what else may stand in JSON."""

    name: str
    about: str
    schema: dict[str, Any]
    example: str = ""
    in_json: tuple[dict[str, Any], ...] = field(default=())
    required: bool = False


_INTEGER: Final[dict[str, Any]] = {"type": "integer", "minimum": 0}
_IDS: Final[dict[str, Any]] = {"type": "array", "items": {"type": ["string", "integer"]}, "maxItems": 1000}

ID: Final = Parameter("id", "Which one.", _DIGITS, "1", (_INTEGER,), required=True)
SUBSCRIBED: Final = (
    Parameter(
        "url",
        "Where to tell: http or https, a public address.",
        {"type": "string", "minLength": 1, "maxLength": 2048},
        "https://receiver.example/crm",
        required=True,
    ),
    Parameter(
        "event",
        "What to be told of: object_create, object_submits_form, sub_tag, unsub_tag, purchase_product or"
        " transaction_created_with_product, with the number of the object type, form, tag or product in brackets;"
        " without one: every one of them.",
        {"type": "string", "minLength": 1, "maxLength": 128},
        "sub_tag(4)",
        required=True,
    ),
    Parameter(
        "data",
        f"Options as a JSON text: format is {', '.join(FORMATS)}; content_type application/json asks for JSON instead"
        " of a form.",
        _TEXT,
        '{"format":"lightweight"}',
        (
            {
                "type": "object",
                "properties": {"format": {"enum": [*FORMATS]}, "content_type": {"type": "string"}},
                "additionalProperties": False,
            },
        ),
    ),
)


def choosing(kind: Kind) -> tuple[Parameter, ...]:
    """Those that choose which records of a kind a list has."""
    return (
        Parameter("ids", "These only, with commas between them, at most 1000; 0 alone: all.", _TEXT, "1,2", (_IDS,)),
        Parameter(
            "search",
            f"A text that is part of {', '.join(kind.searched)}, of any case.",
            {"type": "string", "maxLength": 256},
            kind.field(kind.searched[0]).example or "",
        ),
        Parameter(
            "condition",
            "A list of terms with AND and OR between them, as JSON, or the older form as a text, such as"
            f" {kind.searched[0]}='sub_tag'. It may ask for {', '.join(kind.chosen_by)}.",
            _TEXT,
            '[{"field":{"field":"id"},"op":">=","value":{"value":"1"}}]',
            ({"type": "array"},),
        ),
    )


def paging(kind: Kind) -> tuple[Parameter, ...]:
    """Those that say which part of a list is shown, in which order and with which fields."""
    return (
        Parameter("start", "Leave out so many.", _DIGITS, "0", (_INTEGER,)),
        Parameter("range", "Show so many; more than 50 is 50.", _DIGITS, "50", (_INTEGER,)),
        Parameter("sort", "The field to sort by.", {"type": "string", "enum": [*kind.chosen_by]}, "id"),
        Parameter("sortDir", "asc or desc.", {"type": "string", "enum": ["asc", "desc"]}, "asc"),
        Parameter(
            "listFields",
            f"Show these fields only, with commas between them, id always: {', '.join(kind.names)}.",
            _TEXT,
            ",".join(kind.names[:4]),
            ({"type": "array", "items": {"type": "string", "enum": [*kind.names]}},),
        ),
    )
