"""What happens to every user of a channel, whatever the channel does.

Shared by the machines of the channels, like the users themselves (`channel_users.py`).
"""

from __future__ import annotations

from typing import Any

from zokio.model import Machine, action

from .channel_users import Users


class ChannelSteps(Machine[Any]):
    """The steps that touch nothing but the users.

    The state is that of any channel, a named tuple with the variable `users`. (Any: no type says
    that in Python.)
    """

    @action(writes=("users",), reads=("users",), fair=False)
    def cancel(self, state: Any, user: int) -> Any:
        return state._replace(users=state.users.cancel(user))

    @cancel.guard
    def can_cancel(self, state: Any, user: int) -> bool:
        users: Users = state.users
        return users.is_alive(user) and not users.cancelling[user]

    @action(writes=("users",), reads=("users",), fair=False)
    def wake_for_no_reason(self, state: Any, user: int) -> Any:
        return state._replace(users=state.users.wake(user))

    @wake_for_no_reason.guard
    def can_wake_for_no_reason(self, state: Any, user: int) -> bool:
        users: Users = state.users
        return users.is_idle(user)
