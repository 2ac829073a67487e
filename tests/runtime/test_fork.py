"""Fork: a child may run runtimes of its own, and does the parent's no harm however it ends."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Callable

import pytest

from tests.helpers.program import Ended, run_program
from zokio.errors import UsageError
from zokio.reactor.registration import Registration
from zokio.runtime.fork import ForkedReactor

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this platform cannot fork")

# `fork(child)` runs `child` in a forked process and gives its exit code. `spark` and `unharmed` use
# a stream that the parent's reactor watched before the fork.
WORDS = """
    import logging, os, signal, sys
    import zokio

    net = zokio.net
    logging.getLogger("zokio").setLevel(logging.ERROR)  # to wait for a child takes its time

    def never():
        return zokio.poll_fn(lambda cx: zokio.PENDING)

    def wait_for(pid):
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

    async def open_streams():
        async with net.TcpListener.bind("127.0.0.1", 0) as listener:
            near = await net.TcpStream.connect(*listener.local_address)
            far, _ = await listener.accept()
            return near, far

    async def is_unharmed(near, far):
        reading = zokio.spawn(far.read(5))
        for _ in range(3):
            await zokio.yield_now()  # it waits for the reactor
        await zokio.sleep(0.000001)
        await near.write_all(b"hello")
        async with zokio.timeout(30):
            assert await reading == b"hello"
        near.close()
        far.close()
        print("the parent is unharmed")

    async def answer():
        await zokio.sleep(0.000001)
        near, far = await open_streams()
        near.close()
        far.close()
        return 42
"""


def run_with_words(text: str) -> Ended:
    """Run a program that begins with the words above."""
    return run_program(textwrap.dedent(WORDS) + textwrap.dedent(text))


CHILDREN = {
    "runs its own and leaves at once": ("os._exit(zokio.run(answer()))", 42, ""),
    "runs its own and exits": ("sys.exit(zokio.run(answer()))", 42, ""),
    "exits": ("sys.exit(3)", 3, ""),
    "fails": ("raise ValueError", 1, "ValueError"),
    "goes on to the end of the parent's program": ("await zokio.yield_now()", 0, ""),
    "sleeps in the parent's task": ("await zokio.sleep(1000)", 1, "NoRuntimeError"),
    "awaits a future in the parent's task": ("await never()", 1, "NoRuntimeError"),
    "waits for a stream of the parent": ("await far.read(1)", 1, "NoRuntimeError"),
    "opens a listener for the parent": ("net.TcpListener.bind('', 0)", 1, "NoRuntimeError"),
    "closes a stream of the parent": ("far.close()", 0, ""),
}


@pytest.mark.parametrize(
    ("does", "reactor"),
    [
        *((does, "auto") for does in CHILDREN),
        ("runs its own and exits", "portable"),
        ("waits for a stream of the parent", "portable"),
    ],
)
def test_the_parent_goes_on_unharmed_when_the_child(does: str, reactor: str) -> None:
    child, code, said = CHILDREN[does]
    ended = run_with_words(
        f"""
        async def main():
            near, far = await open_streams()
            pid = os.fork()
            if pid == 0:
                {child}
            else:
                print("the child gave", wait_for(pid))
                await is_unharmed(near, far)

        zokio.run(main(), config=zokio.RuntimeConfig(reactor={reactor!r}))
        """
    )
    assert ended.exit_code == 0
    assert ended.output == f"the child gave {code}\nthe parent is unharmed\n"
    assert said in ended.error
    # Sockets that the child leaves to the end of its process are the one thing it may be told of.
    assert ended.error.count("Traceback") == bool(said)


def test_a_child_that_goes_on_is_told_what_to_do() -> None:
    ended = run_with_words(
        """
        async def main():
            near, far = await open_streams()
            pid = os.fork()
            if pid == 0:
                await far.read(1)
            wait_for(pid)
            near.close()
            far.close()

        zokio.run(main())
        """
    )
    assert "zokio.errors.NoRuntimeError" in ended.error
    assert "forked child" in ended.error
    assert "leave it with os._exit, or call zokio.run in it" in ended.error


def test_the_tasks_of_the_parent_do_not_run_in_the_child() -> None:
    ended = run_with_words(
        """
        async def other():
            try:
                await zokio.yield_now()
                print("other runs in", "the parent" if os.getpid() == parent else "the child")
            finally:
                print("other ends in", "the parent" if os.getpid() == parent else "the child")

        async def main():
            zokio.spawn(other())
            await zokio.yield_now()
            pid = os.fork()
            if pid == 0:
                await zokio.yield_now()
                os._exit(0)
            assert wait_for(pid) == 0
            await zokio.sleep(0.000001)

        parent = os.getpid()
        zokio.run(main())
        """
    )
    assert ended == Ended(0, "other runs in the parent\nother ends in the parent\n", "")


def test_a_runtime_made_before_the_fork_is_closed_in_the_child_and_lives_in_the_parent() -> None:
    ended = run_with_words(
        """
        runtime = zokio.Runtime()
        streams = runtime.block_on(open_streams())
        pid = os.fork()
        if pid == 0:
            try:
                runtime.block_on(answer())
            except zokio.ClosedError as error:
                print(error)
            runtime.shutdown()
            for stream in streams:
                stream.close()
            sys.exit(zokio.run(answer()))
        print("the child gave", wait_for(pid))
        runtime.block_on(is_unharmed(*streams))
        runtime.shutdown()
        """
    )
    assert ended == Ended(
        0,
        "the runtime was shut down; make a new one\nthe child gave 42\nthe parent is unharmed\n",
        "",
    )


def test_ctrl_c_in_a_child_is_the_childs_own() -> None:
    ended = run_with_words(
        """
        async def interrupted():
            os.kill(os.getpid(), signal.SIGINT)
            await zokio.sleep(1000)

        async def main():
            pid = os.fork()
            if pid == 0:
                assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
                try:
                    zokio.run(interrupted())
                except KeyboardInterrupt:
                    os._exit(5)
            print("the child gave", wait_for(pid))

        zokio.run(main())
        """
    )
    assert ended == Ended(0, "the child gave 5\n", "")


def test_a_process_of_multiprocessing_may_run_a_runtime() -> None:
    ended = run_with_words(
        """
        import multiprocessing

        def child():
            sys.exit(zokio.run(answer()))

        async def main():
            near, far = await open_streams()
            process = multiprocessing.get_context("fork").Process(target=child)
            process.start()
            process.join()
            print("the child gave", process.exitcode)
            await is_unharmed(near, far)

        zokio.run(main())
        """
    )
    assert ended == Ended(0, "the child gave 42\nthe parent is unharmed\n", "")


def test_what_stands_in_for_the_parents_reactor_touches_no_descriptor() -> None:
    reactor = ForkedReactor()
    registration = Registration(1)
    refusals: list[Callable[[], object]] = [
        lambda: reactor.socket(2),
        lambda: reactor.register(1),
        lambda: reactor.wait(None),
    ]
    for refused in refusals:
        with pytest.raises(UsageError, match=r"call zokio\.run in it"):
            refused()
    assert reactor.deregister(registration) == []
    assert registration.closed
    reactor.unpark()
    reactor.close()
    reactor.check_invariants()
    assert reactor.bell_fd == -1
    assert reactor.now_ns() <= reactor.now_ns()
