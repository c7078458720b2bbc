import pytest

from hookline_dispatcher.delivery.headers import MOST_BYTES, is_cut, read_block, received_block, sent_block


@pytest.mark.parametrize(
    "name",
    [
        "Authorization",
        "Proxy-Authorization",
        "X-Api-Key",
        "apikey",
        "X-Auth-Token",
        "Cookie",
        "X-Hub-Signature",
        "Password",
    ],
)
def test_secrets_are_masked(name: str) -> None:
    block = sent_block([(name.encode(), b"hunter2"), (b"X-Plain", b"yes")])
    assert list(read_block(block)) == [(name.lower(), "***"), ("x-plain", "yes")]


def test_a_block_reads_back_as_it_was_received() -> None:
    headers = [(b"content-type", b"text/html; a:b"), (b"x-empty", b""), (b"x-latin", b"caf\xe9")]
    assert list(read_block(received_block(headers))) == [
        ("content-type", "text/html; a:b"),
        ("x-empty", ""),
        ("x-latin", "caf\u00e9"),
    ]
    assert list(read_block(sent_block([(b"X-Name", "Zoë".encode())]))) == [("x-name", "Zoë")]


def test_a_cookie_that_a_receiver_sets_is_masked() -> None:
    came = [(b"Set-Cookie", b"session=of-the-receiver; HttpOnly"), (b"x-cookies", b"2"), (b"set-cookie", b"b=1")]
    assert list(read_block(received_block(came))) == [("Set-Cookie", "***"), ("x-cookies", "2"), ("set-cookie", "***")]


def test_what_was_received_is_cut_after_a_whole_header() -> None:
    block = received_block([(b"x-big", b"v" * 6000)] * 4)
    assert len(block) <= MOST_BYTES
    assert [len(value) for _, value in read_block(block)] == [6000, 6000]
    assert is_cut(block)


def test_a_block_tells_whether_it_is_cut() -> None:
    whole = [(b"x-dots", b"...")]
    assert not is_cut(received_block(whole))
    assert not is_cut(received_block([]))
    assert is_cut(received_block([], cut=True))
    assert is_cut(received_block(whole, cut=True))
    assert list(read_block(received_block(whole, cut=True))) == [("x-dots", "...")]
