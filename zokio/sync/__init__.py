"""Synchronisation between tasks, of one runtime or several. Each says what it guarantees."""

from zokio.sync.barrier import Barrier as Barrier
from zokio.sync.condition import Condition as Condition
from zokio.sync.event import Event as Event
from zokio.sync.mutex import Mutex as Mutex
from zokio.sync.notify import Notify as Notify
from zokio.sync.once_cell import LazyCell as LazyCell
from zokio.sync.once_cell import OnceCell as OnceCell
from zokio.sync.rwlock import RwLock as RwLock
from zokio.sync.semaphore import Semaphore as Semaphore

__all__ = [
    "Barrier",
    "Condition",
    "Event",
    "LazyCell",
    "Mutex",
    "Notify",
    "OnceCell",
    "RwLock",
    "Semaphore",
]
