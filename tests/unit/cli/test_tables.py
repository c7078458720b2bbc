from __future__ import annotations

import pytest
from google.protobuf.duration_pb2 import Duration
from hookline.dispatcher.v1 import delivery_pb2

from hookline_cli import tables


def micros(count: int | None) -> Duration | None:
    return None if count is None else Duration(nanos=count * 1000)


@pytest.mark.parametrize(
    ("connect", "first_byte", "said"),
    [
        (2_000, 9_500, "connect 2.0 ms, wait 7.5 ms, read 0.5 ms"),
        (0, 9_500, "kept connection, wait 9.5 ms, read 0.5 ms"),
        (2_000, None, "connect 2.0 ms, wait 8.0 ms"),
        (None, 9_500, "connect and wait 9.5 ms, read 0.5 ms"),
        (None, None, ""),
    ],
)
def test_where_the_time_of_an_attempt_went(connect: int | None, first_byte: int | None, said: str) -> None:
    attempt = delivery_pb2.Attempt(
        latency=micros(10_000),
        connect_latency=micros(connect),
        connection_reused=connect == 0,
        first_byte_latency=micros(first_byte),
    )
    assert tables.where_it_went(attempt) == said
