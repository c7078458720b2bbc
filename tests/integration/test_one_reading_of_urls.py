"""Registry and sender accept and refuse the same URLs: what is saved can be sent to, and what cannot is not saved."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest
from buf.validate import validate_pb2
from hookline.registry.v1 import subscription_pb2
from hypothesis import given, settings
from hypothesis import strategies as st

from hookline_dispatcher.sender.guard import AddressRefused, Guard
from hookline_registry.model import SubscriptionSettings
from hookline_registry.subscription_rules import Installation, violations
from hookline_runtime.egress.policy import Policy
from hookline_runtime.egress.url import MAX_URL, UrlRefused, parse_url
from hookline_runtime.webhook.names import KnownNames
from hookline_runtime.webhook.url import parse_rendered, parse_url_template

LOOPBACK = "127.0.0.0/8:9000,[::1]:9000"
CASES = [
    # URL, accepted by default, accepted where loopback is open on port 9000
    ("https://shop.example", True, True),
    ("HTTPS://SHOP.EXAMPLE./Path", True, True),
    ("http://shop.example:8080/a?b=c&d=[x]#f", True, True),
    ("https://shop.example:/", True, True),
    ("https://shop.example:00443/", True, True),
    ("https://a_b.shop.example/", True, True),
    ("https://bücher.example/ä", True, True),
    ("https://straße.example/", True, True),
    ("https://xn--bcher-kva.example/", True, True),
    ("https://例え。テスト/", True, True),
    ("https://8.8.8.8/", True, True),
    ("https://[2606:4700::1111]:443/", True, True),
    ("https://localhost.example/", True, True),
    ("https://shop.example/%20%zz", True, True),
    ("https://shop.example/" + "a" * (MAX_URL - 21), True, True),
    ("https://shop.example/" + "a" * (MAX_URL - 20), False, False),
    ("", False, False),
    ("shop.example", False, False),
    ("//shop.example/", False, False),
    ("https:/shop.example", False, False),
    ("http\u017f://shop.example/", False, False),
    ("ftp://shop.example/", False, False),
    ("https://", False, False),
    ("https://?x", False, False),
    ("https://:80/", False, False),
    ("https://me@shop.example/", False, False),
    ("https://shop.example:0/", False, False),
    ("https://shop.example:65536/", False, False),
    ("https://shop.example:٨٠/", False, False),
    ("https://shop.example:80:80/", False, False),
    ("https://shop example/", False, False),
    ("https://shop.example/\t", False, False),
    ("https://shop.example/\u00a0", False, False),
    ("https://shop.example/\u00ad", False, False),
    ("https://shop.example/\u202e", False, False),
    ("https://shop.example/\ud800", False, False),
    ("https://shop.example\\@8.8.8.8/", False, False),
    ("https://sh%6fp.example/", False, False),
    ("https://-shop.example/", False, False),
    ("https://shop..example/", False, False),
    ("https://" + "a" * 64 + ".example/", False, False),
    ("https://" + "ü" * 70 + ".example/", False, False),
    ("https://exa℀mple.example/", False, False),
    ("https://[::1/", False, False),
    ("https://[fe80::1%eth0]/", False, False),
    ("https://[1.2.3.4]/", False, False),
    ("https://1.2.3.256/", False, False),
    ("https://shop.example.1/", False, False),
    ("http://10.0.0.1:9000/", False, False),
    ("http://169.254.169.254/", False, False),
    ("http://[fd00::1]:9000/", False, False),
    ("http://[64:ff9b::a00:1]/", False, False),
    ("http://[::ffff:10.0.0.1]/", False, False),
    ("http://127.0.0.1:9000/", False, True),
    ("http://127.0.0.1:9001/", False, False),
    ("http://127.1:9000/", False, True),
    ("http://0x7f000001:9000/", False, True),
    ("http://017700000001:9000/", False, True),
    ("http://2130706433:9000/", False, True),
    ("http://１２７。0.0.1:9000/", False, True),
    ("http://[::ffff:7f00:1]:9000/", False, True),
    ("http://[::1]:9000/", False, True),
    ("http://localhost:9000/", False, True),
    ("http://LOCALHOST.:9000/", False, True),
    ("http://shop.localhost:9000/", False, True),
    ("http://localhost.localdomain:9000/", False, True),
    ("http://ip6-localhost:9000/", False, True),
    ("http://localhost:9001/", False, False),
]


def registry_accepts(url: str, egress: Policy) -> bool:
    wanted = SubscriptionSettings("sub_tag", 4, url, format=1, content_type="application/json")
    return not list(
        violations(wanted, wanted.content_type, Installation(serves=lambda media_type: True, egress=egress))
    )


async def public(host: str, port: int) -> Iterable[str]:
    return ["8.8.8.8"]


def sender_accepts(url: str, egress: Policy) -> bool:
    try:
        Guard(egress).check_literal(parse_url(url).endpoint)
    except (UrlRefused, AddressRefused):
        return False
    return True


@pytest.mark.parametrize("url, by_default, opened", CASES, ids=[str(number) for number in range(len(CASES))])
async def test_both_accept_the_same(url: str, by_default: bool, opened: bool) -> None:
    for rules, accepted in (("", by_default), (LOOPBACK, opened)):
        egress = Policy.of(rules)
        assert registry_accepts(url, egress) is accepted
        assert sender_accepts(url, egress) is accepted
        if accepted:
            assert await Guard(egress, resolver=public).resolve(parse_url(url).endpoint)


HOSTS = st.one_of(
    st.ip_addresses(v=4).map(str),
    st.ip_addresses(v=6).map(lambda address: f"[{address}]"),
    st.integers(0, 2**32).map(str),
    st.integers(0, 2**32).map(hex),
    st.sampled_from(["localhost", "a.localhost", "shop.example"]),
    st.text(max_size=20),
)


@given(HOSTS, st.sampled_from(["", ":9000", ":9001", ":25"]), st.sampled_from(["", LOOPBACK, "::/0", "0.0.0.0/0"]))
@settings(max_examples=200)
def test_both_accept_the_same_of_whatever_is_written(host: str, port: str, rules: str) -> None:
    url, egress = f"http://{host}{port}/x", Policy.of(rules)
    assert registry_accepts(url, egress) is sender_accepts(url, egress)


def test_the_contract_has_the_same_bound() -> None:
    options = subscription_pb2.Subscription.DESCRIPTOR.fields_by_name["url"].GetOptions()
    assert options.Extensions[validate_pb2.field].string.max_len == MAX_URL


@given(st.text("/?&=%%2fFzZ4é ;[]", max_size=12))
@settings(max_examples=200)
def test_every_reader_asks_for_the_same(rest: str) -> None:
    url = f"http://shop.example/{rest}"
    try:
        target = parse_url(url).target
    except UrlRefused:
        return
    assert not re.search(rb"%(?![0-9A-Fa-f]{2})", target)
    sent = "http://shop.example" + target.decode()
    assert parse_url(sent).target == parse_rendered(sent).target == target
    written = url.replace("[", "[[").replace("]", "]]")
    assert parse_url_template(written, KnownNames({})).render({}) == sent
    merged = parse_url_template("[A]", KnownNames({"a": ("a",)}))
    assert merged.render({"a": url}) == sent
