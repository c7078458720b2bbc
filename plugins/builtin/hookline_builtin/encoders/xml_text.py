"""How text is written in XML: no sign of the syntax is left, nor a character that XML 1.0 forbids.

Forbidden are control characters, surrogates, U+FFFE and U+FFFF; no escape could carry them, so U+FFFD stands for each.
Line ends that a parser would change, and in attributes tabs too, are written as character references.
"""

import re

_FORBIDDEN = r"\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff"
_IN_TEXT = re.compile(f"[&<>\r{_FORBIDDEN}]")
_IN_ATTRIBUTE = re.compile(f"[&<>\"'\t\n\r{_FORBIDDEN}]")
_ESCAPES = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&apos;",
    "\t": "&#9;",
    "\n": "&#10;",
    "\r": "&#13;",
}


def in_text(text: str) -> str:
    """Escape a text that stands between tags."""
    return text if text.isalnum() else _IN_TEXT.sub(_escape, text)


def in_attribute(text: str) -> str:
    """Escape a text that stands in an attribute's value, in quotes of either kind."""
    return text if text.isalnum() else _IN_ATTRIBUTE.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    return _ESCAPES.get(match[0], "\ufffd")
