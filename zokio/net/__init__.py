"""The network: TCP and Unix streams, their listeners, and UDP."""

from zokio.net.halves import ReadHalf as ReadHalf
from zokio.net.halves import WriteHalf as WriteHalf
from zokio.net.tcp_listener import TcpListener as TcpListener
from zokio.net.tcp_stream import TcpStream as TcpStream
from zokio.net.udp_socket import UdpSocket as UdpSocket
from zokio.net.unix_listener import UnixListener as UnixListener
from zokio.net.unix_stream import UnixStream as UnixStream

__all__ = [
    "ReadHalf",
    "TcpListener",
    "TcpStream",
    "UdpSocket",
    "UnixListener",
    "UnixStream",
    "WriteHalf",
]
