"""The door to wsproto, which takes frames apart and makes them."""

from __future__ import annotations

try:
    from wsproto.connection import Connection as Connection
    from wsproto.connection import ConnectionState as ConnectionState
    from wsproto.connection import ConnectionType as ConnectionType
    from wsproto.events import BytesMessage as BytesMessage
    from wsproto.events import CloseConnection as CloseConnection
    from wsproto.events import Event as Event
    from wsproto.events import Ping as Ping
    from wsproto.events import TextMessage as TextMessage
    from wsproto.extensions import Extension as Extension
    from wsproto.extensions import PerMessageDeflate as PerMessageDeflate
    from wsproto.handshake import server_extensions_handshake as server_extensions_handshake
    from wsproto.utilities import LocalProtocolError as LocalProtocolError
    from wsproto.utilities import generate_accept_token as generate_accept_token
except ImportError as error:
    raise ImportError(
        "zokio.http.websocket needs wsproto, which is not installed: pip install 'zokio[http]'"
    ) from error
