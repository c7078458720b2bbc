"""The parameters of a request, wherever the client put them: query, form, JSON. Pure.

The original's clients differ: one sends ids in the query, another in a JSON body, and PHP writes lists as ``ids[0]=1``.
What a body says goes before what the query says. A name that nobody asks for is left alone.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Mapping
from itertools import count
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

import orjson

from hookline_gateway.refusals import BadJson, Unreadable, UnsupportedType

Value: TypeAlias = "str | list[Any] | dict[str, Any]"
Parameters: TypeAlias = Mapping[str, Value]

MOST_FIELDS = 2000
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
_PART = re.compile(r"([^\[\]]+)\[([^\[\]]*)\]")


def merged(query: bytes, media_type: str, body: bytes) -> Parameters:
    """All parameters by name; ``media_type`` is of the body, empty where none is named.

    Raises:
        Unreadable, BadJson: the query or the body cannot be read.
        UnsupportedType: the body is neither a form nor JSON.
    """
    return {**form(query, "the query"), **_of_body(media_type, body)}


def _of_body(media_type: str, body: bytes) -> Parameters:
    body = body.removeprefix(BOM_UTF8)
    if not body.strip():
        return {}
    as_json = media_type in (JSON, "text/json") or media_type.endswith("+json")
    if not as_json and media_type not in ("", FORM):
        raise UnsupportedType(f"the body must be {FORM} or {JSON}")
    # No form field begins like this, and some clients send JSON without saying so.
    if as_json or body.lstrip()[:1] == b"{":
        return json_object(body)
    return form(body, "the body")


def form(text: bytes, what: str) -> Parameters:
    """Form-encoded fields; ``name[]`` and ``name[part]`` are parts of one value, and of the same field the last counts.

    Raises:
        Unreadable: it is no form, or has too many fields.
    """
    try:
        pairs = parse_qsl(
            text.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS, separator="&"
        )
    except ValueError:
        raise Unreadable(f"{what} must be form-encoded UTF-8 with at most {MOST_FIELDS} fields") from None
    found: dict[str, Value] = {}
    for name, value in pairs:
        part = _PART.fullmatch(name)
        if part is not None:
            _put_part(found, part[1], part[2], value)
        elif "[" in name:
            # Left alone it would change what is meant without a word: a condition that does not count shows everything.
            raise Unreadable(f"{name[:64]} cannot be read: write what has parts within parts as one JSON text")
        else:
            found[name] = value
    return found


def _put_part(found: dict[str, Value], name: str, part: str, value: str) -> None:
    inner = found.get(name)
    if not isinstance(inner, dict):
        inner = found[name] = {}
    free = (str(number) for number in count(len(inner)))
    inner[part or next(each for each in free if each not in inner)] = value


def json_object(body: bytes) -> Parameters:
    """A JSON object; numbers become text, since the ids of some clients are numbers.

    Raises:
        BadJson: it is none, or too deep.
    """
    try:
        read = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadJson(f"the body is no JSON that can be read: {str(error)[:100]}") from None
    if not isinstance(read, dict):
        raise BadJson("the body must be a JSON object")
    return {
        name: value if isinstance(value, list | dict) else plain(value)
        for name, value in read.items()
        if value is not None
    }


def plain(value: object) -> str:
    """A scalar of JSON as a form would hold it; what is true is no number, lest it be taken for the id 1."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case _:
            return str(value)


def text(parameters: Parameters, name: str) -> str:
    """One value; empty where it is missing.

    Raises:
        Unreadable: it is a list or an object.
    """
    value = parameters.get(name, "")
    if not isinstance(value, str):
        raise Unreadable(f"{name} must be one value")
    return value


def required(parameters: Parameters, name: str) -> str:
    """One value that has to be there.

    Raises:
        Unreadable: it is missing or empty.
    """
    value = text(parameters, name)
    if not value.strip():
        raise Unreadable(f"{name} is required")
    return value


def texts(parameters: Parameters, name: str) -> list[str]:
    """Several values: a list, or one text with commas; blanks around them do not count.

    Raises:
        Unreadable: one of them is no text.
    """
    value = parameters.get(name, "")
    parts = value.split(",") if isinstance(value, str) else [*(value.values() if isinstance(value, dict) else value)]
    if any(isinstance(part, list | dict) for part in parts):
        raise Unreadable(f"{name} must be a list of values, or one text with commas between them")
    return [found for part in parts if (found := plain(part).strip())]


def number(parameters: Parameters, name: str, default: int) -> int:
    """A whole number from 0 on; what is larger than any number here counts as the largest.

    Raises:
        Unreadable: it is none.
    """
    value = text(parameters, name).strip()
    if not value:
        return default
    return whole(name, value)


LARGEST = 2**31 - 1


def whole(name: str, value: str) -> int:
    """A whole number, of ASCII digits, at most ``LARGEST``.

    Raises:
        Unreadable: it is none.
    """
    if not (value.isascii() and value.isdigit()):
        raise Unreadable(f"{name} must be a whole number in decimal digits")
    return LARGEST if len(value) > 10 else min(int(value), LARGEST)


_LARGEST_ID = 2**63 - 1


def record_id(name: str, value: str) -> int:
    """The id of a record; 0 where no record can have it.

    Raises:
        Unreadable: it is no number.
    """
    if not (value.isascii() and value.isdigit()):
        raise Unreadable(f"{name} must be a whole number in decimal digits")
    found = int(value) if len(value) < 20 else 0
    return found if found <= _LARGEST_ID else 0
