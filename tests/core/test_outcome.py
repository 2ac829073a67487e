"""How a task ended: errors are reported once when nobody asks, and keep their traceback."""

from __future__ import annotations

import traceback

from zokio.core.outcome import Failure


class Reports(list[tuple[str, BaseException]]):
    """What was reported."""

    def __call__(self, name: str, error: BaseException) -> None:
        self.append((name, error))


def raised(error: Exception) -> Exception:
    """The error with a traceback."""
    try:
        raise error
    except Exception as caught:
        return caught


def test_an_error_that_nobody_takes_is_reported_when_it_is_let_go() -> None:
    reports = Reports()
    error = ValueError("lost")
    failure = Failure(error, "worker", reports)
    assert reports == []
    del failure
    assert reports == [("worker", error)]


def test_an_error_that_was_taken_is_not_reported() -> None:
    reports = Reports()
    failure = Failure(ValueError("seen"), "worker", reports)
    failure.take()
    del failure
    assert reports == []


def test_an_error_is_reported_once_even_if_it_is_finalised_twice() -> None:
    reports = Reports()
    failure = Failure(ValueError("lost"), "worker", reports)
    failure.__del__()
    del failure
    assert len(reports) == 1


def test_taking_twice_gives_the_same_error_with_the_first_traceback() -> None:
    failure = Failure(raised(ValueError("again")), "worker", Reports())
    lengths = []
    for _ in range(2):
        try:
            raise failure.take()
        except ValueError as error:
            assert error is failure.error
            lengths.append(len(traceback.extract_tb(error.__traceback__)))
    assert lengths == [2, 2]
