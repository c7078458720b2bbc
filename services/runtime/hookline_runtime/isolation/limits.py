"""How far a plugin may go, and which plugins are trusted to need no limits."""

from dataclasses import dataclass

EVERY = "*"


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of a plugin's process: seconds of each kind of call, and megabytes of address space."""

    seconds: float = 1.0
    """Of what is on the way of an event or a delivery."""
    import_seconds: float = 10.0
    megabytes: int = 1024

    @property
    def check_seconds(self) -> float:
        """Of what a person waits for: checks of a definition that is saved."""
        return 5 * self.seconds

    @property
    def patience(self) -> float:
        """How long a call waits for its turn."""
        return max(1.0, self.seconds)


@dataclass(frozen=True, slots=True)
class Isolation:
    """Which plugins run apart, and how: all but the built-in ones and those that are trusted by name."""

    limits: Limits = Limits()
    trusted: frozenset[str] = frozenset()

    def trusts(self, plugin: str) -> bool:
        """Whether a plugin runs in the service itself."""
        return EVERY in self.trusted or plugin in self.trusted
