"""Whether and when to start a child again that died unexpectedly. Pure: the time is an argument."""

from dataclasses import dataclass

QUICK_SECONDS = 10.0
QUICK_DEATHS = 5
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 5.0


@dataclass(frozen=True, slots=True)
class StartAgain:
    """Start it again after a pause in seconds."""

    pause: float


@dataclass(frozen=True, slots=True)
class GiveUp:
    """It dies each time it is started: starting it again helps nobody."""

    deaths: int


@dataclass(slots=True)
class RestartPolicy:
    """Counts deaths that came within QUICK_SECONDS of the start; a longer life begins the count anew."""

    quick_deaths: int = 0

    def after_death(self, lived: float) -> StartAgain | GiveUp:
        """What to do about a child that lived this many seconds."""
        self.quick_deaths = self.quick_deaths + 1 if lived < QUICK_SECONDS else 1
        if self.quick_deaths >= QUICK_DEATHS:
            return GiveUp(self.quick_deaths)
        return StartAgain(min(_FIRST_PAUSE * 2 ** (self.quick_deaths - 1), _LONGEST_PAUSE))
