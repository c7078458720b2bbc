"""Every hook is documented, and the package asks for nothing but pluggy."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from hookline_plugin import PROJECT, spec

ROOT = Path(__file__).parents[3]
HOOKS = sorted(name for name, item in vars(spec).items() if hasattr(item, f"{PROJECT}_spec"))


def test_there_are_hooks() -> None:
    assert HOOKS == ["register_encoders", "register_trigger_sources"]


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_has_a_section_and_a_docstring(hook: str) -> None:
    page = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
    assert re.search(rf"^#+ .*`{hook}`", page, re.MULTILINE)
    assert getattr(spec, hook).__doc__


def test_nothing_but_pluggy_and_the_standard_library_is_imported() -> None:
    package = ROOT / "plugins" / "api" / "hookline_plugin"
    modules = [f"hookline_plugin.{path.stem}" for path in sorted(package.glob("*.py"))]
    program = (
        f"import importlib, sys; sys.path.insert(0, {str(package.parent)!r}); before = set(sys.modules)\n"
        f"for module in {modules!r}: importlib.import_module(module)\n"
        "loaded = {name.partition('.')[0] for name in set(sys.modules) - before}\n"
        "print(sorted(loaded - sys.stdlib_module_names))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['hookline_plugin', 'pluggy']"
