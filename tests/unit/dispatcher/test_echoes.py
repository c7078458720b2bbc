from hookline_dispatcher.delivery.echoes import secrets_of, without
from hookline_dispatcher.sender.model import Answered


def test_values_and_what_stands_behind_a_scheme_are_not_kept() -> None:
    headers = ((b"Authorization", b"Bearer a-token-of-some"), (b"X-Key", b"a-key-of-some"), (b"X-Short", b"short"))
    secrets = secrets_of(headers)
    assert secrets == (b"Bearer a-token-of-some", b"a-token-of-some", b"a-key-of-some")
    body = b'{"authorization": "Bearer a-token-of-some", "token": "a-token-of-some", "short": "short"}'
    told = Answered(200, ((b"x-told", b"a-key-of-some!"), (b"x", b"y")), body, False, 1)
    kept = without(secrets, told)
    assert kept.headers == ((b"x-told", b"***!"), (b"x", b"y"))
    assert kept.body == b'{"authorization": "***", "token": "***", "short": "short"}'
    assert without((), told) == told
