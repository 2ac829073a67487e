"""Runs a program with the trace probe, and writes its traces when it ends.

    python .../zokio/env/probe/launch.py -o FILE [--events-max N] PROGRAM [ARGUMENT ...]
    python .../zokio/env/probe/launch.py -o FILE -m MODULE [ARGUMENT ...]

It is a file to be run and not a module to be imported: it loads the probe without loading zokio,
which the hook has to see first. `zokio trace` calls it. The program sees the arguments and the
import path that it would see without it. The traces are written at the end of the process, also
when `os._exit` ends it; a process that is killed leaves none.
"""

from __future__ import annotations

import argparse
import atexit
import importlib.util
import os
import runpy
import sys
from pathlib import Path
from typing import Any, NoReturn

NAME = "zokio_probe"
EVENTS_MAX = 1_000_000


def load_probe() -> Any:
    """The package that this file is in, under a name of its own (Any: a module)."""
    folder = Path(__file__).resolve().parent
    found = importlib.util.spec_from_file_location(
        NAME, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    assert found is not None and found.loader is not None
    package = importlib.util.module_from_spec(found)
    sys.modules[NAME] = package
    found.loader.exec_module(package)
    return package


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the arguments; wrong ones end the program with exit code 2."""
    parser = argparse.ArgumentParser(prog="zokio trace", description="Record a program's traces.")
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, required=True)
    parser.add_argument("--events-max", metavar="N", type=int, default=EVENTS_MAX)
    parser.add_argument(
        "--source",
        metavar="MODULE=FILE",
        action="append",
        default=[],
        help="read this file in place of a module's own (to plant a bug)",
    )
    parser.add_argument("-m", action="store_true", dest="is_module", help="PROGRAM is a module")
    parser.add_argument("program", metavar="PROGRAM")
    parser.add_argument("arguments", metavar="ARGUMENT", nargs=argparse.REMAINDER)
    return parser.parse_args(arguments)


def main() -> None:
    """Install the hook, and become the program."""
    options = parse(sys.argv[1:])
    load_probe()
    from zokio_probe import instrument, projection, recorder  # type: ignore[import-not-found]  # loaded by hand

    record = recorder.Recorder(options.events_max)
    sources = dict(each.split("=", 1) for each in options.source)
    instrument.install(record, {name: Path(file) for name, file in sources.items()})
    process, leave = os.getpid(), os._exit

    def write() -> None:
        if os.getpid() == process:
            with options.output.open("w", encoding="utf-8") as file:
                projection.write(record, file, " ".join([options.program, *options.arguments]))

    def write_and_leave(status: int) -> NoReturn:
        write()
        leave(status)

    atexit.register(write)
    os._exit = write_and_leave
    sys.argv = [options.program, *options.arguments]
    if options.is_module:
        sys.path[0] = os.getcwd()
        runpy.run_module(options.program, run_name="__main__", alter_sys=True)
    else:
        sys.path[0] = str(Path(options.program).resolve().parent)
        runpy.run_path(options.program, run_name="__main__")


if __name__ == "__main__":
    main()
