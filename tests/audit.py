"""``python -m tests.audit``: is anything that is pinned known to be vulnerable?

Fails where pip-audit finds something. Where its database cannot be reached, or does not know a package, that is a
warning: nobody is kept from working by somebody else's server.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
UNREACHED = "warning: the database of vulnerabilities cannot be reached; nothing was looked up"


def verdict(report: dict[str, Any] | None) -> tuple[list[str], bool]:
    """What to say of a report, None where none was written, and whether nothing vulnerable was found."""
    found = report["dependencies"] if report else []
    skipped = [each["name"] for each in found if "skip_reason" in each]
    if len(skipped) == len(found):
        return [UNREACHED], True
    lines = [
        f"{each['name']} {each['version']}: {flaw['id']}, mended in {', '.join(flaw['fix_versions']) or 'no version'}"
        for each in found
        for flaw in each.get("vulns", ())
    ]
    warnings = [f"warning: not looked up: {', '.join(skipped)}"] if skipped else []
    return [*lines, *warnings] or [f"{len(found)} packages, none known to be vulnerable"], not lines


def main() -> int:
    """Look everything up; the exit status."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "report.json"
        flags = ["--require-hashes", "--disable-pip", "--progress-spinner", "off", "--format", "json"]
        command = [sys.executable, "-m", "pip_audit", "--requirement", str(ROOT / "requirements.lock"), *flags]
        subprocess.run([*command, "--output", str(output)], check=False, capture_output=True)
        said, fine = verdict(json.loads(output.read_text()) if output.exists() else None)
    print("\n".join(said))
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
