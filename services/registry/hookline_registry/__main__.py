"""`python -m hookline_registry`: the registry as a process of its own."""

import sys

from hookline_registry.registry import start
from hookline_registry.settings import Settings
from hookline_runtime import logs, process
from hookline_runtime.errors import Unavailable
from hookline_runtime.listen import ListenError
from hookline_runtime.metrics import MetricsServer
from hookline_runtime.settings import SettingsError
from hookline_runtime.vault.renewing import KeyMissing


async def main(stop: process.Stop) -> int:
    """Serve until asked to stop; give the exit status."""
    try:
        settings = Settings.load()
    except SettingsError as error:
        process.refuse(error)
        return 2
    logs.configure(settings.log_level)
    try:
        registry = await start(settings)
    except SettingsError as error:
        process.refuse(error)
        return 2
    except (KeyMissing, OSError, Unavailable, ValueError) as error:  # a ListenError is an OSError
        process.refuse(error)
        return 1
    metrics = None
    try:
        if settings.registry_metrics:
            metrics = MetricsServer(
                settings.registry_metrics, registry.metrics, lambda: registry.serving, registry.metrics_tls
            )
            metrics.start()
        await stop.wait()
    except ListenError as error:
        process.refuse(error)
        return 1
    finally:
        await registry.stop()
        if metrics is not None:
            await metrics.stop()
    return 0


if __name__ == "__main__":
    status = process.run(main)
    process.flush()
    sys.exit(status)
