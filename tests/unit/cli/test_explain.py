"""What Explain answers, in words."""

from google.protobuf.timestamp_pb2 import Timestamp
from hookline.dispatcher.v1 import delivery_pb2
from hookline.dispatcher.v1 import event_service_pb2 as pb
from rich.console import Console

from hookline_cli.commands.explain import _explained

CAMPAIGN = delivery_pb2.FiredBy(source="campaign", id=5)


def words(answer: pb.ExplainResponse) -> str:
    console = Console(width=200)
    with console.capture() as capture:
        console.print(_explained(answer))
    return capture.get()


def test_what_a_campaign_would_do() -> None:
    step = pb.ExplainedStep(
        trigger=CAMPAIGN,
        fires=1,
        moves=[pb.ExplainedMove(element="in"), pb.ExplainedMove(element="in", left=True)],
        waits=[pb.ExplainedWait(element="rest", until_time=Timestamp(seconds=0, nanos=1)), pb.ExplainedWait()],
        emits=[pb.ExplainedEmit(type="sub_tag", params={"tag_id": "6"}, sets_off=[CAMPAIGN])],
        reason="out of\x1b[31m the ordinary",
        left_out=3,
    )
    shown = words(pb.ExplainResponse(steps=[step], unmatched_reason="none"))
    for line in (
        "fires nothing",
        "campaign 5",
        "the object comes to in, leaves in",
        "waits at rest until 1970-01-01 00:00:00Z",
        "emits sub_tag(tag_id=6), which may set off campaign 5",
        "3 more are not shown",
        "subscriptions: none",
    ):
        assert line in shown
    assert "\x1b" not in shown


def test_what_would_do_nothing_says_why() -> None:
    shown = words(pb.ExplainResponse(not_fired=[pb.ExplainedTrigger(trigger=CAMPAIGN, reason="it is paused")]))
    assert "campaign 5: it is paused" in shown


def test_what_waits_for_other_events_is_named_up_to_twenty() -> None:
    many = [
        pb.ExplainedTrigger(
            trigger=delivery_pb2.FiredBy(source="global_rule", id=number), reason="it waits for sub_tag(5)"
        )
        for number in range(1, 23)
    ]
    shown = words(pb.ExplainResponse(unconcerned=many))
    assert "global rule 20: it waits for sub_tag(5)" in shown
    assert "global rule 21" not in shown
    assert "2 more wait for other events; --json names them" in shown
