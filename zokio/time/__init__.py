"""Waiting for time: sleeping, timeouts, intervals, queues of delays, and limits of a rate."""

from zokio.time.delay_queue import DelayKey as DelayKey
from zokio.time.delay_queue import DelayQueue as DelayQueue
from zokio.time.interval import Interval as Interval
from zokio.time.interval import interval as interval
from zokio.time.interval import interval_at as interval_at
from zokio.time.rate_limiter import RateLimiter as RateLimiter
from zokio.time.sleep import now as now
from zokio.time.sleep import sleep as sleep
from zokio.time.sleep import sleep_until as sleep_until
from zokio.time.timeout import move_on_after as move_on_after
from zokio.time.timeout import move_on_at as move_on_at
from zokio.time.timeout import timeout as timeout
from zokio.time.timeout import timeout_at as timeout_at

__all__ = [
    "DelayKey",
    "DelayQueue",
    "Interval",
    "RateLimiter",
    "interval",
    "interval_at",
    "move_on_after",
    "move_on_at",
    "now",
    "sleep",
    "sleep_until",
    "timeout",
    "timeout_at",
]
