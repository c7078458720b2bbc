"""Campaigns as a trigger source with memory: definitions are checked, compiled, and asked step by step."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo

from hookline_builtin.campaign.elements import Element, Entry, Fork, Goal, Send, UntilField, Wait
from hookline_builtin.campaign.graph import graph_of
from hookline_builtin.campaign.journey import Map, take_step
from hookline_builtin.campaign.language import condition_flaws, resolved_condition, trigger_flaws
from hookline_builtin.campaign.node import Node
from hookline_builtin.campaign.place import read
from hookline_builtin.campaign.reading import MAX_ELEMENTS, Placed, read_elements
from hookline_builtin.campaign.shape import shape_flaws
from hookline_plugin.catalogue import FIELD_IS_UPDATED
from hookline_plugin.encoder import Payload
from hookline_plugin.stateful import Memory, Outcome, Step
from hookline_plugin.trigger import MAX_CAMPAIGNS, Flaw, Interest, World

NAME = "campaign"
LIVE = "CAMPAIGN_STATE_LIVE"
MAX_FLAWS = 100
_DATES = ("date", "timestamp")
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]{0,31}(?:/[A-Za-z0-9_+-]{1,31}){0,2}")


class CompiledCampaign:
    """A version of a campaign that can be asked."""

    def __init__(self, map_: Map) -> None:
        self.map = map_
        named = _campaigns(map_.graph.elements.values())
        self._campaigns = tuple(campaign_id for campaign_id in named if campaign_id != map_.id)
        self._interests = () if map_.paused else tuple(dict.fromkeys(_interests(map_)))
        self._watches = () if map_.paused else tuple(dict.fromkeys(_watches(map_)))

    @property
    def version(self) -> int:
        """How often the campaign had been published when this map was."""
        return self.map.version

    @property
    def paused(self) -> bool:
        """Whether contacts are held where they are; a draft holds nobody, and lets nobody in."""
        return self.map.paused

    @property
    def interests(self) -> Sequence[Interest]:
        """What the triggers of entries can match."""
        return self._interests

    @property
    def watches(self) -> Sequence[Interest]:
        """What the triggers of goals can match, and changes of fields that waits go by."""
        return self._watches

    @property
    def campaigns(self) -> Sequence[int]:
        """Other campaigns that its conditions ask about."""
        return self._campaigns

    def is_on(self, memory: Memory) -> bool:
        """Say whether the contact is on the map: from when it went on from its entry until it left."""
        return read(memory).on_map

    def step(self, step: Step) -> Outcome:
        """Decide what follows; raises ValueError for a memory that is none of a campaign's."""
        before = step.before.map.graph if isinstance(step.before, CompiledCampaign) else None
        return take_step(self.map, step, before)


class CampaignSource:
    """Knows campaigns as the contract writes them, with the elements of the map that contacts follow."""

    name = NAME

    def check(self, definition: Payload, world: World) -> Iterable[Flaw]:
        """Give what is wrong with a map before it goes live, at most a hundred flaws, one for a path."""
        root = Node(definition, "", [])
        placed = _read(root)
        root.flag("reentry_allowed")
        zone_of(root)
        found: dict[str, Flaw] = {}
        for flaw in (*root.flaws, *_misfits(placed, root, world)):
            found.setdefault(flaw.path, flaw)
        return list(found.values())[:MAX_FLAWS]

    def webhooks(self, definition: Payload) -> Iterable[int]:
        """Give the ids of the webhooks that a definition fires, each once, in order."""
        placed = read_elements(Node(definition, "", []))
        fired = (each.element.webhook_id for each in placed if isinstance(each.element, Send))
        return list(dict.fromkeys(fired))

    def campaigns(self, definition: Payload) -> Iterable[int]:
        """Give the ids of the campaigns that conditions ask about, each once, in order."""
        return _campaigns(each.element for each in read_elements(Node(definition, "", [])))

    def resolve(self, definition: Payload, world: World) -> Payload:
        """Put the kind of its field into each comparison of a condition."""
        root = Node(definition, "", [])
        object_type_id = root.whole("object_type_id", 0, 2**31 - 1)
        elements = [_resolved(node, object_type_id, world) for node in root.children("elements", MAX_ELEMENTS)]
        return {**definition, "elements": elements}

    def compile(self, definition: Payload) -> CompiledCampaign:
        """Get a campaign ready to be asked; raises ValueError with the first flaw that it has in itself."""
        root = Node(definition, "", [])
        placed = _read(root)
        map_ = Map(
            id=root.whole("id", 0, 2**63 - 1),
            object_type_id=root.whole("object_type_id", 0, 2**31 - 1),
            version=root.whole("version", 1, 2**63 - 1),
            paused=root.text("state") != LIVE,
            reentry_allowed=root.flag("reentry_allowed"),
            zone=zone_of(root),
            graph=graph_of(each.element for each in placed),
        )
        if root.flaws:
            raise ValueError(f"{root.flaws[0].path}: {root.flaws[0].reason}")
        return CompiledCampaign(map_)


def _read(root: Node) -> list[Placed]:
    placed = read_elements(root)
    # What the elements are together says nothing while one of them could not be read.
    if len(placed) == len(root.items("elements", MAX_ELEMENTS)):
        root.flaws.extend(shape_flaws(placed))
    if len(_campaigns(each.element for each in placed)) > MAX_CAMPAIGNS:
        root.flaw("elements", f"ask about more than {MAX_CAMPAIGNS} campaigns")
    return placed


def _campaigns(elements: Iterable[Element]) -> Sequence[int]:
    forks = (element for element in elements if isinstance(element, Fork))
    return list(dict.fromkeys(campaign_id for fork in forks for campaign_id in fork.condition.campaigns))


def _resolved(node: Node, object_type_id: int, world: World) -> Payload:
    body = node.value.get("condition")
    if not isinstance(body, Mapping):
        return node.value
    return {**node.value, "condition": resolved_condition(body, object_type_id, world)}


def _misfits(placed: Sequence[Placed], root: Node, world: World) -> Iterator[Flaw]:
    object_type_id = root.whole("object_type_id", 0, 2**31 - 1)
    if object_type_id not in world.object_types:
        yield Flaw("object_type_id", f"there is no type of object {object_type_id}")
        return
    for each in placed:
        match each.element:
            case Entry():
                yield from trigger_flaws(each.node.child("entry"), object_type_id, world)
            case Goal():
                yield from trigger_flaws(each.node.child("goal"), object_type_id, world)
            case Fork():
                yield from condition_flaws(each.node.child("condition"), object_type_id, world)
            case Send():
                yield from _webhook_flaws(each, object_type_id, world)
            case Wait():
                yield from _field_flaws(each, object_type_id, world)


def zone_of(root: Node) -> tzinfo:
    """Give the time zone that a definition names, UTC where it names none."""
    name = root.text("time_zone")
    if name in ("", "UTC"):
        return UTC
    try:
        # A name is looked up as a file, so that only what looks like a name is.
        if _ZONE.fullmatch(name):
            return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        pass
    root.flaw("time_zone", f"there is no time zone {name[:64]!r}; it must be a name such as Europe/Berlin")
    return UTC


def _interests(map_: Map) -> Iterator[Interest]:
    for entry in map_.graph.entries:
        yield from entry.triggers.interests


def _watches(map_: Map) -> Iterator[Interest]:
    for element in map_.graph.elements.values():
        match element:
            case Goal():
                yield from element.triggers.interests
            case Wait(until=UntilField(field=field)):
                yield Interest(FIELD_IS_UPDATED, map_.object_type_id, field)
            case Entry() | _:
                pass


def _webhook_flaws(each: Placed, object_type_id: int, world: World) -> Iterator[Flaw]:
    if not isinstance(each.element, Send):
        return
    path = each.node.at("webhook.webhook_id")
    about = world.webhooks.get(each.element.webhook_id)
    if about is None:
        yield Flaw(path, f"there is no webhook {each.element.webhook_id}")
    elif about != object_type_id:
        yield Flaw(path, f"webhook {each.element.webhook_id} is about objects of type {about}, not {object_type_id}")


def _field_flaws(each: Placed, object_type_id: int, world: World) -> Iterator[Flaw]:
    if not (isinstance(each.element, Wait) and isinstance(each.element.until, UntilField)):
        return
    key, path = each.element.until.field, each.node.at("wait.date_field.field")
    kind = next((field.kind for field in world.object_types[object_type_id] if field.key == key), None)
    if kind is None:
        yield Flaw(path, f"there is no field {key[:64]!r}")
    elif kind not in _DATES:
        yield Flaw(path, f"the field {key!r} is no date but of the kind {kind}")
