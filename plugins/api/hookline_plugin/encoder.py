"""What an encoder is: it turns the payload of a delivery into the bytes of a request body.

Encoding is a pure function: the same payload gives the same bytes, in any process and at any time, because a body is
rendered again for a retry, for its signature and for whoever looks at the log. The payload is never changed.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Protocol, TypeAlias, runtime_checkable

from hookline_plugin.media_type import essence, is_media_type

Scalar: TypeAlias = bool | int | float | str | None
Value: TypeAlias = "Scalar | Sequence[Value] | Mapping[str, Value]"
"""What JSON can say. Sequences and mappings are of any kind (tuple, `MappingProxyType`), not just list and dict."""
Payload: TypeAlias = Mapping[str, Value]

MAX_DEPTH = 64
"""How deep an encoder must be able to go: mappings and lists within each other, the payload itself counted."""

_NAME = re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*")


class EncodeError(ValueError):
    """A payload holds something that the encoder cannot express.

    `reason` says what, without the value itself; `path` says where: `data.owner.tags[0]`, empty for the whole.
    """

    def __init__(self, reason: str, path: str = "") -> None:
        super().__init__(f"{path}: {reason}" if path else reason)
        self.reason = reason
        self.path = path

    def __reduce__(self) -> tuple[type["EncodeError"], tuple[str, str]]:
        return type(self), (self.reason, self.path)


@runtime_checkable
class Encoder(Protocol):
    """Encodes payloads as one content type. Its attributes never change."""

    @property
    def name(self) -> str:
        """The short name shown to people, `json`: lower-case letters and digits, joined by `-`, `_` or `.`."""

    @property
    def media_type(self) -> str:
        """The Content-Type of what `encode` gives, with parameters if any: `text/plain; charset=utf-8`."""

    @property
    def media_types(self) -> frozenset[str]:
        """The media types it is found by, lower-case and without parameters; that of `media_type` is one."""

    def encode(self, payload: Payload) -> bytes:
        """Give the body, in the order of the payload's keys.

        Every payload of valid Unicode, finite numbers of up to 4,000 digits and `MAX_DEPTH` levels has a body, also
        the empty one. Raises EncodeError, and nothing else, for what cannot be expressed: NaN and infinities always.
        """


def encoder_flaw(candidate: object) -> str | None:
    """Say why an object cannot serve as an encoder, or None when it can; nothing is encoded to find out."""
    if not isinstance(candidate, Encoder) or not callable(candidate.encode):
        return f"{type(candidate).__name__} is not an encoder: it needs name, media_type, media_types and encode"
    # A Protocol checks only that the attributes are there; a plugin may be untyped, so their kinds are looked at.
    name: object = candidate.name
    media_type: object = candidate.media_type
    media_types: object = candidate.media_types
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        return "name must be lower-case letters and digits, joined by '-', '_' or '.'"
    if not isinstance(media_type, str) or not is_media_type(media_type):
        return f"media_type of {name} is not a media type"
    if not isinstance(media_types, frozenset) or not all(map(_is_essence, media_types)):
        return f"media_types of {name} must be a frozenset of lower-case media types without parameters"
    if essence(media_type) not in media_types:
        return f"media_types of {name} lack {essence(media_type)}, its own media type"
    return None


def _is_essence(candidate: object) -> bool:
    return isinstance(candidate, str) and is_media_type(candidate) and candidate == essence(candidate)
