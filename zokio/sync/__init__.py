"""Synchronisation between tasks, of one runtime or several. Each says what it guarantees."""

from zokio.sync.mutex import Mutex as Mutex
from zokio.sync.semaphore import Semaphore as Semaphore

__all__ = ["Mutex", "Semaphore"]
