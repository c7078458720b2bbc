"""The SSL contexts that connections are opened with: one for almost all targets, and those of targets with their own.

One that shows a certificate and trusts the system's authorities takes most of a megabyte and tens of milliseconds, so
only some are kept. They are made on a thread, one at a time: whoever has many takes no more than that of everybody's
time. What goes with one that is kept no longer is told, so that what stands by it can be closed.
"""

import asyncio
import functools
import ssl
from collections import OrderedDict
from collections.abc import Callable

from hookline_runtime.tls.to_receivers import ReceiverTls, receiver_context

MOST_KEPT = 64


class UnusableTls(Exception):
    """What a target should show or trust is not taken any more; the text is fit for the customer."""


class Contexts:
    """Contexts by what they show and trust.

    Args:
        shared: That of all targets without settings of their own; None: one of the whole process.
        gone: Hears of settings whose context is kept no longer.
    """

    def __init__(
        self, shared: ssl.SSLContext | None, gone: Callable[[ReceiverTls], None], most_kept: int = MOST_KEPT
    ) -> None:
        self._shared = shared or shared_ssl_context()
        self._gone = gone
        self._most_kept = most_kept
        self._kept: OrderedDict[ReceiverTls, ssl.SSLContext] = OrderedDict()
        self._making = asyncio.Lock()

    async def of(self, tls: ReceiverTls | None) -> ssl.SSLContext:
        """Give the context for a target's settings; raises UnusableTls."""
        if tls is None:
            return self._shared
        context = self._kept.get(tls)
        if context is None:
            async with self._making:
                context = self._kept.get(tls) or await _made(tls)
                self._kept[tls] = context
        self._kept.move_to_end(tls)
        if len(self._kept) > self._most_kept:
            self._gone(self._kept.popitem(last=False)[0])
        return context


async def _made(tls: ReceiverTls) -> ssl.SSLContext:
    try:
        return await asyncio.to_thread(receiver_context, tls)
    except ValueError:
        reason = "the client certificate or the CA certificates of the target cannot be used"
        raise UnusableTls(reason) from None


@functools.cache
def shared_ssl_context() -> ssl.SSLContext:
    """Return one context for all: reading the authorities takes tens of milliseconds."""
    return receiver_context()
