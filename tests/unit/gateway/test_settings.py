"""Every setting and every metric stands in the guide."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
from hookline.registry.v1 import account_pb2
from prometheus_client import CollectorRegistry

from hookline_gateway.http_metrics import HttpMetrics
from hookline_gateway.settings import GatewaySettings
from hookline_runtime.settings import SettingsError

DOCS = Path(__file__).parents[3] / "docs"


def written(default: object) -> str:
    """A default as the docs write it."""
    if default in ("", None, ()):
        return "empty"
    return str(default).lower() if isinstance(default, bool) else str(default)


def test_the_docs_name_every_setting_with_its_default() -> None:
    rows = re.findall(r"^\| `HOOKLINE_(\w+)` \| (\S+) \|", (DOCS / "settings.md").read_text(), re.MULTILINE)
    documented = {name.lower(): default.strip("`") for name, default in rows if name.startswith("GATEWAY_")}
    fields = {name: field for name, field in GatewaySettings.model_fields.items() if name.startswith("gateway_")}
    assert documented == {name: written(each.default) for name, each in fields.items()}


def test_the_docs_name_every_metric() -> None:
    registry = CollectorRegistry()
    HttpMetrics(registry)
    text = (DOCS / "metrics.md").read_text()
    for family in registry.collect():
        name = f"{family.name}_total" if family.type == "counter" else family.name
        assert f"| `{name}` | {family.type} |" in text


@pytest.mark.parametrize(
    "name, value",
    [
        ("gateway_address", "nowhere"),
        ("gateway_registry", ""),
        ("gateway_body_kilobytes", 0),
        ("gateway_bin", "perhaps"),
        ("gateway_bin_megabytes", 0),
        ("gateway_public_url", "hooks.example"),
        ("gateway_public_url", "https://user@hooks.example"),
        ("gateway_public_url", "https://hooks.example/?a"),
        ("gateway_max_concurrent_requests", 0),
        ("gateway_trusted_proxies", "proxy.example"),
        ("gateway_trusted_proxies", "10.0.0.1/8"),
        ("gateway_session_key", "c2hvcnQ="),
        ("gateway_session_key", "no base64 at all"),
        ("gateway_session_hours", 0),
        ("gateway_wrong_sign_ins_per_minute", 0),
    ],
)
def test_what_is_wrong_is_told_by_the_name_of_the_variable(name: str, value: object) -> None:
    with pytest.raises(SettingsError, match=f"HOOKLINE_{name.upper()}: "):
        GatewaySettings.load(**{name: value})


def test_origins_are_separated_by_commas() -> None:
    assert GatewaySettings.load().cors_origins == ()
    made = GatewaySettings.load(gateway_cors_origins="https://a.example, https://b.example,")
    assert made.cors_origins == ("https://a.example", "https://b.example")


def test_a_plan_has_the_number_for_all_or_its_own() -> None:
    plans = (account_pb2.PLAN_BASIC, account_pb2.PLAN_PLUS, account_pb2.PLAN_PRO)
    assert [GatewaySettings.load().requests_per_minute(plan) for plan in plans] == [180, 180, 180]
    made = GatewaySettings.load(gateway_requests_per_minute_pro="600", gateway_requests_per_minute_plus="")
    assert [made.requests_per_minute(plan) for plan in plans] == [180, 180, 600]
    with pytest.raises(SettingsError, match="HOOKLINE_GATEWAY_REQUESTS_PER_MINUTE_PRO: "):
        GatewaySettings.load(gateway_requests_per_minute_pro=0)


def test_without_a_sealing_key_each_start_has_its_own() -> None:
    assert GatewaySettings.load(gateway_session_key="").session_key() != GatewaySettings.load().session_key()
    for text in (base64.b64encode(b"\xff" * 32), base64.urlsafe_b64encode(b"\xff" * 32)):
        assert GatewaySettings.load(gateway_session_key=text.decode()).session_key() == b"\xff" * 32
