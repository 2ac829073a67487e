"""`zokio demo`: serve real connections with live metrics, check the specs, find a planted race."""

from __future__ import annotations

import argparse
import sys
from time import perf_counter

import zokio
from zokio.cli.demo_race import ParkingMachine
from zokio.cli.specifications import load_machines
from zokio.metrics import RuntimeMetrics
from zokio.model import ProgressBar, check
from zokio.runtime.current import current_runtime

CLIENTS = 64
LOAD_SECONDS = 3.0
KERNEL = ("task", "scheduler", "join", "cancel_scopes", "registration", "shutdown", "timers")
"""The specifications of what every program stands on; `zokio check` takes all of them."""
LOOK_SECONDS = 0.25
MESSAGE = b"x" * 1024


def demo_command(_: argparse.Namespace) -> int:
    """Run the three parts; 1 if a specification does not hold, or the race was not found."""
    build = "compiled" if zokio.compiled else "interpreted"
    print(f"zokio {zokio.__version__} ({build}), {sys.platform}, Python {sys.version.split()[0]}\n")
    print(f"1. {CLIENTS} connections echo 1 KiB messages over loopback, on one thread\n")
    zokio.run(serve_under_load())
    print(
        "\n2. Every reachable state of the kernel's specifications (`zokio check`: all of them)\n"
    )
    all_hold = check_specifications()
    print("\n3. A planted race: a worker that goes to sleep without looking once more\n")
    found = find_race()
    return 0 if all_hold and found else 1


async def serve_under_load() -> None:
    """An echo server and its clients, with a line of metrics as it goes."""
    async with zokio.TaskGroup() as group:
        listener = zokio.net.TcpListener.bind("127.0.0.1", 0)
        group.spawn(_serve(listener))
        for _ in range(CLIENTS):
            group.spawn(_client(*listener.local_address))
        await _show_metrics()
        group.cancel_scope.cancel()


async def _serve(listener: zokio.net.TcpListener) -> None:
    async with listener, zokio.TaskGroup() as group:
        async for stream, _ in listener:
            group.spawn(_echo(stream))


async def _echo(stream: zokio.net.TcpStream) -> None:
    async with stream:
        while data := await stream.read(65_536):
            await stream.write_all(data)


async def _client(host: str, port: int) -> None:
    async with await zokio.net.TcpStream.connect(host, port) as stream:
        while True:
            await stream.write_all(MESSAGE)
            if await stream.read_exact(len(MESSAGE)) != MESSAGE:
                raise AssertionError("the echo came back different")


async def _show_metrics() -> None:
    runtime = current_runtime()
    before = runtime.metrics()
    started = zokio.time.now()
    print("      time    polls/s   I/O wakes/s    tasks   ready")
    async for instant in zokio.time.interval(LOOK_SECONDS, missed_tick="delay"):
        elapsed = zokio.time.now() - started
        now = runtime.metrics()
        if elapsed > 0:
            print(_metrics_line(instant - started, before, now, elapsed), end=_line_end())
        if elapsed >= LOAD_SECONDS:
            print()
            return


def _metrics_line(
    instant: float, before: RuntimeMetrics, now: RuntimeMetrics, elapsed: float
) -> str:
    polls = (now.polls - before.polls) / elapsed
    wakes = (now.io_wakes - before.io_wakes) / elapsed
    return (
        f"    {instant:4.1f} s {polls:10,.0f} {wakes:13,.0f} {now.tasks_alive:8,} "
        f"{now.ready_length:7,}"
    )


def _line_end() -> str:
    """On a terminal the line is written over; in a log each stands for itself."""
    return "\r" if sys.stdout.isatty() else "\n"


def check_specifications() -> bool:
    """Check the first configuration of each of the kernel's, with a line for each."""
    all_hold, machines = True, load_machines()
    for name in KERNEL:
        with ProgressBar(name) as bar:
            report = check(machines[name][0], progress=bar)
        all_hold = all_hold and report.outcome == "holds"
        print(
            f"    {name:16} {report.outcome:10} {report.states:8,} states "
            f"{report.transitions:9,} transitions  {len(report.properties):3} claims"
        )
    return all_hold


def find_race() -> bool:
    """Check the wrong machine and the right one; whether they were told apart."""
    started = perf_counter()
    wrong = check(ParkingMachine(recheck=False)).property("nobody_sleeps_while_work_waits")
    right = check(ParkingMachine(recheck=True))
    seconds = perf_counter() - started
    if wrong.trace is None or wrong.outcome != "violated":
        print("    not found: the checker is broken")
        return False
    for line in wrong.trace.text().splitlines():
        print(f"    {line}")
    print(f"\n    found in {seconds:.3f} s; with the second look: {right.outcome}")
    return right.outcome == "holds"
