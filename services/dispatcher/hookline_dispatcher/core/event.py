"""An event as the dispatcher keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

_NO_PARAMS: Mapping[str, str] = {}


class Event(NamedTuple):
    """An immutable fact that a producer published; the fields are those of the contract."""

    account_id: int
    id: str
    type: str
    object_type_id: int
    object_id: str
    data: bytes
    """A JSON object, checked when it came in."""
    params: Mapping[str, str] = _NO_PARAMS
    object_version: int = 0
    changed_fields: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    occurred_time: int = 0
    ordering_key: str = ""

    @property
    def order(self) -> str:
        """What its deliveries are ordered by: the producer's key, or the object."""
        return self.ordering_key or f"{self.object_type_id}:{self.object_id}"
