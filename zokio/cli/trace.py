"""`zokio trace -o FILE PROGRAM ...`: run a program with the trace probe in it.

The probe has to see zokio before it is imported, so this replaces the process by one that runs
`zokio/env/probe/launch.py`: same process number, same standard streams, same exit code.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import zokio
from zokio.env.probe import launch
from zokio.errors import UsageError

LAUNCHER = Path(launch.__file__)


def add_trace_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command; the launcher reads the same ones."""
    parser.add_argument("-o", "--output", metavar="FILE", required=True, help="the traces")
    parser.add_argument("--events-max", metavar="N", help="stop recording after about N events")
    parser.add_argument("-m", action="store_true", dest="is_module", help="PROGRAM is a module")
    parser.add_argument("program", metavar="PROGRAM")
    parser.add_argument("arguments", metavar="ARGUMENT", nargs=argparse.REMAINDER)


def trace_command(arguments: argparse.Namespace) -> int:
    """Become the launcher.

    Raises:
        UsageError: this is the compiled build.
    """
    if zokio.compiled:
        raise UsageError(
            "the compiled build cannot be traced: its steps are machine code; install zokio "
            "without ZOKIO_COMPILE to trace a program"
        )
    command = [sys.executable, str(LAUNCHER), "--output", arguments.output]
    if arguments.events_max is not None:
        command += ["--events-max", arguments.events_max]
    command += ["-m"] if arguments.is_module else []
    os.execv(sys.executable, [*command, arguments.program, *arguments.arguments])
