"""How long a plugin is left alone after its process had to be killed: longer each time, up to a minute. Pure."""

from dataclasses import dataclass

FIRST = 1.0
LONGEST = 60.0
FORGIVEN_AFTER = 4
"""So many times its last pause it must have run well, and then begins anew."""


@dataclass(frozen=True, slots=True)
class Breaker:
    """Pauses double with each strike; all times are in seconds of one clock."""

    pause: float = 0.0
    until: float = 0.0

    def struck(self, now: float) -> "Breaker":
        """Give the breaker after one more strike."""
        forgiven = now > self.until + FORGIVEN_AFTER * self.pause
        pause = FIRST if forgiven else min(LONGEST, 2 * self.pause)
        return Breaker(pause, now + pause)

    def left(self, now: float) -> float:
        """Give the seconds for which it is still left alone."""
        return max(0.0, self.until - now)
