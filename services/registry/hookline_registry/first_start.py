"""`python -m hookline_registry.first_start`: makes the first account and keys and prints them, this once, as JSON."""

import asyncio
import json
import sys
from dataclasses import asdict

from hookline_registry.bootstrap import bootstrap
from hookline_registry.settings import Settings
from hookline_runtime.settings import SettingsError


def main() -> int:
    """Give the exit status: 0 with the credentials on standard output, 1 when there is an account already."""
    try:
        url = Settings.load().registry_database
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    credentials = asyncio.run(bootstrap(url))
    if credentials is None:
        sys.stderr.write("there is an account already; an operator key makes further keys\n")
        return 1
    sys.stdout.write(json.dumps(asdict(credentials), indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
