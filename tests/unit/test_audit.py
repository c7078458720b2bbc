"""What is made of a report about vulnerabilities."""

from typing import Any

import pytest

from tests.audit import UNREACHED, verdict

SOUND = {"name": "a", "version": "1", "vulns": []}
SKIPPED = {"name": "b", "skip_reason": "not found"}
BAD = {"name": "c", "version": "2", "vulns": [{"id": "CVE-1", "fix_versions": ["2.1", "3"]}]}
HOPELESS = {"name": "d", "version": "2", "vulns": [{"id": "CVE-2", "fix_versions": []}]}


@pytest.mark.parametrize(
    "dependencies, said, fine",
    [
        ([SOUND], ["1 packages, none known to be vulnerable"], True),
        ([SOUND, SKIPPED], ["warning: not looked up: b"], True),
        ([SKIPPED], [UNREACHED], True),
        ([SOUND, BAD], ["c 2: CVE-1, mended in 2.1, 3"], False),
        ([HOPELESS, SKIPPED], ["d 2: CVE-2, mended in no version", "warning: not looked up: b"], False),
    ],
)
def test_what_is_found_fails_and_what_cannot_be_looked_up_warns(dependencies: Any, said: list[str], fine: bool) -> None:
    assert verdict({"dependencies": dependencies}) == (said, fine)


def test_without_a_report_nothing_was_looked_up() -> None:
    assert verdict(None) == ([UNREACHED], True)
