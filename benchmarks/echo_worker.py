"""The server process of the echo benchmark.

    python -m benchmarks.echo_worker CONTESTANT API [SIZE]

prints {"port": N, "label": ..., "version": ...} and serves until its standard input ends, so that
no server outlives the benchmark, however that ends. The API "messages" takes the size of each.
"""

from __future__ import annotations

import json
import os
import sys

from benchmarks.child import EXIT_MISSING, when_input_ends
from benchmarks.contestants.registry import load


def main(name: str, api: str, size: str = "") -> int:
    """Serve; the exit code."""
    try:
        contestant = load(name)
    except ImportError as error:
        print(json.dumps({"missing": str(error)}))
        return EXIT_MISSING

    def ready(port: int) -> None:
        facts = {"port": port, "label": contestant.label, "version": contestant.version}
        print(json.dumps(facts), flush=True)

    when_input_ends(lambda: os._exit(0))
    if size:
        contestant.run(lambda: contestant.serve_messages(int(size), ready))
    else:
        contestant.run(lambda: contestant.serve_echo(api, ready))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
