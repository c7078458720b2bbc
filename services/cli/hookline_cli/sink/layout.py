"""Laying out a body that a stranger sent, so that a person can read it. Pure.

What always holds: it takes bounded time and memory. A body that is long, that would become long, or that declares
entities is not laid out.
"""

import json
import urllib.parse
from collections.abc import Iterable
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

_LONGEST_BODY = 1 << 16
_LONGEST_LAYOUT = 1 << 18


class Unreadable(ValueError):
    """The body cannot be laid out."""


def laid_out(media_type: str, body: bytes) -> tuple[str, str]:
    """The body on lines of their own, and the language it is in; raises Unreadable."""
    if len(body) > _LONGEST_BODY:
        raise Unreadable
    try:
        if media_type.endswith("json"):
            return _bounded(json.JSONEncoder(ensure_ascii=False, indent=2).iterencode(json.loads(body))), "json"
        if media_type.endswith("x-www-form-urlencoded"):
            pairs = urllib.parse.parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
            return "\n".join(f"{name} = {value}" for name, value in pairs), "ini"
        if media_type.endswith("xml"):
            return _Xml().layout(body), "xml"
    except (ValueError, RecursionError, expat.ExpatError):
        pass
    raise Unreadable


def _bounded(pieces: Iterable[str]) -> str:
    """The pieces as one text; raises Unreadable as soon as it is too long, as deep nesting soon makes it."""
    kept: list[str] = []
    length = 0
    for piece in pieces:
        length += len(piece)
        if length > _LONGEST_LAYOUT:
            raise Unreadable
        kept.append(piece)
    return "".join(kept)


class _Xml:
    """XML with each element on a line; a document type is refused, and with it every entity of its own."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._length = 0
        self._depth = 0
        self._text = ""
        self._open_tag = ""

    def layout(self, body: bytes) -> str:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.Parse(body, True)
        return "\n".join(self._lines)

    def _refuse(self, *_declaration: object) -> None:
        raise Unreadable

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._flush()
        pairs = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
        self._open_tag = f"<{name}{pairs}"
        self._depth += 1

    def _end(self, name: str) -> None:
        if self._open_tag:
            text = self._text.strip()
            self._depth -= 1
            self._line(f"{self._open_tag}>{escape(text)}</{name}>" if text else f"{self._open_tag}/>")
            self._open_tag = self._text = ""
        else:
            self._flush()
            self._depth -= 1
            self._line(f"</{name}>")

    def _characters(self, text: str) -> None:
        self._text += text

    def _flush(self) -> None:
        """Writes an opening tag that more than text follows, and text that stands beside elements."""
        if self._open_tag:
            self._depth -= 1
            self._line(f"{self._open_tag}>")
            self._depth += 1
        if self._text.strip():
            self._line(escape(self._text.strip()))
        self._open_tag = self._text = ""

    def _line(self, text: str) -> None:
        line = "  " * self._depth + text
        self._length += len(line)
        if self._length > _LONGEST_LAYOUT:
            raise Unreadable
        self._lines.append(line)
