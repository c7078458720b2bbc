from __future__ import annotations

import os
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from hookline_runtime.tls.files import TlsUnusable
from hookline_runtime.tls.renewing import Renewing


def read(file: Path) -> str:
    if not file.exists() or (text := file.read_text()) == "bad":
        raise TlsUnusable("it is bad")
    return text


def test_a_file_is_read_again_when_it_is_another(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_text("one")
    renewing = Renewing([file], lambda: read(file))
    assert (renewing.current, renewing.look()) == ("one", False)
    file.write_text("three")
    with capture_logs() as logs:
        assert renewing.look()
    assert [each["event"] for each in logs] == ["certificates renewed"]
    assert (renewing.current, renewing.look()) == ("three", False)


def test_a_link_that_is_moved_on_counts(tmp_path: Path) -> None:
    for name in ("old", "new"):
        (tmp_path / name).write_text(name)
        os.utime(tmp_path / name, ns=(0, 0))
    link = tmp_path / "link"
    link.symlink_to("old")
    renewing = Renewing([link], lambda: read(link))
    (tmp_path / "next").symlink_to("new")
    (tmp_path / "next").replace(link)
    assert renewing.look()
    assert renewing.current == "new"


@pytest.mark.parametrize("gone", [True, False])
def test_what_cannot_be_read_leaves_what_was_and_is_told_once(tmp_path: Path, gone: bool) -> None:
    file = tmp_path / "a"
    file.write_text("good")
    renewing = Renewing([file], lambda: read(file))
    if gone:
        file.unlink()
    else:
        file.write_text("bad")
    with capture_logs() as logs:
        assert not renewing.look()
        assert not renewing.look()
    assert [(each["log_level"], each["reason"]) for each in logs] == [("error", "it is bad")]
    assert renewing.current == "good"
    file.write_text("better")
    assert renewing.look()
    assert renewing.current == "better"


def test_the_first_time_has_nothing_to_fall_back_to(tmp_path: Path) -> None:
    with pytest.raises(TlsUnusable):
        Renewing([tmp_path / "a"], lambda: read(tmp_path / "a"))
