"""The server process of the HTTP benchmark: python -m benchmarks.http_worker CONTESTANT.

Prints {"port": N, "pids": [...], "version": ...} and serves until its standard input ends.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading

from benchmarks.child import EXIT_MISSING
from benchmarks.contestants.http_servers import SERVERS, version


def _end_with_input() -> None:
    os.read(sys.stdin.fileno(), 1)
    os.kill(os.getpid(), signal.SIGTERM)  # not _exit: granian ends its worker then


def main(name: str) -> int:
    """Serve; the exit code."""
    threading.Thread(target=_end_with_input, daemon=True).start()

    def say(port: int, pids: list[int]) -> None:
        print(json.dumps({"port": port, "pids": pids, "version": version(name)}), flush=True)

    try:
        SERVERS[name](say)
    except ImportError as error:
        print(json.dumps({"missing": str(error)}))
        return EXIT_MISSING
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
