"""The child process of the channels' benchmarks; the protocol is that of `worker.py`.

    python -m benchmarks.channels_worker BENCHMARK CONTESTANT PARAMETERS_AS_JSON

What is received is compared with what was sent, so a channel that loses or reorders is no faster.
"""

from __future__ import annotations

import dataclasses
import json
import sys

from benchmarks.benchmark import Measurement, Parameters
from benchmarks.child import EXIT_MISSING
from benchmarks.contestants.channels import ChannelContestant, load
from benchmarks.contestants.contract import Tally
from benchmarks.worker import cpu_of


async def ping_pong(contestant: ChannelContestant, sizes: Parameters, tally: Tally) -> None:
    """A number goes there by one channel and comes back by another, before the next one goes."""
    rounds = int(sizes["rounds"])
    send_there, receive_there = contestant.channel(1)
    send_back, receive_back = contestant.channel(1)

    async def ask() -> None:
        done = 0
        for number in range(rounds):
            await send_there(number)
            done += await receive_back() == number
        tally.end(done)

    async def answer() -> None:
        for _ in range(rounds):
            await send_back(await receive_there())

    await contestant.both(ask, answer)


async def throughput(contestant: ChannelContestant, sizes: Parameters, tally: Tally) -> None:
    """One task sends, as fast as the channel lets it, and another one receives."""
    items = int(sizes["items"])
    send, receive = contestant.channel(int(sizes["capacity"]))

    async def produce() -> None:
        for number in range(items):
            await send(number)

    async def consume() -> None:
        done = 0
        for number in range(items):
            done += await receive() == number
        tally.end(done)

    await contestant.both(produce, consume)


WORK = {f"channels_{work.__name__}": work for work in (ping_pong, throughput)}


def main(benchmark: str, name: str, sizes: Parameters) -> int:
    """Measure and print; the exit code."""
    try:
        contestant = load(name)
    except ImportError as error:
        print(json.dumps({"missing": str(error)}))
        return EXIT_MISSING
    tally = Tally()
    used = contestant.run(lambda: cpu_of(lambda: WORK[benchmark](contestant, sizes, tally)))
    seconds = used.pop("quantity")
    found = Measurement(contestant.label, contestant.version, tally.finished, 0, seconds, used)
    print(json.dumps(dataclasses.asdict(found)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3])))
