"""Campaigns: maps that contacts travel, as a trigger source with memory.

A definition is read (`node`, `reading`), seen to as a whole (`shape`, `graph`) and asked step by step (`journey`,
`dates`, `versions`, `place`). All of it is pure: what is remembered comes in and goes out as a value.
"""

from hookline_builtin.campaign.journey import Map
from hookline_builtin.campaign.source import CampaignSource, CompiledCampaign

__all__ = ["CampaignSource", "CompiledCampaign", "Map"]
