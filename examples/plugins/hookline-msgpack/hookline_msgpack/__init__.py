"""A Hookline plugin that adds an encoder; the entry point `msgpack` in pyproject.toml names this module."""

from collections.abc import Sequence

from hookline_msgpack.encoder import MsgpackEncoder
from hookline_plugin import Encoder, hookimpl

__all__ = ["hookline_api", "register_encoders"]

hookline_api = 1


@hookimpl
def register_encoders() -> Sequence[Encoder]:
    """Give the encoder that this plugin adds."""
    return (MsgpackEncoder(),)
