"""Looks for inputs that reach what no kept one does, or that fail; `make fuzz` runs it.

    python -m tests.fuzz.explore [--seconds 60] [TARGET ...]

A target runs in a process of its own, since libFuzzer ends it. An input that fails is kept too, and fails the tests
until what it shows is mended. Needs Atheris, which `make fuzz` installs.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.fuzz.corpus import keep, kept
from tests.fuzz.seeds import seeds
from tests.fuzz.targets import TARGETS

LONGEST = 1024
"""Bytes of an input: what needs more is about sizes, for which there are tests of their own."""
_BOUNDS = (f"-max_len={LONGEST}", "-timeout=10", "-rss_limit_mb=2048")
_RUN = f"""#!{sys.executable}
import os, sys, atheris
sys.path.insert(0, os.getcwd())
ours = ("builtin", "dispatcher", "gateway", "plugin", "runtime")
with atheris.instrument_imports(include=[*(f"hookline_{{name}}" for name in ours), "idna"]):
    from tests.fuzz.targets import TARGETS
atheris.enabled_hooks.add("RegEx")
atheris.enabled_hooks.add("str")
atheris.Setup(sys.argv, TARGETS[os.environ["TARGET"]])
atheris.Fuzz()
"""
"""A program of its own, because libFuzzer starts it again and again to find out which inputs are needed."""


def explore(target: str, seconds: int) -> bool:
    """Looks for so long; whether nothing failed."""
    with tempfile.TemporaryDirectory(prefix="hookline-fuzz-") as name:
        folder = Path(name)
        found, least, failed = folder / "found", folder / "least", folder / "failed"
        for each in (found, least, failed):
            each.mkdir()
        for number, data in enumerate([*seeds()[target], *kept(target)]):
            (found / str(number)).write_bytes(data)
        program = folder / "fuzz"
        program.write_text(_RUN)
        program.chmod(0o700)

        def fuzz(*arguments: str) -> int:
            environment = os.environ | {"TARGET": target}
            return subprocess.run(
                [program, *_BOUNDS, f"-artifact_prefix={failed}/", *arguments], env=environment, check=False
            ).returncode

        fine = fuzz(f"-max_total_time={seconds}", str(found)) == 0
        fuzz("-merge=1", str(least), str(found))
        if not any(least.iterdir()):
            sys.exit(f"{target} could not be run")
        keep(target, [file.read_bytes() for part in (least, failed) for file in part.iterdir()])
    return fine


def main() -> None:
    """Looks at the targets that are named, or at all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    chosen = parser.parse_args()
    failed = [each for each in chosen.targets or TARGETS if not explore(each, chosen.seconds)]
    if failed:
        sys.exit(f"inputs that fail were kept for {', '.join(failed)}: see tests/fuzz/corpus, and run tests/fuzz")


if __name__ == "__main__":
    main()
