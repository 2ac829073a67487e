"""Signals as a process gets them: what they end, the exit code, and a clean standard error."""

from __future__ import annotations

import signal
import sys
import textwrap

import pytest

from tests.helpers.program import Ended, run_program

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")

# `send(...)` sends each signal when the main thread is about to wait in the reactor.
WORDS = """
    import os, signal, sys, threading
    import zokio
    from zokio.runtime.current import current_runtime

    def is_parked(runtime):
        if runtime.config.workers:
            return runtime.together.idle.sleepers == runtime.together.everybody
        return runtime.queue.parked and not runtime.queue.injected

    def send(*numbers):
        runtime = current_runtime()

        def when_parked():
            for number in numbers:
                while not is_parked(runtime):
                    pass
                os.kill(os.getpid(), number)
                noticed.wait()
                noticed.clear()

        threading.Thread(target=when_parked, daemon=True).start()

    noticed = threading.Event()
    net = zokio.net

    async def cleaning_up(name, seconds=0.000001):
        try:
            await zokio.sleep(1000)
        finally:
            noticed.set()
            with zokio.CancelScope(shield=True):
                await zokio.sleep(seconds)
            print(name)

    async def sleep():
        await zokio.sleep(1000)

    async def for_ever():
        await zokio.sleep(float("inf"))

    async def join():
        await zokio.spawn(zokio.sleep(1000))

    async def accept():
        async with net.TcpListener.bind("127.0.0.1", 0) as listener:
            await listener.accept()

    async def read():
        async with net.TcpListener.bind("127.0.0.1", 0) as listener:
            async with await net.TcpStream.connect(*listener.local_address) as stream:
                await stream.read(1)

    async def write():
        async with net.TcpListener.bind("127.0.0.1", 0) as listener:
            async with await net.TcpStream.connect(*listener.local_address) as stream:
                await stream.write_all(bytes(1 << 26))

    def run(main, **settings):
        # No watch for slow polls: on a busy machine any poll may be one.
        try:
            zokio.run(main, config=zokio.RuntimeConfig(slow_poll_threshold=None, **settings))
        except KeyboardInterrupt:
            print("interrupted")
"""


def run_with_words(text: str) -> Ended:
    """Run a program that begins with the words above."""
    return run_program(textwrap.dedent(WORDS) + textwrap.dedent(text))


@pytest.mark.parametrize("reactor", ["auto", "portable"])
@pytest.mark.parametrize("wait", ["sleep", "for_ever", "join", "accept", "read", "write"])
def test_sigint_ends_a_wait_after_its_cleanup(wait: str, reactor: str) -> None:
    ended = run_with_words(
        f"""
        async def main():
            zokio.spawn(cleaning_up("other"))
            await zokio.yield_now()
            send(signal.SIGINT)
            try:
                await {wait}()
            finally:
                print("root")

        run(main(), reactor={reactor!r})
        """
    )
    assert ended == Ended(0, "root\nother\ninterrupted\n", "")


def test_sigint_that_nobody_catches_ends_the_process_as_sigint_does() -> None:
    ended = run_with_words(
        """
        async def main():
            send(signal.SIGINT)
            await sleep()

        zokio.run(main())
        """
    )
    assert ended.exit_code == -signal.SIGINT
    assert ended.error.startswith("Traceback (most recent call last):\n")
    assert ended.error.endswith("\nKeyboardInterrupt\n")
    for noise in ("Warning", "Exception ignored", "During handling", "Cancelled", "Aborted"):
        assert noise not in ended.error


@pytest.mark.one_thread  # workers poll elsewhere than on the main thread
def test_sigint_waits_for_a_poll_that_computes_and_a_second_one_does_not() -> None:
    ended = run_with_words(
        """
        def compute():
            os.kill(os.getpid(), signal.SIGINT)
            print("still computing")
            os.kill(os.getpid(), signal.SIGINT)
            while True:
                pass

        async def main():
            compute()

        run(main())
        """
    )
    assert ended == Ended(0, "still computing\ninterrupted\n", "")


def test_a_second_sigint_ends_a_cleanup_that_never_ends() -> None:
    ended = run_with_words(
        """
        async def main():
            send(signal.SIGINT, signal.SIGINT)
            await cleaning_up("never printed", 1000)

        run(main(), shutdown_timeout=0)
        """
    )
    assert ended == Ended(0, "interrupted\n", "")


def test_sigint_during_the_shutdown_drops_what_is_left_and_closes_everything() -> None:
    ended = run_with_words(
        """
        cleaning = threading.Semaphore(0)

        async def dawdle():
            try:
                await zokio.sleep(1000)
            finally:
                with zokio.CancelScope(shield=True):
                    cleaning.release()
                    await zokio.sleep(1000)
                print("never printed")

        async def main():
            zokio.spawn(dawdle())
            zokio.spawn(dawdle())
            await zokio.yield_now()
            runtime = current_runtime()

            def when_shutting_down():
                cleaning.acquire()
                cleaning.acquire()
                while not is_parked(runtime):
                    pass
                os.kill(os.getpid(), signal.SIGINT)

            threading.Thread(target=when_shutting_down).start()

        descriptors = os.listdir("/proc/self/fd") if sys.platform == "linux" else []
        run(main())
        print(descriptors == (os.listdir("/proc/self/fd") if descriptors else []))
        """
    )
    assert ended == Ended(0, "interrupted\nTrue\n", "")


@pytest.mark.one_thread  # while all workers compute nobody hears a signal just before main sleeps
def test_a_second_sigint_during_the_shutdown_ends_a_poll_that_never_ends() -> None:
    ended = run_with_words(
        """
        from zokio.runtime import interrupt

        def compute():
            os.kill(os.getpid(), signal.SIGINT)
            while not interrupt._active._interrupted:
                pass  # two signals at once would be one
            print("still computing", flush=True)
            os.kill(os.getpid(), signal.SIGINT)
            while True:
                pass

        async def stubborn():
            try:
                await zokio.sleep(1000)
            finally:
                compute()

        async def main():
            zokio.spawn(stubborn())
            await zokio.yield_now()

        run(main())
        """
    )
    assert ended == Ended(0, "still computing\ninterrupted\n", "")


@pytest.mark.one_thread  # a task sets the handler, which only the main thread may
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
@pytest.mark.parametrize("reactor", ["auto", "portable"])
def test_a_handler_of_the_programs_own_runs_while_the_runtime_is_parked(
    name: str, reactor: str
) -> None:
    # It parks for ever: only a handler that runs promptly, and whose wake is heard, ends it.
    ended = run_with_words(
        f"""
        token = zokio.CancellationToken()

        def handler(number, frame):
            print("handled", signal.Signals(number).name)
            token.cancel()

        async def main():
            signal.signal(signal.{name}, handler)
            send(signal.{name})
            await token.cancelled()
            print("woken")

        run(main(), reactor={reactor!r})
        print(signal.getsignal(signal.{name}) is handler)
        """
    )
    assert ended == Ended(0, f"handled {name}\nwoken\nTrue\n", "")


def test_without_a_handler_sigterm_ends_the_process_as_it_always_does() -> None:
    ended = run_with_words(
        """
        async def main():
            send(signal.SIGTERM)
            await sleep()

        run(main())
        """
    )
    assert ended == Ended(-signal.SIGTERM, "", "")


def test_a_runtime_beside_the_main_thread_does_not_take_ctrl_c_from_it() -> None:
    ended = run_with_words(
        """
        stop = zokio.CancellationToken()
        thread = threading.Thread(target=lambda: run(stop.cancelled()))
        thread.start()
        try:
            os.kill(os.getpid(), signal.SIGINT)
            thread.join()
        except KeyboardInterrupt:
            print("the main thread's")
        stop.cancel()
        thread.join()
        """
    )
    assert ended == Ended(0, "the main thread's\n", "")
