"""Headers that a user chooses: which names they may have, and values with merge fields.

The one home of the rule for names: subscriptions and webhooks are held to it when they are saved. A merged value with
a control character is never sent, in whatever encoding a receiver would take it for a line end.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hookline_plugin.encoder import Payload
from hookline_plugin.merging import Part, scan
from hookline_plugin.template import Merge, Names
from hookline_runtime.webhook.filling import fill, merges_of
from hookline_runtime.webhook.refusals import RenderRefused, WebhookFlaw

MAX_HEADERS = 50
MAX_VALUE = 8_192
"""Bytes of a merged value."""

_OWNED = frozenset(
    {
        "accept-encoding",
        "connection",
        "content-length",
        "expect",
        "host",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
_OWNED_FAMILIES = ("proxy-", "webhook-")
_is_name = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}").fullmatch
# All but the tab; C1 controls and Unicode's own line ends too, which some receivers take for line ends.
_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")


def is_owned(name: str) -> bool:
    """Say whether only Hookline itself may set a header: those of the transport and those of the signature."""
    folded = name.lower()
    return folded in _OWNED or folded.startswith(_OWNED_FAMILIES)


def header_flaws(headers: Sequence[tuple[str, str]]) -> Iterator[WebhookFlaw]:
    """Give what is wrong with names and values as they are written; paths start at `headers`."""
    if len(headers) > MAX_HEADERS:
        yield WebhookFlaw("headers", f"must be at most {MAX_HEADERS}")
    seen: set[str] = set()
    for number, (name, value) in enumerate(headers):
        at, folded = f"headers[{number}]", name.lower()
        if not _is_name(name):
            yield WebhookFlaw(f"{at}.name", "must be letters, digits and !#$%&'*+-.^_`|~, 1 to 128 of them")
        elif is_owned(name):
            yield WebhookFlaw(f"{at}.name", "is a header that only Hookline itself may set")
        elif folded in seen:
            yield WebhookFlaw(f"{at}.name", "is the name of an earlier header, too (letter case does not count)")
        if _CONTROL.search(value):
            yield WebhookFlaw(f"{at}.value", "must hold no control characters")
        seen.add(folded)


@dataclass(frozen=True, slots=True)
class HeaderTemplate:
    """A header whose value was parsed."""

    name: str
    parts: tuple[Part, ...]

    @property
    def merges(self) -> tuple[Merge, ...]:
        """The merge fields of the value."""
        return merges_of(self.parts)

    def render(self, values: Payload) -> tuple[str, str]:
        """Give name and value, of valid Unicode.

        Raises RenderRefused where the value would hold a control character or more than `MAX_VALUE` bytes of UTF-8.
        """
        try:
            value = fill(self.parts, values, _without_controls, MAX_VALUE)
        except RenderRefused as refused:
            raise RenderRefused(f"header {self.name}: {refused.reason}") from None
        if len(value.encode()) > MAX_VALUE:
            raise RenderRefused(f"header {self.name}: longer than {MAX_VALUE} bytes with its values")
        return self.name, value


def parse_header(name: str, value: str, names: Names) -> HeaderTemplate:
    """Parse a header that `header_flaws` finds nothing wrong with.

    Raises TemplateError.
    """
    return HeaderTemplate(name, scan(value, names))


def _without_controls(value: str) -> str:
    if _CONTROL.search(value):
        raise RenderRefused("a value that is merged in holds a control character")
    return value
