"""What the command line reads: targets, times, flags; and how it ends."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
import typer
from hookline.dispatcher.v1 import delivery_pb2

from hookline_cli.commands.deliveries import moment_of
from hookline_cli.commands.targets_arg import target_ref
from hookline_cli.tables import target_name


@pytest.mark.parametrize(
    ("text", "kind", "number"),
    [
        ("3", delivery_pb2.TARGET_KIND_SUBSCRIPTION, 3),
        ("subscription/4", delivery_pb2.TARGET_KIND_SUBSCRIPTION, 4),
        ("webhook/5", delivery_pb2.TARGET_KIND_WEBHOOK, 5),
    ],
)
def test_targets(text: str, kind: delivery_pb2.TargetKind.ValueType, number: int) -> None:
    ref = target_ref(text)
    assert (ref.kind, ref.id) == (kind, number)
    assert target_ref(target_name(ref)) == ref


@pytest.mark.parametrize("text", ["", "x", "moon/1", "subscription/", "subscription/-1", "1" * 19, "٣"])
def test_texts_that_are_no_targets(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="is not a target"):
        target_ref(text)


KEY = ("--api-key", "k", "--api-appid", "a")


def test_times_and_ages() -> None:
    assert moment_of("2026-03-01T09:30:00Z").ToJsonString() == "2026-03-01T09:30:00Z"
    assert abs(moment_of("2h").seconds - (time.time() - 7200)) < 60
    for text in ("", "2", "h", "2w", "yesterday", "9999999999d"):
        with pytest.raises(typer.BadParameter, match="RFC 3339"):
            moment_of(text)


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["--help"], 0, ""),
        (["nonsense"], 2, "nonsense"),
        (["subscriptions", "list", "--limit", "x"], 2, "--limit"),
        (["subscriptions", "list"], 1, "hookline: there is no hookline-data/credentials.json"),
        (["publish", "absent.jsonl", *KEY], 1, "hookline: cannot read absent.jsonl"),
        (["publish", "-", "--data", "x", "--tag", "4", *KEY], 2, "--data, --tag: for one event"),
        (["sink", "--secret", "x"], 1, "hookline: --secret: a signing secret begins with whsec_"),
    ],
)
def test_how_it_ends(words: list[str], status: int, said: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hookline_cli", *words]
    environment = {"PATH": "", "COLUMNS": "200"}
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment, check=False)
    assert done.returncode == status
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert status == 0 or not done.stdout
