"""Headers of targets whose values are secret: where they belong, and how they are kept."""

from collections.abc import Sequence

from hookline_registry.model import ItemKind
from hookline_runtime.vault.envelope import Place
from hookline_runtime.vault.vault import Kept, Vault

Written = Sequence[tuple[str, str]]
"""Names and values as a caller wrote them."""
Stored = tuple[tuple[str, Kept], ...]


def place_of(kind: ItemKind, account_id: int, target_id: int, name: str) -> Place:
    """Say where the value of a header belongs."""
    return Place(account_id, kind.name.lower(), target_id, f"secret_header:{name.lower()}")


def sealed(vault: Vault, target: tuple[ItemKind, int, int], given: Written, before: Stored = ()) -> Stored:
    """Give them as they are to be stored; an empty value stands for the one of before."""
    kept = {name.lower(): value for name, value in before}
    return tuple(
        (name, vault.seal(place_of(*target, name), value) if value else kept[name.lower()]) for name, value in given
    )
