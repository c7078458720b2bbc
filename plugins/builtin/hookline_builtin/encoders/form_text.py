"""How text is written in a form: UTF-8, a blank is `+`, every byte but letters, digits, `-`, `.`, `_` is escaped."""

import re

from hookline_plugin.merging import without_surrogates

_is_plain = re.compile(r"[A-Za-z0-9._-]*").fullmatch
_OF_BYTE = tuple("+" if byte == 0x20 else chr(byte) if _is_plain(chr(byte)) else f"%{byte:02X}" for byte in range(256))
_OF_ASCII = _OF_BYTE[:128]

_KEPT = bytes(byte for byte in range(256) if _is_plain(chr(byte))) + b"\0"
_ESCAPES = tuple((bytes([byte]), b"%%%02X" % byte) for byte in range(256))
_LONG = 16_384
"""Beyond so many bytes one pass in Python is no slower than a pass in C for each kind of byte."""


def quoted(text: str) -> str:
    """Percent-encode a text; UnicodeEncodeError for a lone surrogate."""
    if not text.isascii():
        return "".join(map(_OF_BYTE.__getitem__, text.encode()))
    return text if text.isalnum() else text.translate(_OF_ASCII)


def quoted_together(texts: list[str]) -> list[str]:
    """Percent-encode texts in one go; UnicodeEncodeError for a lone surrogate."""
    joined = "\0".join(texts)
    if joined.count("\0") == len(texts) - 1 and len(joined) < _LONG:
        return _escaped(joined.encode()).decode("ascii").split("\0")
    return [quoted(text) for text in texts]


def quoted_all(texts: list[str]) -> list[bytes]:
    """Percent-encode texts, a lone surrogate as U+FFFD; faster than one by one, because all are done in one go."""
    joined = "\0".join(texts)
    if joined.count("\0") == len(texts) - 1 and len(joined) < _LONG:
        try:
            return _escaped(joined.encode()).split(b"\0")
        except UnicodeEncodeError:
            pass
    return [quoted(without_surrogates(text)).encode("ascii") for text in texts]


def _escaped(data: bytes) -> bytes:
    """Percent-encode all bytes but plain ones and NUL."""
    unsafe = data.translate(None, _KEPT)
    if unsafe:
        if b"%" in unsafe:
            data = data.replace(b"%", b"%25")  # first, because the others bring more of them
        for byte in set(unsafe):
            if byte not in (0x20, 0x25):
                plain, escaped = _ESCAPES[byte]
                data = data.replace(plain, escaped)
        data = data.replace(b" ", b"+")
    return data
