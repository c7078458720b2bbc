"""A Hookline plugin that adds a trigger source; the entry point `score` in pyproject.toml names this module."""

from collections.abc import Sequence

from hookline_plugin import hookimpl
from hookline_plugin.stateful import StatefulSource
from hookline_score.source import ScoreSource

__all__ = ["hookline_api", "register_trigger_sources"]

hookline_api = 1


@hookimpl
def register_trigger_sources() -> Sequence[StatefulSource]:
    """Give the trigger source that this plugin adds."""
    return (ScoreSource(),)
