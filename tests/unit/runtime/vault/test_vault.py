from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hookline_runtime.vault.envelope import PREFIX, Place, Unreadable, is_sealed, key_id_of
from hookline_runtime.vault.keys import SealingKey
from hookline_runtime.vault.vault import Kept, Vault

OLD, NEW = SealingKey(b"o" * 32), SealingKey(b"n" * 32)
PLACE = Place(7, "subscription", 3, "signing_secret")
SECRET = "whsec_c2VjcmV0IHRoYXQgc2lnbnMgaXQgYWxs"


TEXT = st.text(st.characters(codec="utf-8"))
IDS = st.integers(-(2**63), 2**63 - 1)


@given(TEXT, IDS, TEXT | IDS)
def test_what_was_sealed_opens_at_its_place(clear: str, account_id: int, id_: int | str) -> None:
    vault, place = Vault([NEW]), Place(account_id, "token", id_, "value")
    kept = vault.seal(place, clear)
    assert is_sealed(kept)
    assert vault.open(place, kept) == clear


def test_the_envelope_names_version_and_key_and_is_never_the_same() -> None:
    vault = Vault([NEW, OLD])
    kept = vault.seal(PLACE, SECRET)
    assert kept.startswith(f"{PREFIX}1:{NEW.id}:")
    assert key_id_of(kept) == NEW.id
    assert kept != vault.seal(PLACE, SECRET)
    assert SECRET not in kept


@pytest.mark.parametrize(
    "elsewhere",
    [
        replace(PLACE, account_id=8),
        replace(PLACE, kind="webhook"),
        replace(PLACE, id=4),
        replace(PLACE, id="3"),
        replace(PLACE, field="token"),
    ],
)
def test_a_copied_envelope_does_not_open_elsewhere(elsewhere: Place) -> None:
    vault = Vault([NEW])
    with pytest.raises(Unreadable, match="another place"):
        vault.open(elsewhere, vault.seal(PLACE, SECRET))


def test_the_first_key_seals_and_all_open() -> None:
    before = Vault([OLD]).seal(PLACE, SECRET)
    vault = Vault([NEW, OLD])
    assert vault.open(PLACE, before) == SECRET
    assert not vault.current(before)
    assert vault.current(vault.seal(PLACE, SECRET))
    with pytest.raises(Unreadable, match="not there"):
        Vault([NEW]).open(PLACE, before)


def test_whatever_is_changed_in_an_envelope_is_noticed() -> None:
    vault = Vault([NEW])
    kept = vault.seal(PLACE, SECRET)
    for at in range(len(PREFIX), len(kept)):
        for other in "A0:ä":
            changed = Kept(kept[:at] + other + kept[at + 1 :])
            # The last character of base64 without padding has bits that mean nothing.
            if changed == kept or at == len(kept) - 1:
                continue
            with pytest.raises(Unreadable) as caught:
                vault.open(PLACE, changed)
            assert SECRET not in str(caught.value)


@pytest.mark.parametrize("text", ["sealed:", "sealed:1", "sealed:1:x", "sealed:1:{id}:", "sealed:1:{id}:AAAA"])
def test_what_only_begins_like_an_envelope_cannot_be_read(text: str) -> None:
    with pytest.raises(Unreadable):
        Vault([NEW]).open(PLACE, Kept(text.format(id=NEW.id)))


def test_a_later_version_is_told() -> None:
    vault = Vault([NEW])
    with pytest.raises(Unreadable, match="a later version"):
        vault.open(PLACE, Kept(vault.seal(PLACE, SECRET).replace(":1:", ":2:", 1)))


def test_without_a_key_everything_is_in_clear_and_what_is_sealed_cannot_be_read() -> None:
    vault = Vault()
    assert vault.seal(PLACE, SECRET) == SECRET == vault.open(PLACE, Kept(SECRET))
    assert vault.current(Kept(SECRET))
    with pytest.raises(Unreadable):
        vault.open(PLACE, Vault([NEW]).seal(PLACE, SECRET))


def test_what_is_in_clear_is_read_with_keys_too_and_is_to_be_sealed() -> None:
    vault = Vault([NEW])
    assert vault.open(PLACE, Kept(SECRET)) == SECRET
    assert not vault.current(Kept(SECRET))
