"""``python -m hookline_gateway``: one gateway, from the environment, until a signal ends it."""

from __future__ import annotations

import gc
import sys

from hookline_gateway.bin import BinsUnusable
from hookline_gateway.server import start
from hookline_gateway.settings import GatewaySettings
from hookline_runtime import logs
from hookline_runtime.listen import ListenError
from hookline_runtime.process import Stop, flush, refuse, run
from hookline_runtime.settings import SettingsError

COLLECT_AFTER = (10_000, 20, 50)
"""Allocations before the youngest are looked at, and rounds of that before the next older generation is."""


def main() -> int:
    """Runs the gateway; its exit status."""
    try:
        settings = GatewaySettings.load()
    except SettingsError as error:
        refuse(error)
        return 2
    logs.configure(settings.log_level)

    async def serve(stop: Stop) -> int:
        try:
            gateway = await start(settings)
        except SettingsError as error:
            refuse(error)
            return 2
        except (ListenError, BinsUnusable) as error:
            refuse(error)
            return 1
        # What lives since the start is looked at never again: a full collection stops every request and finds nothing.
        gc.collect()
        gc.freeze()
        gc.set_threshold(*COLLECT_AFTER)
        await stop.wait()
        await gateway.drain()
        return 0

    return run(serve)


if __name__ == "__main__":
    status = main()
    flush()
    sys.exit(status)
