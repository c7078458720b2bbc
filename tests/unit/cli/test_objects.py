"""What the command line reads and shows of objects."""

import pytest
import typer
from google.protobuf.timestamp_pb2 import Timestamp
from hookline.dispatcher.v1 import delivery_pb2
from hookline.dispatcher.v1 import object_service_pb2 as pb
from rich.console import Console, RenderableType

from hookline_cli.commands.objects import _erased, _facts, object_of


def words(what: RenderableType) -> str:
    console = Console(width=200)
    with console.capture() as capture:
        console.print(what)
    return capture.get()


@pytest.mark.parametrize(
    ("text", "found"), [("8", (0, "8")), ("0/8", (0, "8")), ("149/a/b", (149, "a/b")), ("0/ä b", (0, "ä b"))]
)
def test_objects(text: str, found: tuple[int, str]) -> None:
    assert object_of(text) == found


@pytest.mark.parametrize("text", ["", "/", "/8", "x/8", "-1/8", "٣/8", "1234567890/8", "0/"])
def test_texts_that_are_no_objects(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="is not an object"):
        object_of(text)


def test_an_object_in_words() -> None:
    trigger = delivery_pb2.FiredBy(source="campaign", id=5)
    places = [
        pb.ObjectPlace(trigger=trigger, elements=["rest"], until_time=Timestamp(seconds=1), set_aside=3),
        pb.ObjectPlace(trigger=trigger, held=True),
    ]
    shown = words(_facts(pb.Object(object_id="8\x1b[31m", tags=["4"], data=b'{"n": "\x1b"}', places=places)))
    for part in ("campaign/5", "rest", "1970-01-01 00:00:01Z", "held", "0/8", "tags", '"n"'):
        assert part in shown
    assert "\x1b[31m" not in shown


def test_what_was_erased_in_words() -> None:
    assert words(_erased(pb.EraseObjectResponse())).strip() == "nothing was remembered of it"
    assert words(_erased(pb.EraseObjectResponse(states=1, timers=2))).strip() == "erased: 1 state, 2 timers"
