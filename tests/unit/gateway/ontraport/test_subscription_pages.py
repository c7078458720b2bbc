from hookline.registry.v1 import subscription_pb2 as pb

from hookline_gateway.ontraport.subscription_pages import Pages


def answer(*urls: str, token: str = "") -> bytes:
    made = [
        pb.Subscription(id=number, etag="a", event="sub_tag(4)", url=url, format=pb.PAYLOAD_FORMAT_NOTIFY)
        for number, url in enumerate(urls, start=7)
    ]
    return pb.ListSubscriptionsResponse(subscriptions=made, next_page_token=token).SerializeToString()


def test_a_page_is_what_was_answered() -> None:
    page = Pages().of(1, answer("https://a.example/", "https://b.example/", token="more"))
    assert page.ids == (7, 8)
    assert page.settings[1] == {
        "id": "8",
        "event": "sub_tag(4)",
        "data": '{"format":"notify"}',
        "url": "https://b.example/",
    }
    assert page.next_token == "more"
    assert Pages().of(1, b"").settings == ()


def test_the_same_answer_is_read_once_and_any_other_anew() -> None:
    pages = Pages()
    before = pages.of(1, answer("https://old.example/"))
    assert pages.of(1, answer("https://old.example/")) is before
    after = pages.of(1, answer("https://new.example/"))
    assert after.settings[0]["url"] == "https://new.example/"
    assert pages.of(2, answer("https://old.example/")) is not before, "another account's is another"


def test_pages_are_kept_within_the_bytes_of_their_answers() -> None:
    first, second, third = (answer(f"https://{name}.example/") for name in "abc")
    pages = Pages(most_bytes=2 * len(first))
    known, other = pages.of(1, first), pages.of(1, second)
    assert pages.of(1, first) is known
    pages.of(1, third)
    assert pages.of(1, first) is known
    assert pages.of(1, second) is not other, "it was asked for longest ago"
