"""Whether the bell of a reactor has been rung and not been heard yet."""

from __future__ import annotations

from array import array
from fcntl import ioctl
from termios import FIONREAD

from zokio.reactor.contract import Reactor
from zokio.reactor.simulated import SimulatedReactor


def is_ringing(reactor: Reactor) -> bool:
    """For the epoll reactor, whose bell is a pipe, and for the simulated one."""
    if isinstance(reactor, SimulatedReactor):
        return reactor._bell.is_set()
    waiting = array("i", [0])
    ioctl(reactor.bell_fd, FIONREAD, waiting)
    return waiting[0] > 0
