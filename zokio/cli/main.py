"""`zokio COMMAND`: parses the command line and calls the command.

The exit codes are those of `exit_codes.py`. A mistake of the user's, on the command line or in a
machine, is told without a traceback of ours; an error of ours keeps its own.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from zokio import __version__
from zokio.cli.check import add_check_arguments, check_command
from zokio.cli.demo import demo_command
from zokio.cli.exit_codes import HELP, INTERRUPTED, SERVE_HELP, USAGE
from zokio.cli.serve import add_serve_arguments, serve_command
from zokio.cli.trace import add_trace_arguments, trace_command
from zokio.errors import UsageError
from zokio.model.blame import blame


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    given = sys.argv[1:] if argv is None else argv
    arguments = _parser().parse_args(given, argparse.Namespace(given=given))
    try:
        return int(arguments.command(arguments))
    except UsageError as error:
        print(f"zokio: {error}", file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        print("zokio: interrupted", file=sys.stderr)
        return INTERRUPTED
    except Exception as error:
        told = blame(error)
        if told is None:
            raise
        print(f"zokio: {told}", file=sys.stderr)
        return USAGE


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
        help="model-check the specifications, or machines of your own",
        description="Explores every reachable state of bounded machines and judges their claims.",
        epilog=HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
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
    serve = commands.add_parser(
        "serve",
        help="serve HTTP: a handler, or an ASGI application",
        description="Serves `async def handler(request) -> Response`, or an ASGI 3 application.",
        epilog=SERVE_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_serve_arguments(serve)
    serve.set_defaults(command=serve_command)
    return parser


if __name__ == "__main__":
    sys.exit(main())
