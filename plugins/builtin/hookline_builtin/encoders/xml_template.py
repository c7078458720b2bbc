"""XML with merge fields: `<contact id="[Contact ID]"><name>[First Name] [Last Name]</name></contact>`.

A template must be a well-formed document as it stands, namespaces included, without a DOCTYPE and in UTF-8. Merge
fields stand in text, in CDATA sections and in attribute values; names and defaults are written as XML writes text
(`[Terms &amp; Conditions]`), but in CDATA as they are. `&#91;` is a bracket that begins no field. In a CDATA section a
value is written beside it: the section is closed before and opened again behind.
"""

import re
from collections.abc import Callable, Iterator
from xml.parsers import expat

from hookline_builtin.encoders.rendering import Rendering, Slot
from hookline_builtin.encoders.xml_text import in_attribute, in_text
from hookline_plugin import Names, Template, TemplateError, Value
from hookline_plugin.merging import Part, as_text, error_at, scan_between, without_surrogates

_BEGINS = re.compile(r"\s*<[^\W\d]|\s*<[?!:]")
_CDATA, _END_CDATA = "<![CDATA[", "]]>"
_TOKEN = re.compile(
    r"""(?P<comment><!--.*?-->)
    | (?P<cdata><!\[CDATA\[.*?\]\]>)
    | (?P<instruction><\?.*?\?>)
    | (?P<tag><(?:[^>"']|"[^"]*+"|'[^']*+')*+>)
    | (?P<text>[^<]++)""",
    re.DOTALL | re.VERBOSE,
)
"""A piece of a document that is known to be well formed."""
_ATTRIBUTE = re.compile(r"""([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_FIELD = re.compile(r"\[([^\[\]|]+)(?:\|[^\[\]]*)?\]")
_REFERENCE = re.compile(r"&(?:#x([0-9A-Fa-f]+)|#([0-9]+)|(lt|gt|amp|quot|apos));")
_ENTITIES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}


def detects(text: str) -> bool:
    """Say whether this begins like markup, well formed or not: better a complaint about a slip than plain text."""
    return _BEGINS.match(text.removeprefix("\ufeff")) is not None


def parse(text: str, names: Names) -> Template:
    """Parse a document; TemplateError also for one that is not well formed or has a merge field in a wrong place."""
    text = without_surrogates(text.removeprefix("\ufeff"))
    start = len(text) - len(text.lstrip(" \t\r\n"))  # no blank may stand before an XML declaration
    _judge(text, start)
    return Rendering(_parts(text, start, names))


def _judge(text: str, start: int) -> None:
    parser = expat.ParserCreate("UTF-8", " ")
    content = text[start:].encode()

    def error(reason: str, index: int) -> TemplateError:
        return error_at(text, start + len(content[: max(index, 0)].decode(errors="ignore")), reason)

    def refuse_doctype(*_: object) -> None:
        raise error("a DOCTYPE is not taken", content.rfind(b"<!DOCTYPE", 0, parser.CurrentByteIndex))

    def check_declaration(version: str, encoding: str | None, standalone: int) -> None:
        if version != "1.0" or (encoding or "UTF-8").upper() != "UTF-8":
            raise error("the document must be XML 1.0 in UTF-8", parser.CurrentByteIndex)

    parser.StartDoctypeDeclHandler = refuse_doctype
    parser.XmlDeclHandler = check_declaration
    try:
        parser.Parse(content, True)
    except expat.ExpatError as flaw:
        reason = f"this is not well-formed XML: {expat.ErrorString(flaw.code)}"
        if content.startswith(b"[", parser.ErrorByteIndex):
            reason += "; a merge field stands in text or in an attribute's value"
        raise error(reason, parser.ErrorByteIndex) from None


def _parts(text: str, start: int, names: Names) -> Iterator[str | Slot]:
    for match in _TOKEN.finditer(text, start):
        if match.lastgroup == "tag":
            yield from _tag(text, names, match)
        elif match.lastgroup == "text":
            # A value that ends in ]] must not stand before the author's own >.
            for part in _merged(text, names, match.start(), match.end(), _write_text):
                yield part.replace(">", "&gt;") if isinstance(part, str) else part
        elif match.lastgroup == "cdata":
            yield from _cdata(text, names, match)
        else:
            _check_unmerged(text, names, match)
            yield match[0]


def _tag(text: str, names: Names, tag: re.Match[str]) -> Iterator[str | Slot]:
    done = tag.start()
    for attribute in _ATTRIBUTE.finditer(text, tag.start(), tag.end()):
        start, end = attribute.span(2 if attribute[2] is not None else 3)
        yield text[done:start]
        done = end
        for part in _merged(text, names, start, end, _write_attribute):
            if not isinstance(part, str) and attribute[1].partition(":")[0] == "xmlns":
                raise error_at(text, start, "a namespace cannot be merged")
            yield part
    yield text[done : tag.end()]


def _cdata(text: str, names: Names, section: re.Match[str]) -> Iterator[str | Slot]:
    yield _CDATA
    for part in scan_between(text, names, section.start() + len(_CDATA), section.end() - len(_END_CDATA)):
        if isinstance(part, str):
            yield part
        else:
            yield _END_CDATA
            yield _slot(part, _write_text)
            yield _CDATA
    yield _END_CDATA


def _merged(text: str, names: Names, start: int, end: int, write: Callable[[Value], str]) -> Iterator[str | Slot]:
    for part in scan_between(text, names, start, end, _unescaped):
        yield _slot(part, write)


def _slot(part: Part, write: Callable[[Value], str]) -> str | Slot:
    return part if isinstance(part, str) else Slot(part, write, write(part.default))


def _check_unmerged(text: str, names: Names, token: re.Match[str]) -> None:
    # Only when it is saved: a field that is added later must not break what was right.
    for field in _FIELD.finditer(token[0]) if names.strict else ():
        if names.find(field[1]) is not None:
            kind = "comment" if token.lastgroup == "comment" else "processing instruction"
            raise error_at(text, token.start() + field.start(), f"a {kind} holds no merge field")


def _unescaped(text: str) -> str:
    return _REFERENCE.sub(_character, text) if "&" in text else text


def _character(match: re.Match[str]) -> str:
    if match[3]:
        return _ENTITIES[match[3]]
    return chr(int(match[1], 16) if match[1] else int(match[2]))


def _write_text(value: Value) -> str:
    return in_text(value if type(value) is str else as_text(value))


def _write_attribute(value: Value) -> str:
    return in_attribute(value if type(value) is str else as_text(value))
