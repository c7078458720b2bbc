r"""`text/plain; charset=utf-8`: a line `key: value` for every field, for people, logs and line-wise scripts.

Nested keys are joined by dots, list indexes count as keys: `data.tags.0: 7`. Null, an empty list and an empty mapping
have an empty value. Within keys and values a line end is written `\n` or `\r`, every other control character and
Unicode's own line ends as `\uXXXX`, and a backslash is doubled, so a line is always one field. A dot or colon of a key
itself is written `\u002e` or `\u003a`, so the first colon of a line ends the key, and every dot before it nests.
"""

import re

from hookline_builtin.encoders.rendering import Rendering, Slot
from hookline_plugin import Names, Path, Payload, Scalar, Template, leaves
from hookline_plugin.merging import as_text, scan

_IN_VALUE = re.compile(r"[\\\x00-\x1f\x7f-\x9f\u2028\u2029]")
_IN_KEY = re.compile(r"[\\.:\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SHORT = {"\\": r"\\", "\n": r"\n", "\r": r"\r"}


class TextEncoder:
    """Encodes payloads as lines of text."""

    name = "text"
    media_type = "text/plain; charset=utf-8"
    media_types = frozenset({"text/plain"})

    def encode(self, payload: Payload) -> bytes:
        """Give a line per field, each ended by a line feed; an empty payload gives an empty body."""
        return "".join(f"{_key(path)}: {_value(leaf)}\n" for path, leaf in leaves(payload)).encode()

    def detects(self, text: str) -> bool:
        """Say yes: what is of no other content type is plain text."""
        return True

    def parse(self, text: str, names: Names) -> Template:
        """Parse a text in which merge fields stand anywhere; their values are written as they are."""
        parts = scan(text, names)
        return Rendering(part if isinstance(part, str) else Slot(part, as_text, part.default) for part in parts)


def _key(path: Path) -> str:
    return ".".join(_IN_KEY.sub(_escape, str(step)) for step in path)


def _value(leaf: Scalar) -> str:
    if isinstance(leaf, str):
        return _IN_VALUE.sub(_escape, leaf)
    if leaf is None:
        return ""
    return repr(leaf).lower()  # true and false as in JSON; a number's repr has no upper case


def _escape(match: re.Match[str]) -> str:
    return _SHORT.get(match[0]) or f"\\u{ord(match[0]):04x}"
