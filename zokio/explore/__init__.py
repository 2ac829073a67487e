"""Exploration: a program of real threads, run under every interleaving that makes a difference."""

from zokio.explore.exploration import explore as explore
from zokio.explore.exploration import replay as replay
from zokio.explore.exploration import sample as sample
from zokio.explore.explorer import Exploration as Exploration
from zokio.explore.modelled import Event as Event
from zokio.explore.modelled import Lock as Lock
from zokio.explore.modelled import RLock as RLock
from zokio.explore.modelled import choose as choose
from zokio.explore.modelled import get_ident as get_ident
from zokio.explore.modelled import monotonic_ns as monotonic_ns
from zokio.explore.modelled import sleep as sleep
from zokio.explore.modelled import uninterrupted as uninterrupted
from zokio.explore.modelled_threads import Thread as Thread
from zokio.explore.modelled_threads import ThreadLocal as ThreadLocal
from zokio.explore.replacing import replaced as replaced
from zokio.explore.shared import Cell as Cell
from zokio.explore.shared import Deque as Deque
from zokio.explore.shared import List as List
from zokio.explore.shared import wait_until as wait_until
from zokio.explore.timeline import Happening as Happening

__all__ = [
    "Cell",
    "Deque",
    "Event",
    "Exploration",
    "Happening",
    "List",
    "Lock",
    "RLock",
    "Thread",
    "ThreadLocal",
    "choose",
    "explore",
    "get_ident",
    "monotonic_ns",
    "replaced",
    "replay",
    "sample",
    "sleep",
    "uninterrupted",
    "wait_until",
]
