"""What is counted of every RPC; one set of series for each server.

Labels are the names of methods that exist and gRPC's codes, so their number is bounded.
"""

from __future__ import annotations

import grpc
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class RpcMetrics:
    """The series of one server, in ``registry``."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._done = Counter(
            "hookline_rpcs", "RPCs that ended, by method and status code.", ["method", "code"], registry=registry
        )
        self._seconds = Histogram(
            "hookline_rpc_seconds",
            "How long RPCs with a single response took.",
            ["method"],
            registry=registry,
            buckets=_BUCKETS,
        )
        self._open = Gauge("hookline_rpcs_in_flight", "RPCs under way.", ["method"], registry=registry)

    def of(self, method: str) -> MethodMetrics:
        """The series of one method."""
        return MethodMetrics(method, self._done, self._seconds.labels(method), self._open.labels(method))


class MethodMetrics:
    """The series of one method; looks every label up once."""

    def __init__(self, method: str, done: Counter, seconds: Histogram, open_rpcs: Gauge) -> None:
        self._method = method
        self._done = done
        self._seconds = seconds
        self._by_code: dict[grpc.StatusCode, Counter] = {}
        self.began = open_rpcs.inc
        self._ended = open_rpcs.dec

    def refused(self, code: grpc.StatusCode) -> None:
        """Counts an RPC that never began."""
        counter = self._by_code.get(code)
        if counter is None:
            counter = self._by_code[code] = self._done.labels(self._method, code.name)
        counter.inc()

    def ended(self, code: grpc.StatusCode, seconds: float | None) -> None:
        """Counts an RPC that began; ``seconds`` is None for one with a stream of responses."""
        self._ended()
        self.refused(code)
        if seconds is not None:
            self._seconds.observe(seconds)
