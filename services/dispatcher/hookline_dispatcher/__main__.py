"""``python -m hookline_dispatcher``: one dispatcher, from the environment, until a signal ends it."""

from __future__ import annotations

import gc
import os
import resource
import sys

from hookline_runtime import logs
from hookline_runtime.listen import ListenError
from hookline_runtime.process import Stop, flush, refuse, run
from hookline_runtime.settings import SettingsError
from hookline_runtime.vault.renewing import KeyMissing

from .server import start
from .settings import DispatcherSettings
from .store.model import StoreFailed
from .store.sqlite.file import InUse, Unusable
from .store.sqlite.schema import TooNew

SWITCH_INTERVAL = 0.0005
"""Seconds after which a thread that wants to run may ask for the interpreter.

The store's writer shares it with the event loop and takes it back after every statement. With the usual 5 ms each of
these costs up to that long while the loop is busy, and a commit consists of dozens.
"""


COLLECT_AFTER = (20_000, 20, 50)
"""Allocations before the youngest are looked at, and rounds of that before the next older generation is."""

MOST_FILES = 65_536
"""Open files that are asked for; far beyond attempts in flight and idle connections together."""


def main() -> int:
    """Runs the dispatcher; its exit status."""
    try:
        settings = DispatcherSettings.load()
    except SettingsError as error:
        refuse(error)
        return 2
    logs.configure(settings.log_level)
    sys.setswitchinterval(SWITCH_INTERVAL)
    _open_more_files()

    async def serve(stop: Stop) -> int:
        try:
            dispatcher = await start(settings)
        except (InUse, KeyMissing, ListenError, SettingsError, StoreFailed, TooNew, Unusable) as error:
            refuse(error)
            return 1
        _collect_less()
        await stop.wait()
        await dispatcher.drain()
        return 0

    return run(serve)


def _collect_less() -> None:
    """Has the garbage collector look at young objects less often, and at what lives since the start never again.

    Deliveries pass through in tuples and frozen values that reference counting frees; a full collection of the
    configuration, the lanes and the tables of gRPC stops everything for a tenth of a second and finds nothing.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


def _open_more_files() -> None:
    """Takes as many open files as the system allows: every receiver that is kept connected is one."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(MOST_FILES, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


if __name__ == "__main__":
    status = main()
    flush()
    # Not sys.exit, which would wait for look-ups of names that nobody wants any more.
    os._exit(status)
