"""Hello: two tasks that take turns, and what they return.

Run it:

    python examples/hello.py [--pause SECONDS]

Each task greets three times and sleeps in between; nothing runs while both sleep.
"""

from __future__ import annotations

import argparse
import sys

import zokio


async def greet(name: str, seconds: float) -> int:
    """Greet three times; the number of letters spoken."""
    for number in range(1, 4):
        # With its end in one piece: other workers may print meanwhile.
        print(f"hello {number} from {name}\n", end="", flush=True)
        await zokio.sleep(seconds)
    return 3 * len(name)


async def main(pause: float) -> None:
    """Start both tasks; the block ends when both have ended."""
    async with zokio.TaskGroup() as group:
        quick = group.spawn(greet("quick", pause))
        slow = group.spawn(greet("slow", pause * 1.5))
    print(f"{await quick + await slow} letters spoken")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Two tasks that take turns.")
    parser.add_argument("--pause", type=float, default=0.1, help="seconds between two greetings")
    try:
        zokio.run(main(parser.parse_args().pause))
    except KeyboardInterrupt:
        sys.exit(130)
