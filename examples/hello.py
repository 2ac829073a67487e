"""Hello: two tasks that take turns, and what they return.

Run it:

    python examples/hello.py

Each task greets three times and sleeps in between; nothing runs while both sleep.
"""

from __future__ import annotations

import sys

import zokio


async def greet(name: str, seconds: float) -> int:
    """Greet three times; the number of letters spoken."""
    for number in range(1, 4):
        print(f"hello {number} from {name}")
        await zokio.sleep(seconds)
    return 3 * len(name)


async def main() -> None:
    """Start both tasks; the block ends when both have ended."""
    async with zokio.TaskGroup() as group:
        quick = group.spawn(greet("quick", 0.1))
        slow = group.spawn(greet("slow", 0.15))
    print(f"{await quick + await slow} letters spoken")


if __name__ == "__main__":
    try:
        zokio.run(main())
    except KeyboardInterrupt:
        sys.exit(130)
