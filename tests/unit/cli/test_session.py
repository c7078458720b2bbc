"""Which of flags and variables count."""

import pytest

from hookline_cli.session import overruled

FLAG, VARIABLE, NEITHER = "COMMANDLINE", "ENVIRONMENT", "DEFAULT"


@pytest.mark.parametrize(
    ("found", "dropped"),
    [
        ({"data": FLAG, "credentials": VARIABLE, "api_key": VARIABLE, "registry": NEITHER}, ["credentials", "api_key"]),
        ({"data": VARIABLE, "credentials": FLAG, "dispatcher": VARIABLE}, ["data", "dispatcher"]),
        ({"data": FLAG, "credentials": NEITHER, "registry": FLAG}, []),
        ({"data": VARIABLE, "credentials": VARIABLE, "api_key": VARIABLE}, []),
        ({"data": NEITHER, "credentials": NEITHER, "registry": FLAG, "api_key": VARIABLE}, []),
    ],
)
def test_a_flag_that_names_the_installation_sets_the_variables_aside(found: dict[str, str], dropped: list[str]) -> None:
    assert overruled(found) == dropped
