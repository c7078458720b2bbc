"""A file with secrets in clear, as the version before wrote it, and one under keys that came and went."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from hookline_dispatcher.config.sealing import place_of, renewed_body
from hookline_dispatcher.store.model import TargetKey
from hookline_dispatcher.store.sqlite.file import InUse
from hookline_dispatcher.store.sqlite.migrations import MIGRATIONS
from hookline_dispatcher.store.sqlite.sealing import Sealing, settle_file
from hookline_dispatcher.store.sqlite.store import SqliteStore
from hookline_runtime.vault.keys import SealingKey
from hookline_runtime.vault.renewing import KeyMissing, Settled
from hookline_runtime.vault.vault import Kept, Vault

OLD, NEW = SealingKey(b"o" * 32), SealingKey(b"n" * 32)
TARGETS = 1200
"""More than two batches."""


def secret(number: int) -> str:
    return f"whsec_c2VjcmV0IG51bWJlcg{number:06d}"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file of the version before; some of its secrets are in pages that nothing uses any more."""
    made = tmp_path / "dispatcher.db"
    with closing(sqlite3.connect(made)) as file:
        file.executescript("PRAGMA journal_mode = WAL; PRAGMA secure_delete = OFF;")
        file.executescript(f"{' '.join(MIGRATIONS[:14])} PRAGMA user_version = 14;")
        row = "INSERT INTO config_item VALUES (7, ?, ?, 1, ?, ?, 0, ?)"
        for number in range(1, TARGETS + 1):
            body = {"url": "https://r.example", "secrets": [[secret(number), 0]]}
            file.execute(row, (4 + number % 2, number, number % 3 > 0, 0, json.dumps(body).encode()))
        file.execute(row, (9, 1, 1, 0, b"a trigger"))
        file.execute(row, (4, TARGETS + 2, 1, 1, b""))
        file.commit()
        file.execute("DELETE FROM config_item WHERE id BETWEEN 900 AND 1000")
        file.commit()
    return made


def settle(path: Path, *keys: SealingKey, most: int = 1 << 30, lost: str = "") -> Settled:
    return settle_file(path, Sealing(Vault(keys), renewed_body, most), 1, lost)


def in_clear(path: Path) -> list[int]:
    """The numbers of the secrets that stand in the file, or beside it."""
    content = b"".join(each.read_bytes() for each in path.parent.iterdir())
    return [number for number in range(1, TARGETS + 1) if secret(number).encode() in content]


def opened(path: Path, *keys: SealingKey) -> list[str]:
    vault = Vault(keys)
    with closing(sqlite3.connect(path)) as file:
        rows: Sequence[tuple[int, int, bytes]] = file.execute(
            "SELECT kind, id, body FROM config_item WHERE kind IN (4, 5) AND deleted = 0"
        ).fetchall()
    return [
        vault.open(place_of(TargetKey(7, kind - 3, number)), Kept(text))
        for kind, number, body in rows
        for text, _ in json.loads(body)["secrets"]
    ]


LEFT = sorted(secret(number) for number in range(1, TARGETS + 1) if not 900 <= number <= 1000)


def test_nothing_in_clear_stays_in_the_file(path: Path) -> None:
    assert len(in_clear(path)) > len(LEFT)
    found = settle(path, NEW)
    assert (found.renewal.were_clear, found.renewal.unreadable, found.unscrubbed) == (len(LEFT), 0, False)
    assert in_clear(path) == []
    assert sorted(opened(path, NEW)) == LEFT
    again = settle(path, NEW).renewal
    assert (again.were_clear, again.were_old) == (0, 0)


def test_without_a_key_nothing_is_changed(path: Path) -> None:
    settle(path)
    assert sorted(opened(path)) == LEFT


def test_a_large_file_is_told_and_written_anew_by_whoever_has_the_time(path: Path) -> None:
    assert settle(path, NEW, most=1000).unscrubbed
    assert settle(path, NEW, most=1000).unscrubbed
    assert not set(in_clear(path)) & {number for number in range(1, TARGETS + 1) if secret(number) in LEFT}
    assert not settle(path, NEW).unscrubbed
    assert in_clear(path) == []


def test_it_can_be_broken_off_and_begun_again(path: Path) -> None:
    rows = 0

    def breaking(*given: object) -> bytes:
        nonlocal rows
        rows += 1
        if rows > 700:
            raise KeyboardInterrupt
        return renewed_body(*given)  # type: ignore[arg-type]

    with pytest.raises(KeyboardInterrupt):
        settle_file(path, Sealing(Vault([NEW]), breaking), 1)
    found = settle(path, NEW)
    assert 0 < found.renewal.were_clear < len(LEFT)
    assert in_clear(path) == []
    assert sorted(opened(path, NEW)) == LEFT


def test_another_first_key_seals_anew_and_the_one_before_can_go(path: Path) -> None:
    settle(path, OLD)
    with pytest.raises(KeyMissing, match=f"in dispatcher.db are sealed under the key {OLD.id}, and no key is set"):
        settle(path)
    with pytest.raises(KeyMissing, match=f"the keys that are set are {NEW.id}"):
        settle(path, NEW)
    assert settle(path, NEW, OLD).renewal.were_old == len(LEFT)
    settle(path, NEW)
    assert sorted(opened(path, NEW)) == LEFT


def test_what_is_under_a_lost_key_is_given_up_when_it_is_named(path: Path) -> None:
    settle(path, OLD)
    found = settle(path, NEW, lost=OLD.id).renewal
    assert (found.unreadable, found.were_clear) == (len(LEFT), 0)
    assert found.told.startswith("signing_secret of subscription 2 of account 7, ")


def test_a_damaged_envelope_is_told_and_stays(path: Path) -> None:
    settle(path, NEW)
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("UPDATE config_item SET body = replace(body, 'sealed:1:', 'sealed:1:0') WHERE id = 2")
    found = settle(path, NEW).renewal
    assert (found.unreadable, found.told) == (1, "signing_secret of subscription 2 of account 7")


async def test_a_file_that_a_dispatcher_works_on_is_left_alone(path: Path) -> None:
    store = await SqliteStore.open(path)
    with pytest.raises(InUse):
        settle(path, NEW)
    await store.close()
