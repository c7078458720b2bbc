from hookline.registry.v1 import subscription_pb2 as pb

from hookline_gateway.ontraport.subscriptions import Settings


def made(id_: int, etag: str, url: str) -> pb.Subscription:
    return pb.Subscription(id=id_, etag=etag, event="sub_tag", url=url)


def test_a_change_is_shown_at_once_and_another_accounts_is_another() -> None:
    kept = Settings()
    assert kept.of(1, made(7, "a", "https://old.example/"))["url"] == "https://old.example/"
    assert kept.of(1, made(7, "b", "https://new.example/"))["url"] == "https://new.example/"
    assert kept.of(2, made(7, "a", "https://other.example/"))["url"] == "https://other.example/"
    same = made(7, "b", "https://new.example/")
    assert kept.of(1, same) is kept.of(1, same)


def test_those_that_were_asked_for_last_are_kept() -> None:
    kept = Settings(most=2)
    first, second, third = (made(id_, "a", "https://x.example/") for id_ in (1, 2, 3))
    known, other = kept.of(1, first), kept.of(1, second)
    assert kept.of(1, first) is known
    kept.of(1, third)
    assert kept.of(1, first) is known
    assert kept.of(1, second) is not other
