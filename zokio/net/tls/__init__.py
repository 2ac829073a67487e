"""TLS: encrypted connections, over the standard library's `ssl`."""

from zokio.net.tls.listener import TlsListener as TlsListener
from zokio.net.tls.listener import wrap_server as wrap_server
from zokio.net.tls.opening import connect as connect
from zokio.net.tls.opening import wrap as wrap
from zokio.net.tls.stream import TlsStream as TlsStream

__all__ = ["TlsListener", "TlsStream", "connect", "wrap", "wrap_server"]
