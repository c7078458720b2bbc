"""The entry point: runs a command and turns what goes wrong into a line on standard error and an exit status.

0 is success, 1 a failure that was said, 2 a wrong command line, 128 and the signal's number an interruption. There is
never a traceback, unless HOOKLINE_TRACEBACK is set.
"""

import errno
import os
import signal
import sys


def main() -> None:
    """Runs the command of this process's arguments and exits."""
    # While nothing runs that must end in order, Ctrl-C ends the process without a word. The imports take a while.
    on_interrupt = signal.getsignal(signal.SIGINT)
    if on_interrupt is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from hookline_cli.app import app
    from hookline_cli.failure import CliError, Interrupted

    signal.signal(signal.SIGINT, on_interrupt)
    try:
        app(prog_name="hookline")
    except CliError as error:
        _end(1, *error.lines())
    except Interrupted as error:
        _end(128 + error.number)
    except KeyboardInterrupt:
        _end(128 + signal.SIGINT)
    except OSError as error:
        if error.errno not in (errno.EPIPE, errno.EIO):
            _unforeseen(error)
        # Whoever read our output has enough of it, or the terminal is gone; Python must not try to flush the rest.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        _end(1)
    except Exception as error:
        _unforeseen(error)


def _unforeseen(error: Exception) -> None:
    """Says what nobody has thought of."""
    if os.environ.get("HOOKLINE_TRACEBACK"):
        raise error
    _end(1, f"something unforeseen went wrong: {type(error).__name__}: {error}", "HOOKLINE_TRACEBACK=1 shows where")


def _end(status: int, *lines: str) -> None:
    if lines:
        sys.stderr.write("\n".join((f"hookline: {lines[0]}", *lines[1:])) + "\n")
    sys.exit(status)


if __name__ == "__main__":
    main()
