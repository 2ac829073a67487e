"""A child of the fork server: what it has told, and when it has to be stopped.

A child that spins is told by the processor time it takes and one that hangs by doing nothing: both
as the kernel counts them (proc(5)), so that a busy machine makes neither.
"""

from __future__ import annotations

import json
import os
import signal
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

from assurance.forkserver_child import NOT_A_FINDING

IDLE_S = 1.4
"""A child whose threads all sleep for so long, without using any time, waits for ever."""
SPIN_CPU_S = 1.5
"""What a test may take of processor time, besides five times what its rehearsal took."""
LOADING_CPU_S = 10.0
"""And what may pass before its first test, while it imports everything anew."""
MEMORY_MAX_BYTES = 1 << 30
WALL_S = 300.0
"""The last resort."""

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(slots=True)
class Child:
    """A process that was forked, and what it has told."""

    pid: int
    pipe: int
    name: str
    is_patient: bool
    """Whether nothing but the wall clock stops it: a test that has never run."""
    began_s: float = field(default_factory=monotonic)
    unread: bytes = b""
    test: str = ""
    tests: int = 0
    failure: dict[str, str] | None = None
    over: dict[str, Any] | None = None  # Any: as JSON has it
    test_cpu_s: float = 0.0
    """The processor time that it had used when the test began."""
    cpu_s: float = 0.0
    active_s: float = field(default_factory=monotonic)
    """When it was last seen to do something."""
    stopped: str = ""

    def read(self, data: bytes) -> None:
        """Take in what it tells."""
        *lines, self.unread = (self.unread + data).split(b"\n")
        for line in lines:
            message = json.loads(line)
            if "begins" in message:
                self.test = message["begins"]
                self.tests += 1
                self.test_cpu_s = self.look()
            elif "ended" in message:
                self.failure = message["failure"]
            else:
                self.over = message

    def look(self) -> float:
        """Its processor time by now; notes whether it is active."""
        try:
            cpu_s, asleep, memory_bytes = _usage(self.pid)
        except (FileNotFoundError, ProcessLookupError):
            return self.cpu_s
        if cpu_s != self.cpu_s or not asleep:
            self.active_s = monotonic()
        self.cpu_s = cpu_s
        if memory_bytes > MEMORY_MAX_BYTES:
            self.stop("grew")
        return cpu_s

    def watch(self, rehearsed_cpu_s: float) -> None:
        """Kill it when it spins, hangs or takes for ever."""
        cpu_s = self.look()
        now_s = monotonic()
        if now_s - self.began_s > WALL_S:
            self.stop("hung")
        elif self.is_patient:
            return
        elif cpu_s - self.test_cpu_s > self.allowed_cpu_s(rehearsed_cpu_s):
            self.stop("spun")
        elif self.test and now_s - self.active_s > IDLE_S:
            self.stop("hung")

    def allowed_cpu_s(self, rehearsed_cpu_s: float) -> float:
        """What its test may take, or what comes before its first one."""
        return SPIN_CPU_S + 5 * rehearsed_cpu_s if self.test else LOADING_CPU_S

    def stop(self, why: str) -> None:
        """Kill it with all that it has started."""
        if not self.stopped:
            self.stopped = why
            try:
                os.killpg(self.pid, signal.SIGKILL)
            except ProcessLookupError:  # it is not yet the leader of its group
                os.kill(self.pid, signal.SIGKILL)

    def outcome(self) -> str:
        """How it ended: see `forkserver.Outcome`."""
        if self.failure is not None:
            return "broken" if self.failure["error"] in NOT_A_FINDING else "failed"
        if self.stopped:
            return self.stopped
        if self.over is None:
            return "crashed"
        return "survived" if self.tests else "broken"  # pytest began nothing


def _usage(pid: int) -> tuple[float, bool, int]:
    """The processor time of a process, whether all its threads sleep, childless, and its memory."""
    text = Path(f"/proc/{pid}/stat").read_text()
    numbers = text.rpartition(")")[2].split()
    cpu_s = sum(map(int, numbers[11:15])) / TICKS_A_SECOND
    asleep = True
    for thread in Path(f"/proc/{pid}/task").iterdir():
        state = (thread / "stat").read_text().rpartition(")")[2].split()[0]
        children = thread / "children"
        has_children = children.exists() and children.read_text().strip()
        asleep = asleep and state == "S" and not has_children
    return cpu_s, asleep, int(numbers[21]) * PAGE_BYTES
