"""What the command line reads and shows of routes that were set aside."""

import pytest
import typer
from google.protobuf.timestamp_pb2 import Timestamp
from hookline.dispatcher.v1 import delivery_pb2
from hookline.dispatcher.v1 import route_service_pb2 as pb
from rich.console import Console

from hookline_cli.commands.routes import _routes, definition_of


@pytest.mark.parametrize(
    ("text", "found"), [("campaign/5", ("campaign", 5)), ("score/0", ("score", 0)), ("a/b/1", ("a/b", 1))]
)
def test_definitions(text: str, found: tuple[str, int]) -> None:
    assert definition_of(text) == found


@pytest.mark.parametrize("text", ["", "5", "campaign", "campaign/", "/5", "campaign/-1", "campaign/٣", "c/" + "1" * 19])
def test_texts_that_are_no_definitions(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="is not a definition"):
        definition_of(text)


def test_each_kind_says_what_it_tells() -> None:
    told = pb.Route(kind=pb.ROUTE_KIND_EVENT, event_id="e1", event_type="sub_tag")
    timer = pb.Route(kind=pb.ROUTE_KIND_TIMER, due_time=Timestamp(seconds=1))
    routes = [told, timer, pb.Route(kind=pb.ROUTE_KIND_REVISED)]
    for route in routes:
        route.MergeFrom(pb.Route(trigger=delivery_pb2.FiredBy(source="campaign", id=5), object_id="8\x1b[31m"))
    console = Console(width=250)
    with console.capture() as capture:
        console.print(_routes(routes))
    shown = capture.get()
    for words in ("campaign/5", "sub_tag e1", "a wait that ended 1970-01-01 00:00:01Z", "a change of the definition"):
        assert words in shown
    assert "\x1b[31m" not in shown
