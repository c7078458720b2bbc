"""What the router would make of an event: decided as ever from what is stored now, and nothing of it kept.

The event is laid over the object's newest state as a commit would lay it; then each definition with memory that it
concerns takes its step after those before it, as in a turn. Nothing is written, nobody is told of failures, and what
emitting counts against is left as it was.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from hookline_dispatcher.config.account import AccountConfig
from hookline_dispatcher.config.triggers import FindSource, Trigger
from hookline_dispatcher.core.event import Event
from hookline_dispatcher.core.instants import NEVER
from hookline_dispatcher.ingest.routing import remembered
from hookline_dispatcher.store.model import Intake, OwnRoute
from hookline_dispatcher.store.routing import (
    NO_MEMORY,
    NO_OBJECT,
    Cause,
    ObjectKey,
    Post,
    Route,
    Stepped,
    What,
    Work,
)

from .foreign import ASKED, PutOff
from .gathering import Accounts, Gatherer, Read
from .listening import listening
from .material import Material, Told
from .membership import Seen
from .retrying import BEHIND
from .spending import Spending
from .telling import Teller

SEQ = 0
"""What stands for the seq of an event that is not stored."""

PLUGIN_SECONDS = 3.0
"""How long a plugin that runs apart is waited for."""

LATE = "its plugin does not answer in time"
AGAIN = "it has fired that before"


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """A definition that an event concerns, and what it would do; ``why`` says why nothing, or what else there is."""

    trigger: Trigger
    stepped: Stepped | None = None
    why: str = ""

    @property
    def quiet(self) -> bool:
        """Whether nothing that anybody could see would follow."""
        step = self.stepped
        return step is None or not (step.causes or step.emitted or step.moves or step.start or step.cancel)


class Rehearser:
    """Rehearses events.

    Args:
        store: What is remembered; it is only read.
        accounts: The configuration.
        find_source: Compiles earlier versions of definitions.
        spending: What the router counts emitted events by.
    """

    def __init__(self, store: Read, accounts: Accounts, find_source: FindSource, spending: Spending) -> None:
        self._store = store
        self._gatherer = Gatherer(store, accounts, find_source)
        self._spending = spending

    async def rehearse(self, event: Event, config: AccountConfig, now: int) -> AsyncIterator[Rehearsed]:
        """What each definition with memory that ``event`` concerns would do, in the order in which they would be told.

        Raises:
            StoreFailed: it cannot be read.
        """
        routes = _routes(event, config, now)
        if not routes:
            return
        about = routes[0].object
        read = await self._gatherer.gather(Work(routes, (), {SEQ: event}, NEVER), now)
        material = replace(
            read,
            memories=dict(read.memories),
            objects={**read.objects, about: read.objects.get(about, NO_OBJECT).after(event)},
            spending=self._spending.apart(about),
            rehearsed=True,
        )
        teller = Teller(material)
        for route in routes:
            told = material.told(route)
            assert told is not None, "its event is there"
            for post, trigger, maps in listening(route, event, config, material.memories):
                yield await self._one(teller, material, told, post, trigger, maps)

    async def _one(
        self, teller: Teller, material: Material, told: Told, post: Post, trigger: Trigger, maps: Seen
    ) -> Rehearsed:
        config = material.configs[post.account_id]
        assert config is not None, "it was read"
        memory, stored = material.memories.get(post, NO_MEMORY), material.objects[post.object]
        # What is told alone waits behind nothing; what settles is not told at all of what it may not fire.
        why = BEHIND if memory.blocked and not trigger.alone else ""
        why = (config.withholds(trigger, post.object_type_id) if trigger.settled else "") or why
        if why:
            return Rehearsed(trigger, why=why)
        found = teller.tell(trigger, post, told, config, maps)
        if teller.wanted:
            await material.answers.ask(teller.wanted, PLUGIN_SECONDS)
            teller.wanted.clear()
            material.memories[post], material.objects[post.object] = memory, stored
            found = teller.tell(trigger, post, told, config, maps)
        missing = teller.missing - material.named.keys()
        if missing:
            material.named.update(await self._gatherer.named(missing))
            material.memories[post], material.objects[post.object] = memory, stored
            found = teller.tell(trigger, post, told, config, maps)
        if isinstance(found, str):
            return Rehearsed(trigger, why=found)
        if isinstance(found, PutOff):
            teller.wanted.clear()
            return Rehearsed(trigger, why=LATE if found is ASKED else found.reason)
        outcome, stepped, note = found
        fresh = await self._fresh(stepped)
        again = stepped.causes and not fresh
        said = note or outcome.why or (AGAIN if again else "")
        withheld = config.withholds(trigger, post.object_type_id)
        if withheld and withheld not in said:
            said = f"{withheld}; {said}" if said else withheld
        return Rehearsed(trigger, replace(stepped, causes=fresh), said)

    async def _fresh(self, stepped: Stepped) -> tuple[Cause, ...]:
        """What would be fired that was not fired before."""
        if not stepped.causes:
            return ()
        keys = {fired.key for cause in stepped.causes for fired in cause.firings}
        gone = await self._store.fired_keys(stepped.source, stepped.post, keys)
        fresh = []
        for cause in stepped.causes:
            firings = {fired.key: fired for fired in reversed(cause.firings) if fired.key not in gone}
            gone.update(firings)
            fresh.append(cause._replace(firings=tuple(reversed(firings.values()))))
        return tuple(cause for cause in fresh if cause.firings)


def _routes(event: Event, config: AccountConfig, now: int) -> tuple[Route, ...]:
    """What a commit of the event would leave for the router."""
    about = ObjectKey(event.account_id, event.object_type_id, event.object_id)
    sources = remembered(Intake(event, b"", now), config).routes
    told = [OwnRoute(source, 0, 0) for source in sources]
    told += [OwnRoute(each.source, each.key.kind, each.key.id) for each in config.alone(event)]
    return tuple([Route(0, about, source, What.EVENT, kind, id_, SEQ, create_time=now) for source, kind, id_ in told])
