"""Programs drawn by a seed: a few threads, each with a few operations on two of each kind of thing.

They have no meaning. What they return is all that their threads have seen and left behind.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from zokio.explore import Cell, Deque, Event, Lock, Thread, choose

KINDS = (
    ("read", "write", "change"),
    ("read", "write", "locked", "try"),
    ("append", "pop", "length", "read"),
    ("set", "wait", "clear", "read", "write"),
    ("read", "write", "change", "choose"),
    ("locked", "both locks", "read", "write", "try"),
)

Step = tuple[str, int]


class Things:
    """What the threads share; the log is each thread's own."""

    def __init__(self) -> None:
        self.cells = Cell(0, "x"), Cell(0, "y")
        self.locks = Lock(), Lock()
        self.events = Event(), Event()
        self.queue: Deque[int] = Deque()

    def change(self, which: int, value: int) -> None:
        """Tell the order of changes by their result."""
        cell = self.cells[which]
        cell.set(cell.get() * 3 + value)

    def do(self, step: Step, value: int, log: list[object]) -> None:
        """One operation, or a few."""
        kind, which = step
        match kind:
            case "read":
                log.append(self.cells[which].get())
            case "write":
                self.cells[which].set(value)
            case "change":
                self.change(which, value)
            case "locked":
                with self.locks[which]:
                    self.change(which, value)
            case "both locks":
                with self.locks[0], self.locks[1]:
                    self.change(which, value)
            case "try":
                if self.locks[which].acquire(blocking=False):
                    log.append(self.cells[which].get())
                    self.locks[which].release()
                else:
                    log.append("taken")
            case "append":
                self.queue.append(value)
            case "pop":
                try:
                    log.append(self.queue.popleft())
                except IndexError:
                    log.append("empty")
            case "length":
                log.append(len(self.queue))
            case "set":
                self.events[which].set()
            case "clear":
                self.events[which].clear()
            case "wait":
                log.append(self.events[which].wait(1.0 + which))
            case "choose":
                log.append(choose("a bit", 2))
            case _:
                raise AssertionError(kind)


def drawn_program(seed: int) -> Callable[[], object]:
    """The program of a seed."""
    draw = Random(seed)
    threads = draw.choice([2, 2, 3])
    kinds = draw.choice(KINDS)
    scripts: list[list[Step]] = [
        [
            (draw.choice(kinds), draw.randrange(2))
            for _ in range(draw.randint(2, 3 if threads == 2 else 2))
        ]
        for _ in range(threads)
    ]

    def program() -> object:
        things = Things()
        logs: list[list[object]] = [[] for _ in scripts]

        def body(me: int) -> None:
            for number, step in enumerate(scripts[me], 1):
                things.do(step, me * 10 + number, logs[me])

        running = [Thread(target=body, args=(me,), name=f"T{me}") for me in range(threads)]
        for thread in running:
            thread.start()
        for thread in running:
            thread.join()
        x, y = things.cells
        return x.get(), y.get(), tuple(things.queue), tuple(map(tuple, logs))

    return program
