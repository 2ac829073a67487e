"""The socket options of multicast: level, option, and value as the system wants it."""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass
from ipaddress import ip_address

from zokio.errors import BrokenError, UsageError


@dataclass(frozen=True, slots=True)
class Option:
    """What `setsockopt` takes."""

    level: int
    option: int
    value: int | bytes


def membership(family: int, group: str, interface: str, *, join: bool) -> Option:
    """Join or leave a group.

    Args:
        family: of the socket.
        group: the group's address in figures.
        interface: for IPv4 its own address in figures, for IPv6 its name; "" is any.
        join: or leave.
    """
    _check_group(family, group)
    if family == socket.AF_INET6:
        option = socket.IPV6_JOIN_GROUP if join else socket.IPV6_LEAVE_GROUP
        value = socket.inet_pton(family, group) + struct.pack("@I", _index(interface))
        return Option(socket.IPPROTO_IPV6, option, value)
    option = socket.IP_ADD_MEMBERSHIP if join else socket.IP_DROP_MEMBERSHIP
    return Option(socket.IPPROTO_IP, option, socket.inet_aton(group) + _address(interface))


def sending_interface(family: int, interface: str) -> Option:
    """Through which interface datagrams for groups leave; see `membership`."""
    if family == socket.AF_INET6:
        return Option(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, _index(interface))
    return Option(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, _address(interface))


def hops(family: int, number: int) -> Option:
    """How many routers hand them on."""
    if not 0 <= number <= 255:
        raise UsageError(f"set_multicast(hops={number}): from 0 to 255")
    if family == socket.AF_INET6:
        return Option(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, number)
    return Option(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, number)


def loop(family: int, enabled: bool) -> Option:
    """Whether this machine hears them too."""
    if family == socket.AF_INET6:
        return Option(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_LOOP, int(enabled))
    return Option(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, int(enabled))


def _check_group(family: int, group: str) -> None:
    try:
        address = ip_address(group)
    except ValueError:
        address = None
    version = 6 if family == socket.AF_INET6 else 4
    if address is None or not address.is_multicast or address.version != version:
        raise UsageError(f"{group!r} is no multicast address of IPv{version} in figures")


def _address(interface: str) -> bytes:
    try:
        return socket.inet_aton(interface or "0.0.0.0")
    except OSError:
        raise UsageError(
            f"interface {interface!r}: for IPv4 give its address in figures, for instance 127.0.0.1"
        ) from None


def _index(interface: str) -> int:
    if not interface:
        return 0
    try:
        return socket.if_nametoindex(interface)
    except OSError as error:
        raise BrokenError(error.errno, f"there is no interface {interface!r}") from error
