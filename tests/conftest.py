"""What all tests have in common."""

import gc

from hypothesis import HealthCheck, settings

# How long an example takes says something of the machine, and nothing of the code.
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")

COLLECT_AFTER = (10_000, 10, 10)


def pytest_collection_finish() -> None:
    """Has the garbage collector look at ten thousand tests and all that is imported once, not over and over."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
