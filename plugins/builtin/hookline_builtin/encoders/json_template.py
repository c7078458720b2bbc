r"""JSON with merge fields: `{"name": "[First Name] [Last Name]", "age": [Age|0], "tags": ["a", "[Tag]"]}`.

A template must be JSON as it stands, but for merge fields in place of values. Within a string merge fields merge with
text around them, and names and defaults are written as JSON writes text (`\"`); keys are left as they are. Outside
strings a bracket is a merge field unless what it holds is JSON (`[1,2]`, `[true]`, `[]`), whatever fields are called;
its value comes out as a number, boolean, null, list or object, and text as a number where it is one. Its default ends
at the first `]` and is JSON where it can be (`[Age|0]`, `[Tag|"a]"]`), text otherwise.
"""

import json
import re
from collections.abc import Iterator
from json.encoder import encode_basestring

from hookline_builtin.encoders.json_tokens import Token, judge, tokens_of
from hookline_builtin.encoders.json_values import bare_default, write_bare, write_inside, write_string
from hookline_builtin.encoders.rendering import Rendering, Slot
from hookline_plugin import FieldPath, Merge, Names, Template, TemplateError
from hookline_plugin.merging import Part, error_at, joined, scan_between, without_surrogates

_COLON = re.compile(r"[ \t\r\n]*:")
_SURE = re.compile(r'\s*(?:\{|\[\s*\{)\s*"')
"""Nothing but JSON begins like this: better a complaint about a slip than plain text."""


def detects(text: str) -> bool:
    """Say whether this is a JSON object or array once merge fields are put in, or begins as only JSON does."""
    text = text.removeprefix("\ufeff").lstrip()
    if _SURE.match(text):
        return True
    if not text.startswith(("{", "[")):
        return False
    try:
        tokens = list(tokens_of(text, _Any()))
        judge(text, tokens)
    except TemplateError:
        return False
    return not (tokens and isinstance(tokens[0][2], Merge) and tokens[0][0] == 0)


def parse(text: str, names: Names) -> Template:
    """Parse a template; TemplateError also for what is no JSON, and for nesting deeper than `MAX_DEPTH`."""
    text = without_surrogates(text.removeprefix("\ufeff"))
    tokens = list(tokens_of(text, names))
    judge(text, tokens)
    return Rendering(_parts(text, tokens, names))


def _parts(text: str, tokens: list[Token], names: Names) -> Iterator[str | Slot]:
    done = 0
    for start, end, merge in tokens:
        yield text[done:start]
        done = end
        if merge is not None:
            yield Slot(merge, write_bare, bare_default(merge.default))
        elif _COLON.match(text, end):
            _whole_characters(text, start, end)
            yield text[start:end]
        else:
            _whole_characters(text, start, end)
            yield from _string(joined(scan_between(text, names, start, end, _unescaped)))
    yield text[done:]


def _string(parts: tuple[Part, ...]) -> Iterator[str | Slot]:
    match parts:
        case ('"', Merge() as merge, '"'):  # as most are: this spares the quotes to be taken off and put on again
            yield Slot(merge, write_string, encode_basestring(merge.default))
        case _:
            for part in parts:
                yield part if isinstance(part, str) else Slot(part, write_inside, write_inside(part.default))


def _whole_characters(text: str, start: int, end: int) -> None:
    string = text[start:end]
    if r"\u" in string and (plain := json.loads(string)) != without_surrogates(plain):
        raise error_at(text, start, "this string holds half a surrogate pair")


def _unescaped(text: str) -> str:
    result: str = json.loads(f'"{text}"') if "\\" in text else text
    return result


class _Any:
    """Names for a look at a text whose fields nobody knows: every one may be."""

    strict = False

    def find(self, name: str) -> FieldPath | None:
        return None

    def nearest(self, name: str) -> str | None:
        return None
