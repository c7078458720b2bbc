import base64

import pytest

from hookline_runtime.vault.keys import BadKeys, SealingKey, new_key, parse_keys

ONE, TWO = SealingKey(bytes(32)), SealingKey(bytes(range(32)))


def test_a_new_key_is_read_as_it_is_written() -> None:
    made = new_key()
    assert parse_keys(made.text) == (made,)
    assert made != new_key()


@pytest.mark.parametrize(
    "text",
    [
        f"{ONE.text},{TWO.text}",
        f"{ONE.text}\n{TWO.text}\n",
        f"# made today\n{ONE.text}  # seals\n\n\t{TWO.text}, ",
        base64.urlsafe_b64encode(ONE.content).decode() + " " + base64.urlsafe_b64encode(TWO.content).decode(),
    ],
)
def test_keys_stand_in_order_between_blanks_commas_and_remarks(text: str) -> None:
    assert parse_keys(text) == (ONE, TWO)


@pytest.mark.parametrize("text", ["", " \n", "# nothing but a remark"])
def test_there_may_be_none(text: str) -> None:
    assert parse_keys(text) == ()


@pytest.mark.parametrize("text", ["hunter2", base64.b64encode(bytes(31)).decode(), ONE.text + "ä", ONE.text[:-1]])
def test_what_is_no_key_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(BadKeys, match="32 random bytes in base64") as caught:
        parse_keys(f"{TWO.text}\n{text}")
    assert text not in str(caught.value)


def test_a_key_may_not_stand_there_twice() -> None:
    with pytest.raises(BadKeys, match="the same key twice"):
        parse_keys(f"{ONE.text} {TWO.text} {ONE.text}")


def test_the_id_tells_keys_apart_and_not_what_they_are() -> None:
    assert ONE.id == SealingKey(bytes(32)).id != TWO.id
    assert len(ONE.id) == 16
    assert ONE.id not in ONE.content.hex()
    assert ONE.text not in repr(ONE)
