"""The network: TCP and Unix streams, their listeners, and UDP.

`zokio.net.tls` is loaded when it is used first.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from zokio.net.halves import ReadHalf as ReadHalf
from zokio.net.halves import WriteHalf as WriteHalf
from zokio.net.tcp_listener import TcpListener as TcpListener
from zokio.net.tcp_stream import TcpStream as TcpStream
from zokio.net.udp_socket import UdpSocket as UdpSocket
from zokio.net.unix_listener import UnixListener as UnixListener
from zokio.net.unix_stream import UnixStream as UnixStream

if TYPE_CHECKING:
    from types import ModuleType

    from zokio.net import tls as tls

__all__ = [
    "ReadHalf",
    "TcpListener",
    "TcpStream",
    "UdpSocket",
    "UnixListener",
    "UnixStream",
    "WriteHalf",
    "tls",
]


def __getattr__(name: str) -> ModuleType:
    """`tls`, which loads `ssl`: a program without TLS does not wait for that at its start."""
    if name == "tls":
        return import_module("zokio.net.tls")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
