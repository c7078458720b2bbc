"""The entry point: runs a command and turns what goes wrong into a line on standard error and an exit status.

0 is success, 1 a failure that was said, 2 a wrong command line, 130 an interruption. There is never a traceback, unless
HOOKLINE_TRACEBACK is set.
"""

import os
import sys

from hookline_cli.app import app
from hookline_cli.failure import CliError

_INTERRUPTED = 130


def main() -> None:
    """Runs the command of this process's arguments and exits."""
    try:
        app(prog_name="hookline")
    except CliError as error:
        _say(*error.lines())
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
    except BrokenPipeError:
        # Whoever read our output has enough of it; Python must not try to flush the rest.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:
        if os.environ.get("HOOKLINE_TRACEBACK"):
            raise
        _say(f"something unforeseen went wrong: {type(error).__name__}: {error}", "HOOKLINE_TRACEBACK=1 shows where")
        sys.exit(1)


def _say(first: str, *more: str) -> None:
    sys.stderr.write("\n".join((f"hookline: {first}", *more)) + "\n")


if __name__ == "__main__":
    main()
