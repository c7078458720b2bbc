"""A Hookline plugin that adds one encoder; the entry point `csv` in pyproject.toml names this module."""

from collections.abc import Sequence

from hookline_csv.encoder import CsvEncoder
from hookline_plugin import Encoder, hookimpl

__all__ = ["hookline_api", "register_encoders"]

hookline_api = 1


@hookimpl
def register_encoders() -> Sequence[Encoder]:
    """Give the encoder that this plugin adds."""
    return (CsvEncoder(),)
