import re
from pathlib import Path

import pytest

from hookline_registry.settings import Settings
from hookline_runtime.settings import SettingsError

DOCS = Path(__file__).parents[3] / "docs" / "settings.md"
ANOTHERS = {"metrics_address"}
"""A setting of every service for which the registry has its own."""


def test_the_docs_name_every_setting_with_its_default() -> None:
    rows = re.findall(r"^\| `HOOKLINE_(\w+)` \| (\S+) \|", DOCS.read_text(), re.MULTILINE)
    documented = {name.lower(): default.strip("`") for name, default in rows}
    for name, field in Settings.model_fields.items():
        if name in ANOTHERS:
            continue
        nothing = "none" if name == "service_key" else "empty"
        assert documented[name] == (nothing if field.default in (None, "") else str(field.default)), name
    known = {name for name in documented if name.startswith("registry_")}
    assert known == {name for name in Settings.model_fields if name.startswith("registry_")}


@pytest.mark.parametrize(
    "name, value",
    [
        ("registry_address", "nowhere"),
        ("registry_metrics", "nowhere"),
        ("registry_tombstone_days", 0),
        ("registry_poll_seconds", 0),
        ("egress_allow", "everything"),
        ("drain_grace", -1),
    ],
)
def test_what_is_wrong_is_told_by_name(name: str, value: object) -> None:
    with pytest.raises(SettingsError, match=f"HOOKLINE_{name.upper()}"):
        Settings.load(**{name: value})
