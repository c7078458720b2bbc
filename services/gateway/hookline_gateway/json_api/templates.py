"""Path templates of ``google.api.http``: ``/v1/targets/{target.kind}/{target.id}:pause``.

Read as google/api/http.proto defines them, as far as this contract goes: a variable stands for one
whole segment. A path is matched as it was sent, before anything in it is decoded, so that an id may
hold an encoded slash or colon and still is one segment.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

_VARIABLE = re.compile(r"\{([a-z][a-z0-9_.]*)\}")
_PARTS = re.compile(r"(\{[^}]*\})")


@dataclass(frozen=True, slots=True)
class Template:
    """A template: its text, what it matches, its variables in order, and its fixed beginning for the index."""

    text: str
    pattern: re.Pattern[str]
    variables: tuple[str, ...]
    verb: str

    def match(self, path: str) -> dict[str, str] | None:
        """The variables of a path as it was sent, decoded; None where it is another path.

        Raises:
            UnicodeDecodeError: a variable is not UTF-8.
        """
        found = self.pattern.fullmatch(path)
        if found is None:
            return None
        values = (unquote_to_bytes(each).decode() for each in found.groups())
        return dict(zip(self.variables, values, strict=True))


def parse_template(text: str) -> Template:
    """The template of an annotation.

    Raises:
        ValueError: it uses more of the language than is read here.
    """
    path, _, verb = text.rpartition(":") if ":" in text else (text, "", "")
    variables = []
    pattern = []
    for part in _PARTS.split(path):
        if not part.startswith("{"):
            pattern.append(re.escape(part))
            continue
        found = _VARIABLE.fullmatch(part)
        if found is None:
            raise ValueError(f"{text}: {part} is no variable that is read here")
        variables.append(found[1])
        # Before a verb a segment ends at its last colon, which the verb takes.
        pattern.append("([^/]+)")
    if verb:
        pattern.append(re.escape(f":{verb}"))
    return Template(text, re.compile("".join(pattern)), tuple(variables), verb)
