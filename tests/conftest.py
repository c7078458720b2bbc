"""What all tests have in common."""

import gc
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes says something of the machine, and nothing of the code.
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")

COLLECT_AFTER = (10_000, 10, 10)


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Has each of several workers begin with other files: what one has made of a file the others find.

    In a fresh clone that is half of what collecting takes.
    """
    worker = getattr(session.config, "workerinput", None)
    if worker is None or session.config.args != list(session.config.getini("testpaths")):
        return
    number, workers = int(worker["workerid"].removeprefix("gw")), worker["workercount"]
    for file in sorted(Path(__file__).parent.rglob("test_*.py"))[number::workers]:
        name = file.relative_to(session.config.rootpath).with_suffix("")
        with suppress(Exception, pytest.skip.Exception):  # who collects it says so
            import_module(".".join(name.parts))


def pytest_collection_finish() -> None:
    """Has the garbage collector look at ten thousand tests and all that is imported once, not over and over."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
