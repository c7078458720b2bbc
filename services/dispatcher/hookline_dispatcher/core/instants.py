"""Moments and spans in microseconds, as the core and the store count them."""

from __future__ import annotations

MILLISECOND = 1_000
SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

NEVER = 1 << 62
"""Later than any moment that comes: the ready time of a lane that waits for something other than time."""
