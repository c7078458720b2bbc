from __future__ import annotations

import pytest

from hookline_runtime.settings import Address, OptionalAddress, Settings, SettingsError


class Own(Settings):
    """Settings of some service."""

    grpc_address: Address
    metrics: OptionalAddress = None


@pytest.fixture(autouse=True)
def address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOKLINE_GRPC_ADDRESS", "127.0.0.1:7701")


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOKLINE_SERVICE_KEY", "hunter2")
    monkeypatch.setenv("HOOKLINE_METRICS", "")
    monkeypatch.setenv("HOOKLINE_EGRESS_ALLOW", "10.0.0.0/8")
    monkeypatch.setenv("HOOKLINE_SOMETHING_ELSE", "x")
    settings = Own.load(max_concurrent_rpcs=3)
    assert settings.grpc_address == "127.0.0.1:7701"
    assert (settings.metrics, settings.egress_allow, settings.max_concurrent_rpcs) == (None, "10.0.0.0/8", 3)
    assert settings.service_key is not None
    assert settings.service_key.get_secret_value() == "hunter2"
    assert "hunter2" not in repr(settings)


WRONG = [
    ("GRPC_ADDRESS", "hunter2", "must be host:port"),
    ("METRICS", "a:hunter2", "must end in a port"),
    ("LOG_LEVEL", "hunter2", "should be 'debug', 'info', 'warning' or 'error'"),
    ("MAX_CONCURRENT_RPCS", "hunter2", "should be a valid integer"),
    ("MAX_CONCURRENT_RPCS", "0", "should be greater than or equal to 1"),
]


@pytest.mark.parametrize("name, value, words", WRONG)
def test_what_is_wrong_is_named_without_its_value(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    monkeypatch.setenv(f"HOOKLINE_{name}", value)
    with pytest.raises(SettingsError, match=f"^HOOKLINE_{name}: {words}") as caught:
        Own.load()
    assert "hunter2" not in str(caught.value)


def test_everything_that_is_wrong_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOOKLINE_GRPC_ADDRESS")
    monkeypatch.setenv("HOOKLINE_LOG_LEVEL", "loud")
    with pytest.raises(SettingsError) as caught:
        Own.load()
    lines = str(caught.value).splitlines()
    assert sorted(line.partition(":")[0] for line in lines) == ["HOOKLINE_GRPC_ADDRESS", "HOOKLINE_LOG_LEVEL"]
    assert "HOOKLINE_GRPC_ADDRESS: is required" in lines


def test_trusted_plugins_are_names_between_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Own.load().isolation.trusted == frozenset()
    monkeypatch.setenv("HOOKLINE_TRUSTED_PLUGINS", " csv, score,,")
    monkeypatch.setenv("HOOKLINE_PLUGIN_SECONDS", "0.5")
    isolation = Own.load().isolation
    assert isolation.trusted == {"csv", "score"}
    assert (isolation.limits.seconds, isolation.limits.check_seconds) == (0.5, 2.5)
