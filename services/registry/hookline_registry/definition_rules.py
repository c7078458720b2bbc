"""What a definition of a trigger may say: its source knows, and is asked with what the account has.

A definition that is taken is given as it is stored, as it is compiled, and with the webhooks that it fires.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import islice

from sqlalchemy.ext.asyncio import AsyncConnection

from hookline_plugin import Flaw, TriggerSource, Value, World
from hookline_plugin.trigger import MAX_CAMPAIGNS, NamesCampaigns, Resolving
from hookline_registry import campaign_uses, object_types, webhooks
from hookline_registry.account_world import field_infos
from hookline_registry.definitions import Place
from hookline_registry.kinds import SOURCES
from hookline_registry.model import Account, ItemKind, Plan
from hookline_runtime.errors import FailedPrecondition
from hookline_runtime.plugins import PluginHost

_FEATURES = {
    ItemKind.GLOBAL_RULE: ("global_rules", "global rules"),
    ItemKind.FORM: ("form_rules", "rules of forms"),
}


@dataclass(frozen=True, slots=True)
class Taken:
    """A definition in which nothing is wrong: what is compiled, which webhooks it fires, which campaigns it names."""

    resolved: Mapping[str, Value]
    fires: tuple[int, ...]
    asks: tuple[int, ...] = ()


def source_of(host: PluginHost, kind: ItemKind) -> TriggerSource:
    """Find the trigger source of a kind.

    Raises FailedPrecondition where its plugin is not there.
    """
    source = host.trigger_source(SOURCES[kind])
    if source is None:
        raise FailedPrecondition(
            f"no plugin of this installation has the trigger source {SOURCES[kind]}", reason="TRIGGER_SOURCE_MISSING"
        )
    return source


async def examine(
    connection: AsyncConnection, source: TriggerSource, place: Place, body: Mapping[str, Value]
) -> Taken | tuple[Flaw, ...]:
    """Ask the source about a definition; gives all that is wrong with it, if anything is."""
    fires = tuple(dict.fromkeys(source.webhooks(body)))
    asks = named_campaigns(source, body)
    world = await world_for(connection, place.account_id, fires, asks)
    flaws = tuple(source.check(body, world))
    if flaws:
        return flaws
    return Taken(source.resolve(body, world) if isinstance(source, Resolving) else body, fires, asks)


def named_campaigns(source: TriggerSource, body: Mapping[str, Value]) -> tuple[int, ...]:
    """Give the campaigns that a definition names, each once; a source takes no more than there may be."""
    named = source.campaigns(body) if isinstance(source, NamesCampaigns) else ()
    return tuple(dict.fromkeys(islice(named, MAX_CAMPAIGNS)))


async def world_for(
    connection: AsyncConnection, account_id: int, fires: Collection[int], asks: Collection[int] = ()
) -> World:
    """Read what an account has, as far as a definition that fires webhooks and asks about campaigns may name it."""
    types = await object_types.settings_of_all(connection, account_id)
    return World(
        object_types={type_id: field_infos(settings) for type_id, settings in types.items()},
        webhooks=await webhooks.object_types_of(connection, account_id, fires),
        campaigns=await campaign_uses.object_types_of(connection, account_id, asks),
    )


def check_feature(account: Account, kind: ItemKind) -> None:
    """Pass an account that may have definitions of a kind that fire.

    Raises FailedPrecondition, which says whether the plan or the switch is missing.
    """
    switch, words = _FEATURES[kind]
    plan = account.settings.plan
    if plan is not Plan.PRO:
        raise FailedPrecondition(
            f"{words} need the plan PRO; the account has {plan.name}",
            reason="PLAN_LIMIT",
            metadata={"plan": plan.name, "needed": Plan.PRO.name, "feature": switch},
        )
    if not getattr(account.settings, switch):
        raise FailedPrecondition(
            f"{words} are switched off for the account: the switch is features.{switch}",
            reason="FEATURE_OFF",
            metadata={"feature": switch},
        )
