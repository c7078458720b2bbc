"""`python -m hookline_runtime.health_check HOST:PORT`: exit status 0 when the service there says SERVING.

For container health checks, so that an image needs no other tool.
"""

from __future__ import annotations

import sys

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

TIMEOUT = 2.0
"""Seconds."""


def check(address: str) -> str:
    """What is wrong with the service at ``address``; empty when nothing is."""
    with grpc.insecure_channel(address) as channel:
        try:
            answer = health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=TIMEOUT)
        except grpc.RpcError as error:
            return f"no answer: {error.code().name}"
    status: str = health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status)
    return "" if status == "SERVING" else status


if __name__ == "__main__":
    wrong = check(sys.argv[1])
    if wrong:
        sys.stderr.write(f"{sys.argv[1]}: {wrong}\n")
    sys.exit(1 if wrong else 0)
