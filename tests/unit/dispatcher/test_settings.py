import re
from pathlib import Path
from typing import Any

import pytest

from hookline_dispatcher.core.instants import DAY, HOUR, SECOND
from hookline_dispatcher.core.retry import Schedule
from hookline_dispatcher.settings import DispatcherSettings
from hookline_dispatcher.store.model import Caps
from hookline_runtime.settings import SettingsError

DOCS = Path(__file__).parents[3] / "docs" / "settings.md"


def load(**overrides: Any) -> DispatcherSettings:
    return DispatcherSettings.load(**{"service_key": "k", **overrides})


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in DispatcherSettings.model_fields:
        monkeypatch.delenv(f"HOOKLINE_{name.upper()}", raising=False)


def test_the_defaults_are_those_of_the_core() -> None:
    settings = load()
    assert settings.schedule == Schedule()
    assert settings.caps == Caps()
    assert (settings.off_after, settings.keep_delivered, settings.keep_failed) == (5 * DAY, 2 * DAY, 7 * DAY)
    assert settings.max_staleness == HOUR // 4


def test_the_environment_sets_them(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "SERVICE_KEY": "k",
        "DISPATCHER_DATA": "/var/lib/x",
        "DISPATCHER_METRICS": "",
        "DISPATCHER_RETRY_FIRST_SECONDS": "0.5",
        "DISPATCHER_IN_FLIGHT_PER_TARGET": "3",
    }.items():
        monkeypatch.setenv(f"HOOKLINE_{name}", value)
    settings = DispatcherSettings.load()
    assert settings.dispatcher_data == Path("/var/lib/x")
    assert settings.dispatcher_metrics is None
    assert settings.schedule.first == SECOND // 2
    assert settings.caps.lane == 3


@pytest.mark.parametrize(
    "name, value",
    [
        ("dispatcher_address", "nowhere"),
        ("egress_allow", "everything"),
        ("dispatcher_transport", "module"),
        ("dispatcher_in_flight", 0),
        ("dispatcher_retry_cap_seconds", -1),
        ("dispatcher_keep_failed_days", 0),
        ("service_key", ""),
    ],
)
def test_what_is_wrong_is_told_by_name(name: str, value: object) -> None:
    with pytest.raises(SettingsError, match=f"HOOKLINE_{name.upper()}"):
        load(**{name: value})


def test_the_service_key_is_needed() -> None:
    with pytest.raises(SettingsError, match="HOOKLINE_SERVICE_KEY: is required"):
        DispatcherSettings.load()


def test_the_docs_name_every_setting_with_its_default() -> None:
    rows = re.findall(r"^\| `HOOKLINE_(\w+)` \| (\S+) \|", DOCS.read_text(), re.MULTILINE)
    documented = {name.lower(): default.strip("`") for name, default in rows}
    fields = DispatcherSettings.model_fields
    assert set(fields) <= set(documented)
    for name in set(fields) & set(documented):
        default = fields[name].default
        default = str(default).lower() if isinstance(default, bool) else default
        expected = "none" if fields[name].is_required() else "empty" if default in (None, "") else str(default)
        assert documented[name] == expected, name
