"""Text from elsewhere, made harmless for a terminal.

What always holds: nothing that a receiver, a sender or a producer wrote can move the cursor, colour the screen or turn
the direction of writing.
"""

from rich.text import Text

_PICTURES = {code: 0x2400 + code for code in range(0x20) if chr(code) not in "\n\t"}
_DIRECTIONS = (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C)
_TABLE = {**_PICTURES, 0x7F: 0x2421, **dict.fromkeys((*range(0x80, 0xA0), *_DIRECTIONS), 0xFFFD)}


def printable(text: str) -> str:
    """The text with a picture of each control character in its place; lines and tabs stay."""
    return text.replace("\r\n", "\n").translate(_TABLE)


def as_text(value: str | Text) -> Text:
    """A value for a table: text of our own keeps its colours, a string is made printable."""
    return value if isinstance(value, Text) else Text(printable(value))
