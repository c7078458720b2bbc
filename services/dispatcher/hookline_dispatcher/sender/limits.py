"""How much of anything the sender takes, keeps and waits for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of the sender: sizes in bytes, times in seconds.

    `head_read` bounds the head of an answer while it is parsed, all interim (1xx) heads included; `head_kept` and
    `body_kept` what is reported of it. A body is read on up to `body_read`, so that the connection can be used again;
    beyond that, or in more than `body_pieces` pieces, the connection is closed. `interim_answers` is how many 1xx heads
    may come before the answer.
    An idle connection is kept for `idle_time`, `idle_per_endpoint` of them for one endpoint and `idle_total` in all.
    One that no request has used yet is kept for `unused_time`, longer than between any two slots of a throttle.
    A request that has a slot takes none that is idle for `slot_idle_time`: receivers close theirs after seconds.
    """

    head_read: int = 64 * 1024
    head_kept: int = 16 * 1024
    body_read: int = 1024 * 1024
    body_kept: int = 16 * 1024
    body_pieces: int = 16 * 1024
    interim_answers: int = 16
    idle_time: float = 15.0
    unused_time: float = 75.0
    slot_idle_time: float = 1.0
    idle_per_endpoint: int = 256
    idle_total: int = 4_096
