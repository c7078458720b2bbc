"""Media types: `type/subtype` and parameters, as RFC 9110 section 8.3.1 writes them."""

import re

_NAME = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_QUOTED = r'"(?:[\t !\x23-\x5b\x5d-\x7e]|\\[\t -~])*"'
_MEDIA_TYPE = re.compile(rf"{_NAME}/{_NAME}(?:[ \t]*;(?:[ \t]*{_NAME}=(?:{_NAME}|{_QUOTED}))?)*")


def is_media_type(text: str) -> bool:
    """Say whether the text is a media type, with or without parameters, in visible ASCII."""
    return _MEDIA_TYPE.fullmatch(text) is not None


def essence(media_type: str) -> str:
    """Give type and subtype in lower case, without parameters; a text that is no media type gives no error."""
    return media_type.partition(";")[0].strip().lower()
