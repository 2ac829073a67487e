"""What to call an error of OpenSSL, and what to tell who gets it."""

from __future__ import annotations

import errno
import ssl
from typing import Final

from zokio.errors import CertificateError, TlsError, TruncatedError

HANDSHAKE: Final = "TLS handshake"
"""What was being done: an end is then something else than a cut."""

# By OpenSSL's name of the reason: what it means, and what to do.
_NO_TLS = "the peer does not speak TLS here; check the port, and that TLS is on at the other side"
_VERSION = (
    "the two sides have no TLS version in common; look at minimum_version and maximum_version "
    "of the contexts"
)
_CIPHER = "the two sides have no cipher in common; look at set_ciphers, and at the key types"
_OURS_IS_WANTED = "the peer wants a certificate of this side; give the context load_cert_chain"
_OURS_IS_REFUSED = (
    "the peer does not accept this side's certificate; check its issuer, its dates and its purpose"
)
_THEIRS_IS_WANTED = "the peer has shown no certificate; have it load one, or do not require it"
_PROTOCOL = "the two sides have no ALPN protocol in common; look at set_alpn_protocols"
_NAME = "the peer does not know this server name; check server_hostname"

ADVICE = {
    **dict.fromkeys(
        (
            *("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "HTTPS_PROXY_REQUEST", "UNKNOWN_PROTOCOL"),
            *("PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE", "BAD_RECORD_TYPE"),
            *("LENGTH_MISMATCH", "LENGTH_TOO_SHORT"),
        ),
        _NO_TLS,
    ),
    **dict.fromkeys(
        (
            *("UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION", "NO_PROTOCOLS_AVAILABLE"),
            *("VERSION_TOO_LOW", "WRONG_SSL_VERSION"),
        ),
        _VERSION,
    ),
    **dict.fromkeys(
        (
            *("NO_SHARED_CIPHER", "SSLV3_ALERT_HANDSHAKE_FAILURE", "NO_CIPHERS_AVAILABLE"),
            *("TLSV1_ALERT_INSUFFICIENT_SECURITY", "NO_SUITABLE_SIGNATURE_ALGORITHM"),
        ),
        _CIPHER,
    ),
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": _OURS_IS_WANTED,
    **dict.fromkeys(
        (
            *("TLSV1_ALERT_UNKNOWN_CA", "SSLV3_ALERT_BAD_CERTIFICATE"),
            *("SSLV3_ALERT_CERTIFICATE_EXPIRED", "SSLV3_ALERT_CERTIFICATE_REVOKED"),
            *("SSLV3_ALERT_CERTIFICATE_UNKNOWN", "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE"),
            "TLSV1_ALERT_ACCESS_DENIED",
        ),
        _OURS_IS_REFUSED,
    ),
    "PEER_DID_NOT_RETURN_A_CERTIFICATE": _THEIRS_IS_WANTED,
    "TLSV1_ALERT_NO_APPLICATION_PROTOCOL": _PROTOCOL,
    "NO_APPLICATION_PROTOCOL": _PROTOCOL,
    "TLSV1_UNRECOGNIZED_NAME": _NAME,
    "SSLV3_ALERT_UNEXPECTED_MESSAGE": "the peer did not expect that; close the stream",
}
OF_CERTIFICATES = (_OURS_IS_WANTED, _OURS_IS_REFUSED, _THEIRS_IS_WANTED)

HOST_NAME, ADDRESS, EXPIRED, NOT_YET_VALID = 62, 64, 10, 9
_WRONG_NAME = (
    "it is for another name; connect by the name that stands in it, or give that as server_hostname"
)
# By X.509's code of the verification.
VERIFICATION = {
    HOST_NAME: _WRONG_NAME,
    ADDRESS: _WRONG_NAME,
    EXPIRED: "it has expired; have its owner renew it, and check this machine's clock",
    NOT_YET_VALID: "it is not valid yet; check this machine's clock",
}
UNTRUSTED = (
    "nobody whom the context trusts has issued it; load its issuer with load_verify_locations, "
    "and have the peer send the certificates in between"
)


def tls_error(error: ssl.SSLError, what: str) -> TlsError:
    """The TlsError of the right kind for an error that came while doing `what`."""
    if isinstance(error, ssl.SSLCertVerificationError):
        advice = VERIFICATION.get(error.verify_code, UNTRUSTED)
        return CertificateError(
            errno.EPROTO,
            f"{what}: the peer's certificate is not accepted ({error.verify_message}): {advice}",
        )
    if isinstance(error, ssl.SSLEOFError) and what is HANDSHAKE:
        return TruncatedError(
            errno.ECONNRESET,
            f"{what}: the peer closed the connection in the middle of it; check that it speaks TLS "
            "there, and whether it accepts this side",
        )
    if isinstance(error, ssl.SSLEOFError):
        return TruncatedError(
            errno.ECONNRESET,
            f"{what}: the connection ended without close_notify, so that what came before may be "
            "only a part; do not take it for the whole",
        )
    reason = error.reason or "unknown"
    advice = ADVICE.get(reason, "TLS cannot go on; close the stream")
    kind = CertificateError if advice in OF_CERTIFICATES else TlsError
    return kind(errno.EPROTO, f"{what}: {reason.lower().replace('_', ' ')}: {advice}")
