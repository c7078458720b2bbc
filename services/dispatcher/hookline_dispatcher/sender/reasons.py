"""What went wrong, in words for the customer: never an address, never the text of a foreign exception."""

import errno
import ssl

OUT_OF_SOCKETS = frozenset({errno.EMFILE, errno.ENFILE})
"""Errors by which the system says that this side has no more sockets."""

TIMED_OUT = "the answer was not complete in time"

_CONNECT_REASONS = {
    errno.ECONNREFUSED: "the receiver refused the connection",
    errno.ECONNRESET: "the receiver reset the connection",
    errno.EHOSTUNREACH: "the receiver cannot be reached",
    errno.ENETUNREACH: "the receiver's network cannot be reached",
    errno.ETIMEDOUT: "the receiver did not take the connection",
    **dict.fromkeys(OUT_OF_SOCKETS, "the sender has no more sockets"),
}


def connect_reason(error: OSError) -> str:
    """Say why no connection came about."""
    return _CONNECT_REASONS.get(error.errno or 0, "no connection came about")


def tls_reason(error: Exception) -> str:
    """Say why no trusted connection came about; OpenSSL's own words where they are known to be harmless."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the receiver's certificate is not trusted: {error.verify_message.rstrip('.')}"
    if isinstance(error, ssl.SSLError) and error.reason:
        return f"the TLS handshake failed: {error.reason.lower().replace('_', ' ')}"
    return "the receiver broke off the TLS handshake"
