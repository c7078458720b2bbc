"""The sender that a dispatcher uses: its own, or the operator's httpx transport behind the same bounds and guard."""

from __future__ import annotations

import importlib

import httpx

from hookline_dispatcher.sender.guard import Guard
from hookline_dispatcher.sender.model import Sends
from hookline_dispatcher.sender.proxy import Proxy
from hookline_dispatcher.sender.sender import Sender
from hookline_dispatcher.sender.transport import HttpxSender
from hookline_runtime.settings import SettingsError


def make_sender(guard: Guard, transport: str = "", proxy: Proxy | None = None) -> Sends:
    """The sender.

    Args:
        guard: Says where requests may go.
        transport: ``module:factory`` of something that makes an ``httpx.AsyncBaseTransport``; empty: none.
        proxy: The way out, where there is only one.

    Raises:
        SettingsError: the factory is not there or makes something else, or there is a proxy beside it.
    """
    if transport and proxy:
        raise SettingsError("HOOKLINE_EGRESS_PROXY: a transport of your own connects by itself; set only one of both")
    return HttpxSender(_transport(transport), guard) if transport else Sender(guard, proxy=proxy)


def _transport(name: str) -> httpx.AsyncBaseTransport:
    module, _, factory = name.partition(":")
    try:
        made: object = getattr(importlib.import_module(module), factory)()
    except Exception as error:  # whatever the operator's code raises, the setting is what is wrong
        raise SettingsError(
            f"HOOKLINE_DISPATCHER_TRANSPORT: cannot be used: {type(error).__name__}: {error}"
        ) from error
    if not isinstance(made, httpx.AsyncBaseTransport):
        raise SettingsError("HOOKLINE_DISPATCHER_TRANSPORT: does not make an httpx.AsyncBaseTransport")
    return made
