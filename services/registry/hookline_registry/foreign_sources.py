"""Asking trigger sources in bounds: those of third parties may raise, hang, or answer with anything at all.

A source is asked in a thread of its own, outside any transaction. One that runs apart is stopped at its bound; one that
is trusted to run in this process is given up on. Its thread cannot be stopped: how many of one source may be under way
is bounded, too.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from threading import Thread
from typing import TypeVar, cast

from hookline_plugin import Flaw, TriggerSource, Value, World
from hookline_plugin.trigger import MAX_CAMPAIGNS, NamesCampaigns, Resolving
from hookline_runtime.errors import InvalidArgument, ResourceExhausted, Unavailable, Violation
from hookline_runtime.isolation.sources import SourceApart
from hookline_runtime.isolation.trouble import PluginAway, words_of

FIELD = "trigger.configuration"
MAX_FLAWS = 100
MAX_WEBHOOKS = 1000
MAX_RESOLVED = 1 << 20
MAX_DEPTH = 32

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Raised:
    error: BaseException


class Asking:
    """Asks sources, each for at most `bound` seconds, about a `field`; `most` of one may be under way at a time."""

    def __init__(self, bound: float = 5.0, most: int = 8, field: str = FIELD) -> None:
        self._field = field
        self._bound = bound
        self._most = most
        self._under_way: Counter[str] = Counter()

    async def webhooks(self, source: TriggerSource, definition: Mapping[str, Value]) -> tuple[int, ...]:
        """Give the webhooks that a definition fires.

        Raises InvalidArgument where the source fails, Unavailable where it is not asked at the moment.
        """
        return await self._ask(source, lambda: _ids(source.webhooks(definition), MAX_WEBHOOKS))

    async def campaigns(self, source: TriggerSource, definition: Mapping[str, Value]) -> tuple[int, ...]:
        """Give the campaigns that a definition names.

        Raises InvalidArgument where the source fails, Unavailable where it is not asked at the moment.
        """
        if not isinstance(source, NamesCampaigns):
            return ()
        return await self._ask(source, lambda: _ids(source.campaigns(definition), MAX_CAMPAIGNS))

    async def taken(
        self, source: TriggerSource, definition: Mapping[str, Value], world: World
    ) -> Mapping[str, Value] | tuple[Flaw, ...]:
        """Give what is compiled of a definition, or all that is wrong with it.

        Raises InvalidArgument where the source fails, Unavailable where it is not asked at the moment.
        """
        return await self._ask(source, lambda: _taken(source, definition, world))

    async def _ask(self, source: TriggerSource, work: Callable[[], T]) -> T:
        name = source.name
        if self._under_way[name] >= self._most:
            raise ResourceExhausted(
                f"the plugin of {name} is being asked too much at the moment",
                1.0,
                quota="plugins asked",
                reason="PLUGINS_BUSY",
            )
        answer = self._begin(name, work)
        try:
            # What runs apart has a bound of its own, and says what became of it.
            async with asyncio.timeout(None if isinstance(source, SourceApart) else self._bound):
                given = await answer
        except TimeoutError:
            raise self._refusal(name, f"did not answer within {self._bound:g} s") from None
        match given:
            case _Raised(PluginAway() as away):
                raise Unavailable(f"the plugin of {name} {away.words}", away.seconds, reason="PLUGIN_AWAY")
            case _Raised(error):
                raise self._refusal(name, words_of(error))
            case _:
                return given

    def _begin(self, name: str, work: Callable[[], T]) -> asyncio.Future[T | _Raised]:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T | _Raised] = loop.create_future()

        def settle(given: T | _Raised) -> None:
            self._under_way[name] -= 1
            if not answer.done():
                answer.set_result(given)

        def run() -> None:
            try:
                given: T | _Raised = work()
            except BaseException as error:  # it is a plugin's: nothing that it raises may end the thread unheard
                given = _Raised(error)
            try:
                loop.call_soon_threadsafe(settle, given)
            except RuntimeError:
                return  # the service has stopped meanwhile

        self._under_way[name] += 1
        Thread(target=run, name=f"ask-{name}", daemon=True).start()
        return answer

    def _refusal(self, name: str, words: str) -> InvalidArgument:
        return InvalidArgument(Violation(self._field, f"the plugin of {name} {words}"))


def read_configuration(text: bytes) -> dict[str, Value]:
    """Read the JSON object of a configuration; empty stands for one without keys.

    Raises InvalidArgument.
    """
    try:
        found: object = json.loads(text or b"{}")
        _written(found)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        reason = f"must be a JSON object, nested at most {MAX_DEPTH} deep, without numbers that JSON has not"
        raise InvalidArgument(Violation(FIELD, reason))
    if "paused" in found:
        raise InvalidArgument(Violation(f"{FIELD}.paused", "is the server's: pause the trigger instead"))
    return found


def _written(value: object) -> bytes:
    _check_depth(value)
    return json.dumps(value, ensure_ascii=False, allow_nan=False).encode()


def _check_depth(value: object) -> None:
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        inner: list[object] = []
        for each in level:
            if isinstance(each, dict):
                inner.extend(each.values())
            elif isinstance(each, (list, tuple)):
                inner.extend(each)
        level = inner
    if level:
        raise ValueError("nested too deep")


def _ids(named: Iterable[int], most: int) -> tuple[int, ...]:
    given = tuple(dict.fromkeys(islice(named, most + 1)))
    if len(given) > most:
        raise ValueError("too many ids")
    if not all(type(each) is int and 0 < each < 2**63 for each in given):
        raise TypeError("no ids")
    return given


def _taken(
    source: TriggerSource, definition: Mapping[str, Value], world: World
) -> Mapping[str, Value] | tuple[Flaw, ...]:
    flaws = tuple(islice(source.check(definition, world), MAX_FLAWS))
    if flaws:
        return tuple(Flaw(str(flaw.path)[:256], str(flaw.reason)[:512]) for flaw in flaws)
    resolved: object = source.resolve(definition, world) if isinstance(source, Resolving) else definition
    written = _written(resolved)
    if not isinstance(resolved, Mapping) or len(written) > MAX_RESOLVED:
        raise TypeError("no definition")
    return cast("Mapping[str, Value]", json.loads(written))
