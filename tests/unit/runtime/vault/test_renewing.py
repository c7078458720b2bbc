from dataclasses import replace

import pytest

from hookline_runtime.vault.envelope import Place
from hookline_runtime.vault.keys import SealingKey
from hookline_runtime.vault.renewing import KeyMissing, Renewal, check_keys
from hookline_runtime.vault.vault import Kept, Vault

OLD, NEW, LOST = SealingKey(b"o" * 32), SealingKey(b"n" * 32), SealingKey(b"l" * 32)
PLACE = Place(7, "subscription", 3, "signing_secret")
VAULT = Vault([NEW, OLD])


def test_what_is_in_clear_and_what_is_under_another_key_is_sealed_under_the_first() -> None:
    renewal = Renewal(VAULT)
    for kept in (Kept("clear"), Vault([OLD]).seal(PLACE, "clear")):
        renewed = renewal.renewed(PLACE, kept)
        assert VAULT.current(renewed)
        assert VAULT.open(PLACE, renewed) == "clear"
        assert renewal.renewed(PLACE, renewed) == renewed
    assert (renewal.were_clear, renewal.were_old, renewal.unreadable) == (1, 1, 0)


def test_what_cannot_be_read_stays_and_is_told_by_its_place() -> None:
    renewal = Renewal(VAULT)
    lost = Vault([LOST]).seal(PLACE, "clear")
    assert renewal.renewed(PLACE, lost) == lost
    for number in range(10, 17):
        renewal.renewed(replace(PLACE, id=number), lost)
    total = Renewal(VAULT)
    total.add(renewal)
    assert total.unreadable == 8
    assert total.told.startswith("signing_secret of subscription 3 of account 7, signing_secret of subscription 10 of")
    assert total.told.endswith(", 3 more")


def test_a_key_that_is_missing_is_told_with_those_that_are_there() -> None:
    check_keys(VAULT, [OLD.id, NEW.id], "a store")
    check_keys(Vault(), [], "a store")
    with pytest.raises(KeyMissing, match=f"in a store are sealed under the key {LOST.id}, .* are {NEW.id}, {OLD.id};"):
        check_keys(VAULT, [NEW.id, LOST.id], "a store")
    with pytest.raises(KeyMissing, match="no key is set"):
        check_keys(Vault(), [LOST.id], "a store")
