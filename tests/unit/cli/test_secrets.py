"""Keys in their file, and a folder that is sealed anew while nothing runs."""

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hookline.registry.v1 import webhook_pb2
from typer.testing import CliRunner, Result

from hookline_cli.app import app
from hookline_cli.failure import CliError
from hookline_cli.secrets.key_file import ensure_key, read_keys, write_keys
from hookline_cli.up.layout import registry_database
from hookline_cli.up.lock import only_one
from hookline_cli.up.sealing import FILE, KEYS, with_sealing_key
from hookline_dispatcher.config.sealing import renewed_body
from hookline_dispatcher.store.sqlite.sealing import Sealing, settle_file
from hookline_gateway.bin import BinLimits, BinStore
from hookline_registry import accounts, webhooks
from hookline_registry.bootstrap import first_keys
from hookline_registry.database import Database, Transaction
from hookline_registry.model import Reading
from hookline_registry.sealing import settle
from hookline_registry.webhook_wire import webhook_settings
from hookline_runtime.clock import SystemClock
from hookline_runtime.vault.keys import SealingKey, parse_keys
from hookline_runtime.vault.vault import Vault

OLD, NEW = SealingKey(b"o" * 32), SealingKey(b"n" * 32)
SECRET = "whsec_dGhpcyBpcyB3aGF0IHNpZ25zIGl0IGFsbA=="


def run(*words: str) -> Result:
    return CliRunner(env={FILE: "", KEYS: "", "HOOKLINE_DATA": ""}).invoke(app, ["secrets", *words])


def document(*words: str) -> dict[str, object]:
    done = run(*words, "--json")
    assert done.exit_code == 0, done.exception or done.output
    shown: dict[str, object] = json.loads(done.output)
    return shown


def refusal(*words: str) -> str:
    done = run(*words)
    assert isinstance(done.exception, CliError), done.output
    return done.exception.message


async def _fill(folder: Path, key: SealingKey) -> None:
    """The three databases of a folder, each with a secret under a key."""
    database = await Database.open(registry_database(folder), SystemClock(), vault=Vault([key]))
    await settle(database)
    made = await first_keys(database, "first")
    assert made is not None

    async def work(transaction: Transaction) -> None:
        await accounts.get(transaction.connection, made.account_id)
        settings = webhook_settings(webhook_pb2.Webhook(url="https://r.example"))
        await webhooks.create(transaction, made.account_id, settings, Reading("", (), ()), SECRET)

    await database.write(work)
    await database.close()
    settle_file(folder / "dispatcher.db", Sealing(Vault([key]), renewed_body), 1)
    body = json.dumps({"secrets": [[SECRET, 0]]}).encode()
    with closing(sqlite3.connect(folder / "dispatcher.db")) as file, file:
        file.execute("INSERT INTO config_item VALUES (7, 5, 1, 1, 1, 0, 0, ?)", (body,))
    settle_file(folder / "dispatcher.db", Sealing(Vault([key]), renewed_body), 1)
    bins = BinStore.open(folder, BinLimits(all_bytes=1_000_000), vault=Vault([key]))
    await bins.create(1, SECRET)
    await bins.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_keys(tmp_path / "secrets.key", [OLD])
    asyncio.run(_fill(tmp_path, OLD))
    return tmp_path


def envelopes(folder: Path, key: SealingKey) -> int:
    """How many envelopes under a key lie in the databases, free pages included."""
    name = f"sealed:1:{key.id}:".encode()
    return sum(each.read_bytes().count(name) for each in folder.iterdir())


def test_a_new_key_is_shown_or_put_first_in_a_file(tmp_path: Path) -> None:
    (key,) = parse_keys(run("new-key").output)
    file = tmp_path / "keys"
    write_keys(file, [key])
    made = document("new-key", str(file))
    assert [each.id for each in read_keys(file)] == [made["id"], key.id]
    assert file.stat().st_mode & 0o077 == 0
    assert {each.name for each in tmp_path.iterdir()} == {"keys"}


@pytest.mark.parametrize("content", ["", "hunter2"])
def test_a_file_that_holds_no_keys_stays_as_it_is(tmp_path: Path, content: str) -> None:
    file = tmp_path / "keys"
    file.write_text(content)
    assert "hunter2" not in refusal("new-key", str(file))
    assert file.read_text() == content


def test_rotating_seals_everything_under_a_new_key_and_drops_the_one_before(folder: Path) -> None:
    assert envelopes(folder, OLD) >= 4
    done = document("rotate", "--data", str(folder), "--new-key")
    (new, old) = read_keys(folder / "secrets.key")
    assert (done["keys"], old) == ([new.id, OLD.id], OLD)
    assert done["databases"] == [
        {"file": name, "were_clear": 0, "were_under_other_keys": number, "unreadable": 0}
        for name, number in (("registry.db", 3), ("dispatcher.db", 1), ("bins.db", 1))
    ]
    assert envelopes(folder, OLD) == 0
    again = document("rotate", "--data", str(folder), "--drop-others")
    assert again["keys"] == [new.id]
    assert read_keys(folder / "secrets.key") == (new,)
    assert "0 were in clear, 0 under other keys" in run("rotate", "--data", str(folder)).output


def test_a_key_that_is_missing_is_told_and_can_be_given_up(folder: Path) -> None:
    write_keys(folder / "secrets.key", [NEW])
    assert f"are sealed under the key {OLD.id}" in refusal("rotate", "--data", str(folder))
    databases = document("rotate", "--data", str(folder), "--lost", OLD.id)["databases"]
    assert isinstance(databases, list)
    assert [each["unreadable"] for each in databases] == [3, 1, 1]


def test_a_folder_that_is_in_use_is_left_alone(folder: Path) -> None:
    with only_one(folder):
        assert "runs on" in refusal("rotate", "--data", str(folder), "--new-key")
    assert read_keys(folder / "secrets.key") == (OLD,)


def test_a_folder_without_databases_is_told(tmp_path: Path) -> None:
    assert "there is no folder" in refusal("rotate", "--data", str(tmp_path / "nowhere"))
    assert "cannot read" in refusal("rotate", "--data", str(tmp_path))
    ensure_key(tmp_path / "secrets.key")
    assert "there is no database" in refusal("rotate", "--data", str(tmp_path))


def test_the_services_of_a_machine_have_a_key_unless_the_operator_brings_some(tmp_path: Path) -> None:
    file = tmp_path / "secrets.key"
    for brought in ({KEYS: "some"}, {FILE: "elsewhere"}):
        assert with_sealing_key(brought, file) == brought
    assert not file.exists()
    assert with_sealing_key({KEYS: "", "A": "1"}, file) == {KEYS: "", "A": "1", FILE: str(file)}
    made = read_keys(file)
    assert file.stat().st_mode & 0o077 == 0
    with_sealing_key({}, file)
    assert read_keys(file) == made
