"""The server process of the HTTP benchmark: python -m benchmarks.http_worker CONTESTANT.

Prints {"port": N, "pids": [...], "version": ...} and serves until its standard input ends.
"""

from __future__ import annotations

import json
import os
import signal
import sys

from benchmarks.child import EXIT_MISSING, when_input_ends
from benchmarks.contestants.http_servers import SERVERS, version


def main(name: str) -> int:
    """Serve; the exit code."""

    def say(port: int, pids: list[int]) -> None:
        # From here on: who is missing has to end by itself. Not by _exit: granian has a worker.
        when_input_ends(lambda: os.kill(os.getpid(), signal.SIGTERM))
        print(json.dumps({"port": port, "pids": pids, "version": version(name)}), flush=True)

    try:
        SERVERS[name](say)
    except ImportError as error:
        print(json.dumps({"missing": str(error)}))
        return EXIT_MISSING
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
