"""How a sink answers, and how it misbehaves. Pure: randomness is an argument."""

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What a sink does with requests that it received.

    fail_rate is the share, 0 to 1, that is answered with fail_status; the others get status. delay is in seconds and
    holds for all; retry_after, in seconds, goes along with every answer that is not 2xx.
    """

    status: int = 200
    fail_rate: float = 0.0
    fail_status: int = 503
    delay: float = 0.0
    retry_after: int | None = None

    def answer(self, source: random.Random) -> tuple[int, dict[str, str]]:
        """The status and headers of the next answer."""
        failed = self.fail_rate > 0 and source.random() < self.fail_rate
        status = self.fail_status if failed else self.status
        slow_down = self.retry_after is not None and not 200 <= status < 300
        return status, {"retry-after": str(self.retry_after)} if slow_down else {}
