"""The network: TCP listeners and streams."""

from zokio.net.tcp_listener import TcpListener as TcpListener
from zokio.net.tcp_stream import TcpStream as TcpStream

__all__ = ["TcpListener", "TcpStream"]
