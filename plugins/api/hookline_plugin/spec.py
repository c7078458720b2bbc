"""The hooks: what a plugin may implement.

A plugin is a module (or an object) named by an entry point of the group `hookline`; its functions marked with
`hookimpl` are called once, when a service starts. A hook only registers objects; what these objects do is said by
their Protocols. Every hook here has a section of its name in docs/plugins.md.
"""

from collections.abc import Sequence

from pluggy import HookimplMarker, HookspecMarker

from hookline_plugin.encoder import Encoder
from hookline_plugin.stateful import StatefulSource
from hookline_plugin.trigger import TriggerSource

PROJECT = "hookline"
"""The name that ties markers, plugin manager and entry point group together."""

API_VERSION = 1
"""The version of this API. A plugin may state the one that it was written for as its attribute `hookline_api`; one
that states another is not used. It changes when plugins that were right would no longer be, not with each addition."""

hookspec = HookspecMarker(PROJECT)
hookimpl = HookimplMarker(PROJECT)
"""Marks a function of a plugin as the implementation of the hook of the same name."""


@hookspec
def register_encoders() -> Sequence[Encoder]:
    """Give the encoders that this plugin adds; a list or tuple, called once at the start of a service.

    An encoder whose media type is already served is not used: built-in plugins come first, then plugins by name.
    Raising, or returning anything else, is reported and leaves every other plugin untouched.
    """
    raise NotImplementedError


@hookspec
def register_trigger_sources() -> Sequence[TriggerSource | StatefulSource]:
    """Give the trigger sources that this plugin adds; a list or tuple, called once at the start of a service.

    A source whose name is taken is not used: built-in plugins come first, then plugins by name. Raising, or returning
    anything else, is reported and leaves every other plugin untouched.
    """
    raise NotImplementedError
