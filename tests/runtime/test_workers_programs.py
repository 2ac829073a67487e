"""Programs with workers: Ctrl-C, a SystemExit, an end without a shutdown, and children."""

from __future__ import annotations

import os
import textwrap

import pytest

from tests.helpers.program import Ended, run_program

WORDS = """
    import logging, os, signal, sys, threading, warnings
    import zokio

    # Python 3.12 and later say so of every process with threads; here they are wanted.
    warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)

    logging.getLogger("zokio").setLevel(logging.ERROR)  # to wait for a child takes its time
    FOUR = zokio.RuntimeConfig(workers=4)

    async def until_cancelled(name):
        try:
            await zokio.sleep(1000)
        finally:
            print(name, "has cleaned up", flush=True)

    def wait_for(pid):
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
"""

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this platform cannot fork")


def run_with_words(text: str) -> Ended:
    """Run a program that begins with the words above."""
    return run_program(textwrap.dedent(WORDS) + textwrap.dedent(text))


def test_sigint_cancels_the_root_and_the_others_clean_up() -> None:
    ended = run_with_words(
        """
        async def main():
            zokio.spawn(until_cancelled("the other"))
            await zokio.sleep(0.001)
            os.kill(os.getpid(), signal.SIGINT)
            await until_cancelled("the root")

        try:
            zokio.run(main(), config=FOUR)
        except KeyboardInterrupt:
            print("interrupted")
        """
    )
    said = "the root has cleaned up\nthe other has cleaned up\ninterrupted\n"
    assert ended == Ended(0, said, "")


def test_a_sigint_that_arrives_on_a_worker_is_handled_all_the_same() -> None:
    """The system gives it to that thread, and the main thread is the one to run the handler."""
    ended = run_with_words(
        """
        async def main():
            signal.raise_signal(signal.SIGINT)
            await until_cancelled("the root")

        try:
            zokio.run(main(), config=FOUR)
        except KeyboardInterrupt:
            print("interrupted")
        """
    )
    assert ended == Ended(0, "the root has cleaned up\ninterrupted\n", "")


def test_a_system_exit_of_any_task_ends_the_program_with_its_code() -> None:
    ended = run_with_words(
        """
        async def leave():
            await zokio.sleep(0.001)
            sys.exit(7)

        async def main():
            zokio.spawn(leave())
            await until_cancelled("the root")

        zokio.run(main(), config=FOUR)
        """
    )
    assert ended == Ended(7, "the root has cleaned up\n", "")


def test_a_program_may_end_while_workers_work() -> None:
    ended = run_with_words(
        """
        begun = threading.Semaphore(0)

        async def work():
            begun.release()
            while True:
                await zokio.yield_now()

        runtime = zokio.Runtime(FOUR)
        for _ in range(4):
            runtime.spawn(work())
        for _ in range(4):
            begun.acquire()
        print("the program ends")
        """
    )
    assert ended == Ended(0, "the program ends\n", "")


CHILDREN = {
    "returns": ("return", 0, ""),
    "exits": ("print('flushed'); sys.exit(3)", 3, ""),
    "exits with a text": ("sys.exit('so it is')", 1, "so it is"),
    "fails": ("raise ValueError('mine')", 1, "ValueError: mine"),
    "yields": ("await zokio.yield_now(); sys.exit(4)", 4, ""),
    "waits": ("await zokio.sleep(1)", 1, "NoRuntimeError"),
    "runs a runtime of its own": ("sys.exit(zokio.run(answer(), config=FOUR))", 42, ""),
}


@needs_fork
@pytest.mark.parametrize("does", CHILDREN)
def test_a_child_that_a_worker_forked_ends_with_its_task(does: str) -> None:
    child, code, said = CHILDREN[does]
    ended = run_with_words(
        f"""
        async def answer():
            await zokio.sleep(0.001)
            return 42

        async def main():
            pid = os.fork()
            if pid == 0:
                {child}
            else:
                print("the child gave", wait_for(pid))
                await zokio.sleep(0.001)
                print("the parent goes on")

        zokio.run(main(), config=FOUR)
        """
    )
    assert ended.exit_code == 0
    assert ended.output.endswith(f"the child gave {code}\nthe parent goes on\n")
    assert said in ended.error
    assert ("flushed" in ended.output) == (does == "exits")


@needs_fork
def test_a_child_that_another_thread_forked_has_no_worker_and_may_make_its_own() -> None:
    ended = run_with_words(
        """
        async def answer():
            await zokio.sleep(0.001)
            return 42

        runtime = zokio.Runtime(FOUR)
        runtime.block_on(answer())
        pid = os.fork()
        if pid == 0:
            try:
                runtime.block_on(answer())
            except zokio.ClosedError:
                os._exit(zokio.run(answer(), config=FOUR))
        print("the child gave", wait_for(pid), runtime.block_on(answer()))
        runtime.shutdown()
        """
    )
    assert ended == Ended(0, "the child gave 42 42\n", "")
