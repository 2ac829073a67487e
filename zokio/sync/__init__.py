"""Synchronisation and channels. They know no scheduler: whoever polls futures can run them."""

from zokio.errors import BackpressureError as BackpressureError
from zokio.errors import EmptyError as EmptyError
from zokio.errors import LaggedError as LaggedError
from zokio.sync.barrier import Barrier as Barrier
from zokio.sync.broadcast import BroadcastReceiver as BroadcastReceiver
from zokio.sync.broadcast import BroadcastSender as BroadcastSender
from zokio.sync.broadcast import broadcast as broadcast
from zokio.sync.condition import Condition as Condition
from zokio.sync.event import Event as Event
from zokio.sync.mpsc import mpsc as mpsc
from zokio.sync.mpsc import unbounded as unbounded
from zokio.sync.mutex import Mutex as Mutex
from zokio.sync.notify import Notify as Notify
from zokio.sync.once_cell import LazyCell as LazyCell
from zokio.sync.once_cell import OnceCell as OnceCell
from zokio.sync.oneshot import OneshotReceiver as OneshotReceiver
from zokio.sync.oneshot import OneshotSender as OneshotSender
from zokio.sync.oneshot import oneshot as oneshot
from zokio.sync.permit import Permit as Permit
from zokio.sync.receiver import Receiver as Receiver
from zokio.sync.rendezvous import RendezvousReceiver as RendezvousReceiver
from zokio.sync.rendezvous import RendezvousSender as RendezvousSender
from zokio.sync.rendezvous import rendezvous as rendezvous
from zokio.sync.rwlock import RwLock as RwLock
from zokio.sync.semaphore import Semaphore as Semaphore
from zokio.sync.sender import Sender as Sender
from zokio.sync.sender import WeakSender as WeakSender
from zokio.sync.watch import WatchReceiver as WatchReceiver
from zokio.sync.watch import WatchSender as WatchSender
from zokio.sync.watch import watch as watch

__all__ = [
    "BackpressureError",
    "Barrier",
    "BroadcastReceiver",
    "BroadcastSender",
    "Condition",
    "EmptyError",
    "Event",
    "LaggedError",
    "LazyCell",
    "Mutex",
    "Notify",
    "OnceCell",
    "OneshotReceiver",
    "OneshotSender",
    "Permit",
    "Receiver",
    "RendezvousReceiver",
    "RendezvousSender",
    "RwLock",
    "Semaphore",
    "Sender",
    "WatchReceiver",
    "WatchSender",
    "WeakSender",
    "broadcast",
    "mpsc",
    "oneshot",
    "rendezvous",
    "unbounded",
    "watch",
]
