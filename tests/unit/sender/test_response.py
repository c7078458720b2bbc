"""However the bytes of an answer are cut into pieces, the result is the same."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hookline_dispatcher.sender.limits import Limits
from hookline_dispatcher.sender.model import Answered
from hookline_dispatcher.sender.response import HeadTooLarge, Malformed, ResponseReader

Seen = tuple[Answered | str, bool]


def read(pieces: Sequence[bytes], *, ends: bool, limits: Limits = Limits(), no_body: bool = False) -> Seen:
    """Feed `pieces` until the answer is complete; the error's name where there is one, and whether it is reusable."""
    reader = ResponseReader(limits)
    reader.expect(no_body=no_body)
    try:
        complete = any(reader.feed(piece) for piece in pieces)
    except (Malformed, HeadTooLarge) as error:
        return type(error).__name__, False
    if not complete and not (ends and reader.end()):
        return "incomplete", False
    return reader.answer(0), reader.reusable


def cut(data: bytes, places: Sequence[int]) -> list[bytes]:
    bounds = [0, *sorted({place % (len(data) + 1) for place in places}), len(data)]
    return [data[start:end] for start, end in pairwise(bounds) if start != end]


def chunked(parts: Sequence[bytes]) -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts if part) + b"0\r\n\r\n"


bodies = st.lists(st.binary(max_size=60), max_size=5)
headers = st.lists(
    st.tuples(st.from_regex(rb"X-[A-Za-z]{1,8}", fullmatch=True), st.from_regex(rb"[!-~]{0,12}", fullmatch=True)),
    max_size=4,
)
places = st.lists(st.integers(0, 2_000), max_size=30)


@st.composite
def answers(draw: st.DrawFn) -> tuple[bytes, Answered, bool]:
    """The bytes of an answer, what it says, and whether the connection can be used again."""
    parts, extra, status = draw(bodies), draw(headers), draw(st.sampled_from([200, 201, 404, 500]))
    framing = draw(st.sampled_from(["length", "chunked", "end"]))
    body = b"".join(parts)
    fields = {
        "length": [(b"Content-Length", b"%d" % len(body))],
        "chunked": [(b"Transfer-Encoding", b"chunked")],
        "end": [],
    }[framing]
    fields = extra + fields
    interim = b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" * draw(st.integers(0, 3))
    head = b"HTTP/1.1 %d Reason\r\n" % status + b"".join(b"%b: %b\r\n" % field for field in fields) + b"\r\n"
    wire = interim + head + (chunked(parts) if framing == "chunked" else body)
    lowered = tuple((name.lower(), value) for name, value in fields)
    return wire, Answered(status, lowered, body, False, 0), framing != "end"


@settings(max_examples=150, deadline=None)
@given(answers(), places)
def test_cutting_changes_nothing(answer: tuple[bytes, Answered, bool], places: list[int]) -> None:
    wire, said, reusable = answer
    assert read(cut(wire, places), ends=True) == (said, reusable)


@settings(max_examples=60, deadline=None)
@given(answers(), st.integers(0, 2_000))
def test_a_part_is_never_a_whole(answer: tuple[bytes, Answered, bool], length: int) -> None:
    wire, _, framed = answer
    if framed:
        assert read([wire[: length % len(wire)]], ends=True) == ("incomplete", False)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200), places, st.booleans())
def test_rubbish_is_refused_however_it_is_cut(data: bytes, places: list[int], behind_a_head: bool) -> None:
    wire = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + data if behind_a_head else data
    whole, pieces = read([wire], ends=True), read(cut(wire, places), ends=True)
    assert whole[0] == pieces[0]


@settings(max_examples=60, deadline=None)
@given(st.binary(min_size=1, max_size=400), places, st.integers(0, 50))
def test_kept_body_is_the_beginning(body: bytes, places: list[int], kept: int) -> None:
    wire = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    answer, reusable = read(cut(wire, places), ends=False, limits=Limits(body_kept=kept))
    assert isinstance(answer, Answered)
    assert (answer.body, answer.body_cut, reusable) == (body[:kept], len(body) > kept, True)


LARGE_HEADS = [
    pytest.param([b"HTTP/1.1 200 OK\r\nX: " + b"a" * 300], id="one value, unfinished"),
    pytest.param([b"HTTP/1.1 200 OK\r\nX: " + b"a" * 300 + b"\r\n\r\n"], id="one value, finished"),
    pytest.param([b"HTTP/1.1 200 OK\r\n" + b"X:\r\n" * 100 + b"\r\nbody"], id="many empty values"),
    pytest.param([b"HTTP/1.1 200 " + b"a" * 300], id="a reason phrase"),
    pytest.param([b"HTTP/1.1 200 OK\r\nX", *[b"a" * 10] * 30], id="a name in pieces"),
    pytest.param([b"HTTP/1.1 102 P\r\nX: " + b"a" * 60 + b"\r\n\r\n"] * 4, id="interim heads"),
]


@pytest.mark.parametrize("pieces", LARGE_HEADS)
def test_large_heads(pieces: list[bytes]) -> None:
    assert read(pieces, ends=False, limits=Limits(head_read=200)) == ("HeadTooLarge", False)


def test_small_head_before_a_large_body() -> None:
    wire = b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n" + b"b" * 900
    answer, reusable = read([wire], ends=False, limits=Limits(head_read=200))
    assert isinstance(answer, Answered)
    assert (len(answer.body), reusable) == (900, True)


def test_trailers_are_no_headers() -> None:
    wire = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nT: 1\r\nU: 2\r\n\r\n"
    answer, reusable = read([wire], ends=False)
    assert isinstance(answer, Answered)
    assert (answer.headers, reusable) == (((b"transfer-encoding", b"chunked"),), True)


def test_endless_trailers_are_cut() -> None:
    start = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
    answer, reusable = read(
        [start, *[b"T: 1\r\n" * 50] * 10], ends=False, limits=Limits(body_read=1_000, head_read=100)
    )
    assert isinstance(answer, Answered)
    assert (answer.body_cut, reusable) == (True, False)


@pytest.mark.parametrize(
    "wire, reusable",
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", False),
        (b"HTTP/1.1 200 OK\r\n\r\n", False),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", True),
        (b"HTTP/1.1 204 No Content\r\n\r\n", True),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", False),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n", False),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", False),
    ],
)
def test_answer_to_head(wire: bytes, reusable: bool) -> None:
    answer, usable = read([wire], ends=False, no_body=True)
    assert isinstance(answer, Answered)
    assert (answer.body, usable) == (b"", reusable)


def test_next_answer_starts_afresh() -> None:
    reader = ResponseReader(Limits())
    for number in range(3):
        reader.expect(no_body=False)
        assert reader.untouched
        assert reader.feed(b"HTTP/1.1 20%d OK\r\nN: %d\r\nContent-Length: 1\r\n\r\n%d" % (number, number, number))
        assert reader.reusable
        answer = reader.answer(number)
        assert (answer.status_code, answer.headers[0], answer.body) == (
            200 + number,
            (b"n", b"%d" % number),
            b"%d" % number,
        )
