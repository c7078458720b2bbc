"""Why a webhook cannot be saved, and why a saved one cannot be rendered for some data."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WebhookFlaw:
    """What is wrong with a webhook: `path` names the setting (`headers[2].value`), `reason` is for people.

    The reason for a template says line and column, both from 1.
    """

    path: str
    reason: str


class WebhookRefused(ValueError):
    """A webhook that can never be sent as it is written; `flaws` are all that was found.

    `passing` says that it was a plugin which could not be asked: it may be taken later, as it is.
    """

    def __init__(self, flaws: Sequence[WebhookFlaw], passing: bool = False) -> None:
        super().__init__("; ".join(f"{flaw.path}: {flaw.reason}" for flaw in flaws))
        self.flaws = tuple(flaws)
        self.passing = passing


class RenderRefused(ValueError):
    """A request that cannot be rendered for these values; `reason` holds nothing of them.

    `passing` says that its plugin is not asked at the moment: it is for no fault of the request's.
    """

    def __init__(self, reason: str, passing: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.passing = passing
