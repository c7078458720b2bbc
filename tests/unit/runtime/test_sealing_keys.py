from pathlib import Path
from typing import Any

import pytest

from hookline_runtime.sealing_keys import vault_of
from hookline_runtime.settings import Settings, SettingsError
from hookline_runtime.vault.keys import SealingKey

ONE, TWO = SealingKey(b"1" * 32), SealingKey(b"2" * 32)


def load(**given: Any) -> Settings:
    return Settings.load(**given)


def test_keys_come_from_a_file_or_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "keys"
    file.write_text(f"{ONE.text}\n{TWO.text}\n")
    assert vault_of(load(secrets_key_file=file)).key_ids == (ONE.id, TWO.id)
    monkeypatch.setenv("HOOKLINE_SECRETS_KEYS", f"{TWO.text},{ONE.text}")
    monkeypatch.setenv("HOOKLINE_SECRETS_KEY_FILE", "")
    settings = load()
    assert vault_of(settings).key_ids == (TWO.id, ONE.id)
    assert ONE.text not in repr(settings)


def test_without_a_key_there_is_a_vault_that_seals_nothing() -> None:
    assert not vault_of(load(secrets_keys="")).seals


def test_production_does_not_go_without() -> None:
    with pytest.raises(SettingsError, match=r"^HOOKLINE_SECRETS_KEY_FILE: is required in production"):
        vault_of(load(production=True))
    assert vault_of(load(production=True, secrets_keys=ONE.text)).seals


@pytest.mark.parametrize(
    "content, words",
    [
        (b"", "holds no key"),
        (b"hunter2", "must hold keys of 32 random bytes"),
        (b"\xff\xfe", "it is not text"),
        (None, "cannot read .*: no such file"),
    ],
)
def test_a_file_that_holds_no_keys_is_told_without_what_it_holds(
    tmp_path: Path, content: bytes | None, words: str
) -> None:
    file = tmp_path / "keys"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SettingsError, match=f"^HOOKLINE_SECRETS_KEY_FILE: .*{words}") as caught:
        vault_of(load(secrets_key_file=file))
    assert "hunter2" not in str(caught.value)


def test_wrong_keys_in_the_environment_are_told_without_their_value() -> None:
    with pytest.raises(SettingsError, match=r"^HOOKLINE_SECRETS_KEYS: must hold keys") as caught:
        vault_of(load(secrets_keys=f"{ONE.text},hunter2"))
    assert "hunter2" not in str(caught.value)


def test_a_remark_is_no_key() -> None:
    with pytest.raises(SettingsError, match=r"^HOOKLINE_SECRETS_KEYS: holds no key"):
        vault_of(load(secrets_keys="# later"))


def test_a_file_and_keys_together_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="must not be set beside HOOKLINE_SECRETS_KEY_FILE"):
        vault_of(load(secrets_keys=ONE.text, secrets_key_file=tmp_path / "keys"))
