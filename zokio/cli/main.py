"""`zokio COMMAND`: parses the command line and calls the command.

Exit codes: 0 all holds, 1 something is violated, 2 wrong usage, 3 incomplete (a limit was hit),
130 interrupted.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from zokio import __version__
from zokio.cli.check import add_check_arguments, check_command
from zokio.cli.demo import demo_command
from zokio.cli.trace import add_trace_arguments, trace_command
from zokio.errors import UsageError

USAGE = 2
INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    arguments = _parser().parse_args(argv)
    try:
        return int(arguments.command(arguments))
    except UsageError as error:
        print(f"zokio: {error}", file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="zokio", description="An async runtime whose scheduler is specified and model-checked."
    )
    parser.add_argument("--version", action="version", version=f"zokio {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    demo = commands.add_parser("demo", help="see it work, in under 30 seconds")
    demo.set_defaults(command=demo_command)
    check = commands.add_parser(
        "check",
        help="model-check the specifications",
        description="Explores every reachable state of the specifications' bounded configurations.",
        epilog="exit code: 0 all hold, 1 violated, 2 usage, 3 incomplete",
    )
    add_check_arguments(check)
    check.set_defaults(command=check_command)
    trace = commands.add_parser(
        "trace",
        help="run a program and record its traces, for `zokio check --trace`",
        description="Runs a program with the trace probe in it (interpreted build only).",
    )
    add_trace_arguments(trace)
    trace.set_defaults(command=trace_command)
    return parser


if __name__ == "__main__":
    sys.exit(main())
