from dataclasses import replace

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from hookline_builtin.encoders import FormEncoder, JsonEncoder, TextEncoder, XmlEncoder
from hookline_dispatcher.config.sealing import header_place_of, sealed
from hookline_dispatcher.config.targets import Secret, TargetSettings
from hookline_dispatcher.core.instants import SECOND
from hookline_dispatcher.delivery.body import NotRendered
from hookline_dispatcher.delivery.headers import USER_AGENT
from hookline_dispatcher.delivery.opening import NO_HEADER
from hookline_dispatcher.delivery.rendering import Rendered, Renderer, webhook_id
from hookline_plugin import Encoder
from hookline_runtime.clock import now
from hookline_runtime.vault.keys import SealingKey
from hookline_runtime.vault.vault import Vault

from .configs import webhook as webhook_settings
from .samples import EVENT, KEY, NOW, OLD_SECRET, SECRET, settings

ENCODERS: dict[str, Encoder] = {
    each.media_type.partition(";")[0]: each for each in (FormEncoder(), JsonEncoder(), XmlEncoder(), TextEncoder())
}


def render(current: TargetSettings, *, time: int = NOW, frozen: TargetSettings | None = None) -> Rendered:
    rendered = Renderer(ENCODERS.get).request("msg_0a", EVENT, frozen or current, current, time)
    assert isinstance(rendered, Rendered)
    return rendered


def headers(rendered: Rendered) -> dict[str, str]:
    pairs = [(name.decode().lower(), value.decode()) for name, value in rendered.outgoing.headers]
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


@pytest.mark.parametrize("content_type", list(ENCODERS))
def test_the_reference_library_verifies_what_is_sent(content_type: str) -> None:
    rendered = render(settings(content_type=content_type), time=now())
    Webhook(SECRET).verify(rendered.outgoing.body, headers(rendered), json_parse=False)


def test_both_secrets_sign_until_the_old_one_expires() -> None:
    time = now()
    current = settings(secrets=(Secret(SECRET), Secret(OLD_SECRET, time + SECOND)))
    during, after = render(current, time=time), render(current, time=time + SECOND)
    for secret in (SECRET, OLD_SECRET):
        Webhook(secret).verify(during.outgoing.body, headers(during), json_parse=False)
    Webhook(SECRET).verify(after.outgoing.body, headers(after), json_parse=False)
    with pytest.raises(WebhookVerificationError):
        Webhook(OLD_SECRET).verify(after.outgoing.body, headers(after), json_parse=False)


def test_the_headers_of_a_request() -> None:
    rendered = render(settings(headers=(("X-Mine", "é"),)))
    shown = headers(rendered)
    assert shown.pop("webhook-signature").startswith("v1,")
    assert shown == {
        "webhook-id": "msg_0a",
        "webhook-timestamp": "1700000000",
        "user-agent": USER_AGENT,
        "content-type": "application/json",
        "x-mine": "é",
    }
    assert (rendered.outgoing.method, rendered.outgoing.target) == (b"POST", b"/hook?k=v")


def test_a_target_may_replace_user_agent_and_content_type_and_nothing_of_ours() -> None:
    own = (("content-type", "application/vnd.x+json"), ("USER-AGENT", "me"), ("Webhook-Id", "x"), ("Host", "evil"))
    shown = headers(render(settings(headers=own)))
    assert (shown["content-type"], shown["user-agent"], shown["webhook-id"]) == (
        "application/vnd.x+json",
        "me",
        "msg_0a",
    )
    assert "host" not in shown


def test_what_is_kept_of_the_headers_holds_no_secret() -> None:
    kept = render(settings(headers=(("Authorization", "Bearer hunter2"), ("X-Mine", "yes")))).log_headers
    assert b"hunter2" not in kept
    assert b"v1," not in kept
    assert b"webhook-id: msg_0a\r\n" in kept
    assert b"webhook-signature: ***\r\n" in kept
    assert b"x-mine: yes\r\n" in kept


def test_the_body_follows_the_frozen_settings_and_the_rest_the_current_ones() -> None:
    frozen = settings(revision=1, url="http://old.example/", content_type="application/x-www-form-urlencoded")
    first = render(frozen)
    later = render(settings(revision=2, url="http://new.example/"), frozen=frozen, time=NOW + 3600 * SECOND)
    assert later.outgoing.body == first.outgoing.body
    assert later.outgoing.endpoint.host == "new.example"
    assert headers(later)["content-type"] == "application/x-www-form-urlencoded"


def test_a_changed_revision_is_not_taken_from_the_cache() -> None:
    renderer = Renderer(ENCODERS.get, most_kept=1)
    for revision, host in ((1, "one.example"), (2, "two.example"), (1, "one.example")):
        current = settings(revision=revision, url=f"http://{host}/")
        rendered = renderer.request("msg_0a", EVENT, current, current, NOW)
        assert isinstance(rendered, Rendered)
        assert rendered.outgoing.endpoint.host == host


@pytest.mark.parametrize(
    "current, reason",
    [
        (settings(content_type="application/x-none"), "no plugin encodes application/x-none"),
        (settings(url="ftp://r.example/"), "the URL must be an absolute http or https URL"),
        (settings(secrets=(Secret("nonsense"),)), "the signing secret cannot be read"),
    ],
)
def test_says_why_there_is_no_request(current: TargetSettings, reason: str) -> None:
    assert Renderer(ENCODERS.get).request("msg_0a", EVENT, current, current, NOW) == NotRendered(reason)


def test_webhook_ids_tell_installations_and_deliveries_apart() -> None:
    assert webhook_id("00ab34cd", 255) == "msg_00ab34cdff"
    assert len({webhook_id(each, root) for each in ("00000001", "00000010") for root in range(300)}) == 600


def test_secret_headers_go_along_and_are_masked_in_what_is_kept() -> None:
    vault = Vault([SealingKey(b"k" * 32)])
    secret = (("Authorization", "Bearer hunter2"), ("X-Plain-Name", "hunter3"))
    for current in (settings(), webhook_settings()):
        target = sealed(replace(current, secret_headers=secret), vault)
        assert "hunter" not in repr(target)
        rendered = Renderer(ENCODERS.get, vault=vault).request("msg_0a", EVENT, target, target, NOW)
        assert isinstance(rendered, Rendered)
        shown = headers(rendered)
        assert (shown["authorization"], shown["x-plain-name"]) == ("Bearer hunter2", "hunter3")
        assert b"hunter" not in rendered.log_headers
        assert b"authorization: ***\r\nx-plain-name: ***\r\n" in rendered.log_headers


def test_a_secret_header_that_cannot_be_read_is_told() -> None:
    vault, other = Vault([SealingKey(b"k" * 32)]), Vault([SealingKey(b"o" * 32)])
    target = replace(settings(), secret_headers=(("X-Token", other.seal(header_place_of(KEY, "X-Token"), "t")),))
    assert Renderer(ENCODERS.get, vault=vault).request("m", EVENT, target, target, NOW) == NotRendered(NO_HEADER)


def test_a_secret_header_of_another_name_is_no_use() -> None:
    vault = Vault([SealingKey(b"k" * 32)])
    moved = vault.seal(header_place_of(KEY, "X-Token"), "t")
    target = replace(settings(), secret_headers=(("X-Other", moved),))
    assert Renderer(ENCODERS.get, vault=vault).request("m", EVENT, target, target, NOW) == NotRendered(NO_HEADER)
