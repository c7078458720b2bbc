import asyncio
import base64
from typing import Any

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask
from hookline.registry.v1 import account_pb2, config_pb2
from hookline.registry.v1 import subscription_pb2 as pb

from hookline_registry.settings import Settings
from hookline_registry.signing_secrets import public_key_of
from hookline_runtime.clock import ManualClock, now
from tests.contract.registry.watching import Replica
from tests.contract.registry.world import URL, World, open_world, outcome, refusal, subscribing

Code = grpc.StatusCode
DAY = 24 * 3600 * 1_000_000
EVENTS = (
    "object_create",
    "object_submits_form",
    "sub_tag",
    "unsub_tag",
    "purchase_product",
    "transaction_created_with_product",
)


def updating(subscription: pb.Subscription, *paths: str) -> pb.UpdateSubscriptionRequest:
    return pb.UpdateSubscriptionRequest(subscription=subscription, update_mask=FieldMask(paths=paths))


async def config_of(world: World, subscription_id: int) -> config_pb2.SubscriptionConfig:
    replica = Replica()
    await replica.catch_up(world)
    return replica.items[config_pb2.CONFIG_KIND_SUBSCRIPTION, 1, subscription_id].subscription


async def secrets_of(world: World, subscription_id: int) -> list[config_pb2.SigningSecret]:
    return list((await config_of(world, subscription_id)).secrets)


@pytest.mark.parametrize("number", ["", "(4)", "(0)"])
async def test_the_six_events(world: World, number: str) -> None:
    for count, event in enumerate(EVENTS, 1):
        made = await world.user.CreateSubscription(subscribing(event + number))
        assert (made.subscription.id, made.subscription.event) == (count, event + number)


async def test_everything_that_is_set_is_stored(world: World) -> None:
    asked = pb.Subscription(
        id=99,
        account_id=99,
        event="object_create(149)",
        url="https://example.com/ä?x=[1]#top",
        format=pb.PAYLOAD_FORMAT_NOTIFY,
        content_type="Application/JSON; charset=utf-8",
        headers=[pb.Header(name="User-Agent", value="mine"), pb.Header(name="X-One", value="tab\tand ä")],
        requests_per_minute=180,
        max_retries=0,
        ordered=True,
        dead_head=pb.DEAD_HEAD_BLOCK,
        timeout=Duration(seconds=1, nanos=500_000_000),
    )
    made = (await world.user.CreateSubscription(pb.CreateSubscriptionRequest(subscription=asked))).subscription
    assert (await world.user.GetSubscription(pb.GetSubscriptionRequest(id=1))).subscription == made
    assert (made.id, made.account_id, made.content_type) == (1, 1, "application/json")
    for name in ("event", "url", "format", "requests_per_minute", "max_retries", "ordered", "dead_head", "timeout"):
        assert getattr(made, name) == getattr(asked, name)
    assert list(made.headers) == list(asked.headers)


async def test_what_is_not_set_stands_for_its_default(world: World) -> None:
    made = (await world.user.CreateSubscription(subscribing())).subscription
    assert made.format == pb.PAYLOAD_FORMAT_FULL
    assert made.dead_head == pb.DEAD_HEAD_SKIP
    assert made.content_type == "application/x-www-form-urlencoded"
    assert not any(made.HasField(name) for name in ("requests_per_minute", "max_retries", "timeout"))


async def test_the_secret_is_shown_once_and_never_again(world: World) -> None:
    given = "whsec_" + base64.b64encode(bytes(range(24))).decode()
    asked = subscribing()
    asked.signing_secret = given
    asked.request_id = "r"
    made = await world.user.CreateSubscription(asked)
    assert made.signing_secret == given
    again = await world.user.CreateSubscription(asked)
    assert (again.subscription, again.signing_secret) == (made.subscription, "")
    other = await world.user.CreateSubscription(subscribing())
    assert len(base64.b64decode(other.signing_secret.removeprefix("whsec_"))) == 32
    shown = str(await world.user.GetSubscription(pb.GetSubscriptionRequest(id=1)))
    shown += str(await world.user.ListSubscriptions(pb.ListSubscriptionsRequest()))
    assert "whsec_" not in shown
    assert [each.secret for each in await secrets_of(world, 1)] == [given]


async def test_a_rotation_keeps_the_old_secret_for_a_day(settings: Settings) -> None:
    clock = ManualClock(now())
    async with open_world(settings, clock) as world:
        first = await world.user.CreateSubscription(subscribing())
        second = await world.user.RotateSecret(pb.RotateSecretRequest(id=1))
        assert second.subscription.old_secret_expire_time.ToMicroseconds() == clock.now() + DAY
        secrets = await secrets_of(world, 1)
        assert [each.secret for each in secrets] == [second.signing_secret, first.signing_secret]
        assert secrets[1].expire_time.ToMicroseconds() == clock.now() + DAY
        clock.time += DAY
        shown = await world.user.GetSubscription(pb.GetSubscriptionRequest(id=1))
        assert not shown.subscription.HasField("old_secret_expire_time")
        await world.user.UpdateSubscription(updating(pb.Subscription(id=1, ordered=True)))
        assert [each.secret for each in await secrets_of(world, 1)] == [second.signing_secret]


@pytest.mark.parametrize(("overlap", "kept"), [(0, 1), (7 * 86_400, 2)])
async def test_at_most_two_secrets_are_valid(world: World, overlap: int, kept: int) -> None:
    await world.user.CreateSubscription(subscribing())
    shown = [
        (await world.user.RotateSecret(pb.RotateSecretRequest(id=1, overlap=Duration(seconds=overlap)))).signing_secret
        for _ in range(3)
    ]
    assert [each.secret for each in await secrets_of(world, 1)] == shown[::-1][:kept]


async def test_rotating_to_the_same_secret_is_refused(world: World) -> None:
    made = await world.user.CreateSubscription(subscribing())
    same = pb.RotateSecretRequest(id=1, signing_secret=made.signing_secret)
    refused = await refusal(world.user.RotateSecret(same))
    assert (refused.code, refused.fields) == (Code.INVALID_ARGUMENT, ("signing_secret",))
    assert made.signing_secret not in refused.text


async def test_update_by_mask_sets_and_clears(world: World) -> None:
    await world.user.CreateSubscription(
        subscribing(requests_per_minute=5, max_retries=3, headers=[pb.Header(name="a", value="b")], ordered=True)
    )
    given = pb.Subscription(id=1, max_retries=7, url="https://not.used/")
    paths = ("max_retries", "requests_per_minute", "headers", "ordered")
    made = (await world.user.UpdateSubscription(updating(given, *paths))).subscription
    assert made.max_retries == 7
    assert not made.HasField("requests_per_minute")
    assert not made.headers
    assert not made.ordered
    assert made.url == URL


async def test_update_without_mask_sets_what_is_set(world: World) -> None:
    await world.user.CreateSubscription(subscribing(requests_per_minute=5, ordered=True))
    given = pb.Subscription(id=1, max_retries=0, url="https://example.org/")
    made = (await world.user.UpdateSubscription(updating(given))).subscription
    assert made.HasField("max_retries")
    assert (made.max_retries, made.url) == (0, "https://example.org/")
    assert (made.requests_per_minute, made.ordered, made.event) == (5, True, "sub_tag")


async def test_of_two_updates_with_one_etag_one_wins(world: World) -> None:
    made = (await world.user.CreateSubscription(subscribing())).subscription

    given = [pb.Subscription(id=1, max_retries=number, etag=made.etag) for number in range(8)]
    outcomes = await asyncio.gather(*(outcome(world.user.UpdateSubscription(updating(each))) for each in given))
    assert outcomes.count(Code.OK) == 1
    assert outcomes.count(Code.ABORTED) == 7


async def test_concurrent_creates_get_ids_of_their_own(world: World) -> None:
    made = await asyncio.gather(*(world.user.CreateSubscription(subscribing()) for _ in range(20)))
    assert sorted(each.subscription.id for each in made) == list(range(1, 21))
    assert len({each.config_revision for each in made}) == 20


async def test_concurrent_creates_with_one_request_id_make_one(world: World) -> None:
    asked = subscribing()
    asked.request_id = "r"
    made = await asyncio.gather(*(world.user.CreateSubscription(asked) for _ in range(8)))
    assert {each.subscription.id for each in made} == {1}
    assert sum(each.signing_secret != "" for each in made) == 1


async def test_a_request_id_is_forgotten_after_a_day(settings: Settings) -> None:
    clock = ManualClock(now())
    async with open_world(settings, clock) as world:
        asked = subscribing()
        asked.request_id = "r"
        first = await world.user.CreateSubscription(asked)
        clock.time += DAY - 1
        assert (await world.user.CreateSubscription(asked)).subscription.id == first.subscription.id
        clock.time += 1
        assert (await world.user.CreateSubscription(asked)).subscription.id == first.subscription.id + 1


async def test_pages_while_some_are_deleted(world: World) -> None:
    for _ in range(120):
        await world.user.CreateSubscription(subscribing())
    seen: list[int] = []
    token = ""
    while True:
        page = await world.user.ListSubscriptions(pb.ListSubscriptionsRequest(page_size=25, page_token=token))
        seen += [each.id for each in page.subscriptions]
        assert len(page.subscriptions) <= 25
        token = page.next_page_token
        if not token:
            break
        for gone in (seen[-1], seen[-1] + 1):
            await world.user.DeleteSubscription(pb.DeleteSubscriptionRequest(id=gone))
    assert seen == [number for number in range(1, 121) if number not in (26, 52, 78, 104)]


async def test_list_filters_by_event_and_holds_the_token_to_it(world: World) -> None:
    for event in ("sub_tag(1)", "unsub_tag(1)", "sub_tag", "sub_tag(2)"):
        await world.user.CreateSubscription(subscribing(event))
    page = await world.user.ListSubscriptions(pb.ListSubscriptionsRequest(event="sub_tag", page_size=2))
    assert [each.id for each in page.subscriptions] == [1, 3]
    asked = pb.ListSubscriptionsRequest(event="sub_tag", page_token=page.next_page_token)
    assert [each.id for each in (await world.user.ListSubscriptions(asked)).subscriptions] == [4]
    asked.event = "unsub_tag"
    refused = await refusal(world.user.ListSubscriptions(asked))
    assert (refused.code, refused.fields) == (Code.INVALID_ARGUMENT, ("page_token",))


@pytest.mark.parametrize(("event", "expected"), [("sub_tag", [1, 3, 4]), ("sub_tag(2)", [4]), ("sub_tag(5)", [])])
async def test_list_filters_by_the_number_where_one_is_given(world: World, event: str, expected: list[int]) -> None:
    for each in ("sub_tag(1)", "unsub_tag(2)", "sub_tag", "sub_tag(2)"):
        await world.user.CreateSubscription(subscribing(each))
    found = await world.user.ListSubscriptions(pb.ListSubscriptionsRequest(event=event))
    assert [each.id for each in found.subscriptions] == expected


@pytest.mark.parametrize("event", ["nope", "sub_tag()", "sub_tag(04)", "field_is_updated"])
async def test_list_refuses_a_filter_that_is_no_event(world: World, event: str) -> None:
    refused = await refusal(world.user.ListSubscriptions(pb.ListSubscriptionsRequest(event=event)))
    assert (refused.code, refused.fields) == (Code.INVALID_ARGUMENT, ("event",))


@pytest.mark.parametrize("plan", [account_pb2.PLAN_BASIC, account_pb2.PLAN_PLUS])
async def test_basic_and_plus_have_contacts_only(world: World, plan: account_pb2.Plan.ValueType) -> None:
    _, other = await world.new_account(plan)
    for event in ("object_create", "object_create(0)", "sub_tag(4)", "purchase_product"):
        await other.CreateSubscription(subscribing(event))
    for event in ("object_create(149)", "object_create(10000)"):
        refused = await refusal(other.CreateSubscription(subscribing(event)))
        assert (refused.code, refused.reason) == (Code.FAILED_PRECONDITION, "PLAN_LIMIT")
        assert account_pb2.Plan.Name(plan).removeprefix("PLAN_") in refused.text
    changed = await refusal(other.UpdateSubscription(updating(pb.Subscription(id=1, event="object_create(150)"))))
    assert changed.code is Code.FAILED_PRECONDITION


async def test_after_a_downgrade_what_stands_may_be_changed(world: World) -> None:
    await world.user.CreateSubscription(subscribing("object_create(149)"))
    basic = account_pb2.Account(id=1, plan=account_pb2.PLAN_BASIC)
    await world.operator.UpdateAccount(account_pb2.UpdateAccountRequest(account=basic))
    made = await world.user.UpdateSubscription(updating(pb.Subscription(id=1, max_retries=1)))
    assert made.subscription.event == "object_create(149)"


async def test_delete_and_never_give_the_id_again(world: World) -> None:
    made = (await world.user.CreateSubscription(subscribing())).subscription
    await world.user.UpdateSubscription(updating(pb.Subscription(id=1, ordered=True)))
    old = await refusal(world.user.DeleteSubscription(pb.DeleteSubscriptionRequest(id=1, etag=made.etag)))
    assert old.code is Code.ABORTED
    await world.user.DeleteSubscription(pb.DeleteSubscriptionRequest(id=1))
    assert (await refusal(world.user.DeleteSubscription(pb.DeleteSubscriptionRequest(id=1)))).code is Code.NOT_FOUND
    assert (await world.user.CreateSubscription(subscribing())).subscription.id == 2


async def test_the_operator_opens_addresses(settings: Settings) -> None:
    opened = settings.model_copy(update={"egress_allow": "127.0.0.0/8:9000"})
    async with open_world(opened) as world:
        for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0x7f.1"):
            await world.user.CreateSubscription(subscribing(url=f"http://{host}:9000/"))
            refused = await refusal(world.user.CreateSubscription(subscribing(url=f"http://{host}:9001/")))
            assert refused.fields == ("subscription.url",)


async def test_what_is_not_changed_may_stay_though_it_would_be_refused_today(settings: Settings) -> None:
    async with open_world(settings.model_copy(update={"egress_allow": "127.0.0.0/8"})) as world:
        await world.user.CreateSubscription(subscribing(url="http://127.0.0.1/"))
        first = world.first
    async with open_world(settings, first=first) as world:
        made = await world.user.UpdateSubscription(updating(pb.Subscription(id=1, max_retries=1)))
        assert (made.subscription.max_retries, made.subscription.url) == (1, "http://127.0.0.1/")
        again = pb.Subscription(id=1, url=made.subscription.url)
        assert (await refusal(world.user.UpdateSubscription(updating(again)))).fields == ("subscription.url",)


def listing(**more: object) -> pb.ListSubscriptionsRequest:
    return pb.ListSubscriptionsRequest(**more)  # type: ignore[arg-type]  # the fields of a test


async def test_a_list_skips_counts_and_keeps_ids(world: World) -> None:
    for tag in range(1, 8):
        await world.user.CreateSubscription(subscribing(f"sub_tag({tag})" if tag % 2 else "unsub_tag"))

    async def ids(**more: object) -> tuple[list[int], int, str]:
        page = await world.user.ListSubscriptions(listing(**more))
        return [each.id for each in page.subscriptions], page.total_size, page.next_page_token

    assert await ids(count=True) == ([1, 2, 3, 4, 5, 6, 7], 7, "")
    found, total, token = await ids(skip=2, page_size=2, count=True)
    assert (found, total) == ([3, 4], 7)
    assert (await ids(page_token=token, page_size=2))[0] == [5, 6]
    assert (await ids(page_token=token, skip=1))[0] == [6, 7]
    assert await ids(skip=7) == ([], 0, "")
    assert await ids(skip=2**31 - 1, count=True) == ([], 7, "")
    assert await ids(ids=[6, 2, 99, 2], count=True) == ([2, 6], 2, "")
    assert (await ids(ids=[6, 2, 1], skip=1))[0] == [2, 6]
    assert await ids(event="unsub_tag", skip=1, count=True) == ([4, 6], 3, "")
    assert await ids(event="unsub_tag", ids=[1, 4], count=True) == ([4], 1, "")
    refused = await refusal(world.user.ListSubscriptions(listing(ids=[1, 2], page_token=token)))
    assert (refused.code, refused.fields) == (Code.INVALID_ARGUMENT, ("page_token",))


async def test_an_empty_list_may_be_skipped(world: World) -> None:
    page = await world.user.ListSubscriptions(listing(skip=3, count=True))
    assert (list(page.subscriptions), page.total_size) == ([], 0)


@pytest.mark.parametrize(
    "more, field", [({"skip": -1}, "skip"), ({"ids": [0]}, "ids[0]"), ({"ids": [1] * 1001}, "ids")]
)
async def test_what_a_list_may_not_be_asked_for(world: World, more: dict[str, object], field: str) -> None:
    assert (await refusal(world.user.ListSubscriptions(listing(**more)))).fields == (field,)


ED25519, HMAC = pb.SIGNATURE_SCHEME_ED25519, pb.SIGNATURE_SCHEME_HMAC_SHA256


def asked_for(signature: int, secret: str = "") -> pb.CreateSubscriptionRequest:
    asked = subscribing()
    asked.signature, asked.signing_secret = pb.SignatureScheme.ValueType(signature), secret
    return asked


async def test_of_a_key_pair_the_public_key_is_shown_and_the_private_one_never(world: World) -> None:
    made = await world.user.CreateSubscription(asked_for(ED25519))
    assert made.signing_secret == ""
    assert made.subscription.public_key.startswith("whpk_")
    (secret,) = await secrets_of(world, 1)
    assert secret.secret.startswith("whsk_")
    assert public_key_of(secret.secret) == made.subscription.public_key
    shown = await world.user.GetSubscription(pb.GetSubscriptionRequest(id=1))
    assert shown.subscription.public_key == made.subscription.public_key


async def test_a_rotation_keeps_the_scheme_or_changes_it(world: World) -> None:
    first = (await world.user.CreateSubscription(asked_for(ED25519))).subscription
    second = await world.user.RotateSecret(pb.RotateSecretRequest(id=1))
    assert second.signing_secret == ""
    assert second.subscription.public_key not in ("", first.public_key)
    third = await world.user.RotateSecret(pb.RotateSecretRequest(id=1, signature=HMAC))
    assert third.signing_secret.startswith("whsec_")
    assert third.subscription.public_key == ""
    forms = [each.secret.partition("_")[0] for each in await secrets_of(world, 1)]
    assert forms == ["whsec", "whsk"], "both sign until the overlap ends"


@pytest.mark.parametrize(
    "signature, secret, field",
    [
        (HMAC, "whsk_" + "A" * 43 + "=", "signature"),
        (ED25519, "whsec_" + "A" * 32, "signature"),
        (ED25519, "whsk_AAAA", "signing_secret"),
        (3, "", "signature"),
    ],
)
async def test_a_secret_says_its_scheme_itself(world: World, signature: int, secret: str, field: str) -> None:
    refused = await refusal(world.user.CreateSubscription(asked_for(signature, secret)))
    assert (refused.code, refused.fields) == (Code.INVALID_ARGUMENT, (field,))


async def test_a_trial_shows_no_key_that_will_not_be(world: World) -> None:
    asked = asked_for(ED25519)
    asked.validate_only = True
    tried = await world.user.CreateSubscription(asked)
    assert (tried.subscription.public_key, tried.signing_secret) == ("", "")


TWO = [("Authorization", "Bearer x"), ("X-Key", "y")]


def with_headers(*headers: tuple[str, str], **more: Any) -> pb.CreateSubscriptionRequest:
    return subscribing(secret_headers=[pb.Header(name=name, value=value) for name, value in headers], **more)


async def headers_of(world: World, subscription_id: int) -> list[tuple[str, str]]:
    return [(each.name, each.value) for each in (await config_of(world, subscription_id)).secret_headers]


async def test_secret_headers_are_shown_by_their_names_alone(world: World) -> None:
    made = (await world.user.CreateSubscription(with_headers(*TWO))).subscription
    shown = (await world.user.GetSubscription(pb.GetSubscriptionRequest(id=1))).subscription
    for each in (made, shown):
        assert [(header.name, header.value) for header in each.secret_headers] == [("Authorization", ""), ("X-Key", "")]
    assert await headers_of(world, 1) == TWO


async def test_what_comes_back_empty_keeps_its_value(world: World) -> None:
    made = (await world.user.CreateSubscription(with_headers(*TWO))).subscription
    made.max_retries = 3
    await world.user.UpdateSubscription(pb.UpdateSubscriptionRequest(subscription=made))
    assert await headers_of(world, 1) == TWO
    changed = pb.Subscription(id=1, secret_headers=[pb.Header(name="x-key"), pb.Header(name="X-New", value="z")])
    await world.user.UpdateSubscription(updating(changed, "secret_headers"))
    await world.user.RotateSecret(pb.RotateSecretRequest(id=1))
    # Under the name as it is written now, which it was sealed for whatever its letters' case.
    assert await headers_of(world, 1) == [("x-key", "y"), ("X-New", "z")]
    await world.user.UpdateSubscription(updating(pb.Subscription(id=1), "secret_headers"))
    assert await headers_of(world, 1) == []


@pytest.mark.parametrize(
    "headers, field",
    [
        ([("X-Key", "")], "subscription.secret_headers[0].value"),
        ([("Host", "x")], "subscription.secret_headers[0].name"),
        ([("webhook-id", "x")], "subscription.secret_headers[0].name"),
        ([("X-Key", "a"), ("x-key", "b")], "subscription.secret_headers[1].name"),
        ([("X-Mine", "a")], "subscription.secret_headers[0].name"),
        ([("X-Key", "a\r\nb")], "subscription.secret_headers[0].value"),
        ([("X Key", "a")], "subscription.secret_headers[0].name"),
        ([(f"X-{number}", "a") for number in range(21)], "subscription.secret_headers"),
    ],
)
async def test_bad_secret_headers(world: World, headers: list[tuple[str, str]], field: str) -> None:
    asked = with_headers(*headers, headers=[pb.Header(name="X-Mine", value="1")])
    refused = await refusal(world.user.CreateSubscription(asked))
    assert (refused.code, refused.fields) == (Code.INVALID_ARGUMENT, (field,))
    assert "a\r\nb" not in refused.text
