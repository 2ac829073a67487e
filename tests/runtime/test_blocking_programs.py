"""Blocking calls in programs of their own: the end of the process, and forks."""

from __future__ import annotations

import os
import textwrap

import pytest

from tests.helpers.program import Ended, run_program

WORDS = """
    import math, os, sys, threading, warnings
    import zokio

    # Python 3.12 and later say so of every process with threads; here they are wanted.
    warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)

    entered = threading.Event()

    def until_the_program_ends():
        entered.set()
        threading.main_thread().join()
        print("the call ends")

    async def begin(function):
        zokio.spawn_blocking(function)
        await zokio.spawn_blocking(entered.wait)

    def wait_for(pid):
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
"""

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this platform cannot fork")


def run_with_words(text: str) -> Ended:
    """Run a program that begins with the words above."""
    return run_program(textwrap.dedent(WORDS) + textwrap.dedent(text))


def test_the_end_of_the_program_waits_for_a_call_that_runs() -> None:
    ended = run_with_words(
        """
        runtime = zokio.Runtime()
        runtime.block_on(begin(until_the_program_ends))
        print("the program ends")
        """
    )
    assert ended == Ended(0, "the program ends\nthe call ends\n", "")


def test_the_end_of_the_program_waits_for_a_call_that_a_shutdown_left_behind() -> None:
    ended = run_with_words(
        """
        with zokio.Runtime(zokio.RuntimeConfig(shutdown_timeout=0)) as runtime:
            runtime.block_on(begin(until_the_program_ends))
        print(runtime.shutdown())
        """
    )
    names = "('until_the_program_ends',)"
    report = f"ShutdownReport(cancelled=0, dropped=(), blocking_pending=1, blocking_names={names})"
    assert ended == Ended(0, f"{report}\nthe call ends\n", "")


def test_a_call_that_has_not_begun_does_not_begin_at_the_end_of_the_program() -> None:
    ended = run_with_words(
        """
        def until_no_call_begins():
            while not runtime.blocking.closed:
                os.sched_yield()
            print("the call ends")

        async def begin_two():
            zokio.spawn_blocking(until_no_call_begins)
            while not runtime.metrics().blocking_running:
                await zokio.yield_now()
            zokio.spawn_blocking(print, "it begins")
            while runtime.metrics().blocking_pending < 2:
                await zokio.yield_now()

        # The call that spins may keep the others from the interpreter for longer than a slow poll.
        config = zokio.RuntimeConfig(blocking_threads=1, slow_poll_threshold=None)
        runtime = zokio.Runtime(config)
        runtime.block_on(begin_two())
        """
    )
    assert ended == Ended(0, "the call ends\n", "")


def test_an_idle_thread_does_not_keep_the_program_from_ending() -> None:
    ended = run_with_words(
        """
        async def main():
            return await zokio.spawn_blocking(lambda: "called")

        runtime = zokio.Runtime(zokio.RuntimeConfig(blocking_keep_alive=math.inf))
        print(runtime.block_on(main()), runtime.metrics().blocking_threads_idle)
        """
    )
    assert ended == Ended(0, "called 1\n", "")


@needs_fork
def test_a_child_has_none_of_its_parents_calls_and_may_make_its_own() -> None:
    ended = run_with_words(
        """
        opened = threading.Event()

        def wait():
            entered.set()
            opened.wait()
            print("the parent's call ends in", "parent" if os.getpid() == parent else "child")

        async def call():
            return await zokio.spawn_blocking(lambda: 42)

        async def main():
            handle = zokio.spawn_blocking(wait)
            await zokio.spawn_blocking(entered.wait)
            pid = os.fork()
            if pid == 0:
                sys.exit(zokio.run(call()))
            print("the child gave", wait_for(pid))
            opened.set()
            await handle

        parent = os.getpid()
        zokio.run(main())
        """
    )
    assert ended == Ended(0, "the child gave 42\nthe parent's call ends in parent\n", "")


@needs_fork
def test_a_call_may_fork_and_its_child_may_run_a_runtime_or_just_return() -> None:
    ended = run_with_words(
        """
        async def call():
            return await zokio.spawn_blocking(lambda: 42)

        def fork(leave):
            pid = os.fork()
            if pid == 0:
                if leave:
                    os._exit(zokio.run(call()))
                return None
            return wait_for(pid)

        async def main():
            print(await zokio.spawn_blocking(fork, True), await zokio.spawn_blocking(fork, False))

        zokio.run(main())
        """
    )
    assert ended == Ended(0, "42 0\n", "")


@needs_fork
@pytest.mark.one_thread  # another worker may get up between, and rouse the watcher again
def test_the_watchdog_has_no_thread_while_a_process_forks_and_has_one_again_later() -> None:
    ended = run_program(
        """
        import os, threading

        def say():
            print(*sorted(thread.name for thread in threading.enumerate()))

        os.register_at_fork(before=say)  # before zokio's, so it is called after that

        import zokio

        async def main():
            say()
            pid = os.fork()
            if pid == 0:
                os._exit(0)
            os.waitpid(pid, 0)
            await zokio.sleep(0.000001)
            say()

        zokio.run(main())
        """
    )
    both = "MainThread zokio-watchdog"
    assert ended == Ended(0, f"{both}\nMainThread\n{both}\n", "")
