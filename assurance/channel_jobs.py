"""The machines of the channels and what replays them: see `replay_jobs.py`.

All of them run on the simulated reactor: a channel asks the reactor for nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from spec import broadcast, mpsc, mpsc_watched, oneshot, rendezvous, watch
from spec.broadcast import BroadcastMachine
from spec.mpsc import MpscMachine
from spec.mpsc_state import RECEIVE, RESERVE
from spec.oneshot import OneshotMachine
from spec.oneshot_steps import WATCH
from spec.rendezvous import RendezvousMachine
from spec.rendezvous_steps import SEND
from spec.watch import WatchMachine
from spec.watch_steps import CHANGE, LEAVE
from tests.helpers.virtual_time import VIRTUAL_REACTORS
from tests.refinement.broadcast import BroadcastAdapter
from tests.refinement.mpsc import MpscAdapter
from tests.refinement.oneshot import OneshotAdapter
from tests.refinement.rendezvous import RendezvousAdapter
from tests.refinement.watch import WatchAdapter
from zokio.model import Adapter, Machine

# Any, here and below: the machines have states of different types.
ChannelJob = tuple[str, Machine[Any], Callable[[], Adapter[Any]]]

ADAPTERS: dict[str, Callable[..., Adapter[Any]]] = {
    "mpsc": MpscAdapter,
    "oneshot": OneshotAdapter,
    "watch": WatchAdapter,
    "broadcast": BroadcastAdapter,
    "rendezvous": RendezvousAdapter,
}


def _job(name: str, machine: Machine[Any]) -> ChannelJob:
    return name, machine, partial(ADAPTERS[name], VIRTUAL_REACTORS["simulated"], machine)


WHOLE = (
    *(_job("mpsc", machine) for machine in mpsc.CONFIGURATIONS),
    *(_job("mpsc", machine) for machine in mpsc_watched.CONFIGURATIONS),
    *(_job("rendezvous", machine) for machine in rendezvous.CONFIGURATIONS),
    *(_job("broadcast", machine) for machine in broadcast.CONFIGURATIONS),
    *(_job("watch", machine) for machine in watch.CONFIGURATIONS),
    *(_job("oneshot", machine) for machine in oneshot.CONFIGURATIONS),
)

SMALL = (
    _job("mpsc", MpscMachine(does=(RESERVE, RECEIVE), capacity=1, tries=0)),
    _job("rendezvous", RendezvousMachine(does=(SEND, RECEIVE), tries=0)),
    _job("broadcast", BroadcastMachine(tasks=1, receivers=1, capacity=1, sends=2, takes=1)),
    _job("watch", WatchMachine(does=(CHANGE, LEAVE), receivers=1, sends=1, looks=0)),
    _job("oneshot", OneshotMachine(does=(RECEIVE, WATCH))),
)
"""For every run of the tests."""
