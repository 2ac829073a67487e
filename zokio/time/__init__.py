"""Waiting for time: `sleep`, `sleep_until`, `timeout`, `move_on_after`, `interval`, `now`."""

from zokio.time.interval import Interval as Interval
from zokio.time.interval import interval as interval
from zokio.time.sleep import now as now
from zokio.time.sleep import sleep as sleep
from zokio.time.sleep import sleep_until as sleep_until
from zokio.time.timeout import move_on_after as move_on_after
from zokio.time.timeout import timeout as timeout

__all__ = ["Interval", "interval", "move_on_after", "now", "sleep", "sleep_until", "timeout"]
