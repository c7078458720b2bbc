"""How gRPC connections are set up, on both ends, so that the two fit together.

The server pings every connection, a client those with calls open, so that a peer that is dead or frozen is noticed
within half a minute by a client and within a minute and a half by a server; the server allows more pings than any
client of ours sends.
"""

from __future__ import annotations

from dataclasses import dataclass

import grpc
import grpc.aio

from hookline_runtime.renewed_channel import Credentials, RenewedChannel

MIB = 1024 * 1024
LOOKAHEAD = 64 * 1024
Options = list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class ServerLimits:
    """What a server takes. Sizes in bytes, times in seconds."""

    max_receive_bytes: int = 4 * MIB
    max_send_bytes: int = 32 * MIB
    max_metadata_bytes: int = 16 * 1024
    max_concurrent_rpcs: int = 1000
    wrong_keys_per_minute: int = 60
    max_connection_idle: float = 3600.0
    keepalive_time: float = 60.0
    keepalive_timeout: float = 20.0
    max_ping_strikes: int = 2
    handshake_seconds: float = 10.0
    max_connections: int = 4000

    @property
    def most_metadata(self) -> int:
        """Metadata beyond that is always refused; from ``max_metadata_bytes`` on gRPC refuses it now and then."""
        return 2 * self.max_metadata_bytes

    @property
    def most_calls(self) -> int:
        """Beyond so many gRPC itself refuses: the interceptor does so before, with better words, and lets health in."""
        return 2 * self.max_concurrent_rpcs

    @property
    def most_pending(self) -> int:
        """How many calls may wait to be looked at: more than one connection may have."""
        return max(1000, 3 * self.max_concurrent_rpcs)


def server_options(limits: ServerLimits) -> Options:
    """Options of gRPC for a server; two servers never share a port by accident."""
    return [
        ("grpc.so_reuseport", 0),
        ("grpc.max_receive_message_length", limits.max_receive_bytes),
        ("grpc.max_send_message_length", limits.max_send_bytes),
        ("grpc.max_metadata_size", limits.max_metadata_bytes),
        ("grpc.absolute_max_metadata_size", limits.most_metadata),
        ("grpc.max_connection_idle_ms", round(limits.max_connection_idle * 1000)),
        ("grpc.keepalive_time_ms", round(limits.keepalive_time * 1000)),
        ("grpc.keepalive_timeout_ms", round(limits.keepalive_timeout * 1000)),
        ("grpc.http2.ping_timeout_ms", round(limits.keepalive_timeout * 1000)),
        ("grpc.keepalive_permit_without_calls", 1),
        ("grpc.http2.min_ping_interval_without_data_ms", 10_000),
        ("grpc.http2.max_ping_strikes", limits.max_ping_strikes),
        # The gateway's calls all come by one connection, so that one may have as many as all together.
        ("grpc.max_concurrent_streams", limits.most_calls),
        # Beyond that gRPC drops calls, whosever, before anybody has looked at their keys: at first a few at random.
        ("grpc.server.max_pending_requests", limits.most_pending),
        ("grpc.server.max_pending_requests_hard_limit", 2 * limits.most_pending),
        ("grpc.server_handshake_timeout_ms", round(limits.handshake_seconds * 1000)),
        # Until a client acknowledges the settings its metadata is bound by 16 MiB, whatever they say.
        ("grpc.http2.settings_timeout", round(limits.handshake_seconds * 1000)),
        # By default what is refused for its metadata is kept for up to a second, so that a flood of it fills memory.
        ("grpc.http.tarpit", 0),
        ("grpc.max_allowed_incoming_connections", limits.max_connections),
        # What a call has not asked for is received up to here and no further, whatever the connection could carry.
        ("grpc.http2.bdp_probe", 0),
        ("grpc.http2.lookahead_bytes", LOOKAHEAD),
    ]


def channel_options() -> Options:
    """Options of gRPC for a client: reconnects within seconds, pings while calls are open."""
    return [
        ("grpc.max_receive_message_length", 32 * MIB),
        ("grpc.max_send_message_length", 8 * MIB),
        ("grpc.max_metadata_size", 32 * 1024),
        ("grpc.absolute_max_metadata_size", 64 * 1024),
        ("grpc.keepalive_time_ms", 15_000),
        ("grpc.keepalive_timeout_ms", 15_000),
        # By default a minute, whatever the timeout of keepalive says.
        ("grpc.http2.ping_timeout_ms", 15_000),
        ("grpc.initial_reconnect_backoff_ms", 100),
        # Despite its name, how long an attempt to connect may take: a busy server's greeting comes late.
        ("grpc.min_reconnect_backoff_ms", 5_000),
        ("grpc.max_reconnect_backoff_ms", 3_000),
    ]


def open_channel(address: str, credentials: grpc.ChannelCredentials | Credentials | None = None) -> grpc.aio.Channel:
    """A channel to a server of this installation; without ``credentials`` in plain text.

    Those that are asked for are asked for at every call, and renewed without a pause.
    """
    if credentials is None:
        return grpc.aio.insecure_channel(address, options=channel_options())

    def opened(shown: grpc.ChannelCredentials) -> grpc.aio.Channel:
        return grpc.aio.secure_channel(address, shown, options=channel_options())

    if isinstance(credentials, grpc.ChannelCredentials):
        return opened(credentials)
    return RenewedChannel(credentials, opened)
