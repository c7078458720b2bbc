"""A registry's database with its first account, made once by a process and copied for each that asks: that is faster.

What a first start makes is tried where the registry's own tests start on an empty folder.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from hookline_registry.bootstrap import Credentials, bootstrap


@dataclass(frozen=True, slots=True)
class Made:
    content: bytes
    first: Credentials


_made: list[Made] = []


async def put(file: Path) -> Credentials:
    """Puts a copy there; the keys of its account, which are the same in every copy."""
    if not _made:
        _made.append(await _make())
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(_made[0].content)
    return _made[0].first


async def _make() -> Made:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "registry.db"
        first = await bootstrap(f"sqlite+aiosqlite:///{file}", "first")
        assert first is not None
        assert [each.name for each in file.parent.iterdir()] == [file.name], "part of it is in another file"
        return Made(file.read_bytes(), first)
