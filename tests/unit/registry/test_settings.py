import re
from pathlib import Path

import pytest

from hookline_registry.settings import Settings
from hookline_runtime.settings import SettingsError

DOCS = Path(__file__).parents[3] / "docs" / "settings.md"


def test_the_docs_name_every_setting_with_its_default() -> None:
    rows = re.findall(r"^\| `HOOKLINE_(\w+)` \| (\S+) \|", DOCS.read_text(), re.MULTILINE)
    documented = {name.lower(): default.strip("`") for name, default in rows}
    for name, field in Settings.model_fields.items():
        nothing = "none" if name == "service_key" else "empty"
        default = str(field.default).lower() if isinstance(field.default, bool) else str(field.default)
        assert documented[name] == (nothing if field.default in (None, "") else default), name
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
        ("registry_drain_seconds", -1),
    ],
)
def test_what_is_wrong_is_told_by_name(name: str, value: object) -> None:
    with pytest.raises(SettingsError, match=f"HOOKLINE_{name.upper()}"):
        Settings.load(**{name: value})
