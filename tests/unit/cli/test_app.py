"""Every command stands under its name, and is imported when it is asked for."""

import subprocess
import sys

import pytest
from typer.main import get_group
from typer.testing import CliRunner

from hookline_cli.app import app

COMMANDS = get_group(app).commands


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_says_what_it_does(name: str) -> None:
    done = CliRunner().invoke(app, [name, "--help"])
    assert (done.exit_code, done.output.split()[:3]) == (0, ["Usage:", "hookline", name])
    assert COMMANDS[name].help


def test_help_tells_of_all() -> None:
    done = CliRunner().invoke(app, ["--help"])
    assert [name for name in COMMANDS if f"│ {name} " not in done.output] == []


def test_what_is_no_command_is_refused_with_what_is_like_it() -> None:
    done = CliRunner().invoke(app, ["subscription"])
    assert done.exit_code == 2
    assert "Did you mean 'subscriptions'?" in done.output


def test_a_command_leaves_the_others_where_they_are() -> None:
    script = (
        "import sys; from typer.main import get_group; from hookline_cli.app import app;"
        " get_group(app).commands['accounts'];"
        " print(*(name for name in sys.modules if name.startswith('hookline_cli.commands.')))"
    )
    said = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout.split()
    assert "hookline_cli.commands.accounts" in said
    assert not {"hookline_cli.commands.up", "hookline_cli.commands.publish", "hookline_cli.commands.sink"} & set(said)
