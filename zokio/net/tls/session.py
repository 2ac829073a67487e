"""Session: what the two sides of a TLS connection have agreed on."""

from __future__ import annotations

from typing import Any

from zokio.net.tls.engine import Engine


class Session:
    """The part of `TlsStream` that looks at the session."""

    __slots__ = ()

    _engine: Engine

    @property
    def version(self) -> str | None:
        """The version of the protocol, such as "TLSv1.3"."""
        return self._engine.tls.version()

    @property
    def cipher(self) -> tuple[str, str, int] | None:
        """The cipher: its name, the version of the protocol that defined it, its secret bits."""
        return self._engine.tls.cipher()

    @property
    def alpn_protocol(self) -> str | None:
        """The protocol that both want to speak (ALPN), such as "h2"; None if none was agreed on."""
        return self._engine.tls.selected_alpn_protocol()

    @property
    def peer_certificate(self) -> dict[str, Any] | None:  # Any: as `ssl` types its fields
        """The peer's certificate, as `ssl.SSLSocket.getpeercert` gives it; None if it has none.

        Empty if this side's context does not verify certificates: nothing in it can be relied on.
        """
        return self._engine.tls.getpeercert()

    @property
    def peer_certificate_der(self) -> bytes | None:
        """The peer's certificate in DER, verified or not."""
        return self._engine.tls.getpeercert(binary_form=True)

    def channel_binding(self, kind: str = "tls-unique") -> bytes | None:
        """What binds another authentication to this connection: see `ssl`."""
        return self._engine.tls.get_channel_binding(kind)
