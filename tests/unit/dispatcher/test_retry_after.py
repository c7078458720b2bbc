from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hookline_dispatcher.core.instants import SECOND
from hookline_dispatcher.delivery.retry_after import retry_after

NOW = int(datetime(1994, 11, 6, 8, 49, 30, tzinfo=UTC).timestamp()) * SECOND


@pytest.mark.parametrize(
    "value, seconds",
    [
        ("0", 0),
        ("120", 120),
        (" 5 ", 5),
        ("0009", 9),
        ("0" * 9999, 0),
        ("9" * 9999, 10**12 - 1),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 7),
        ("Sunday, 06-Nov-94 08:49:37 GMT", 7),
        ("Sun Nov  6 08:49:37 1994", 7),
        ("Sun, 06 Nov 1994 08:49:07 GMT", 0),
    ],
)
def test_reads_seconds_and_every_form_of_a_date(value: str, seconds: int) -> None:
    assert retry_after(value, NOW) == seconds * SECOND


@pytest.mark.parametrize(
    "value",
    [
        "",
        "-1",
        "1.5",
        "soon",
        "1 2",
        "Sun, 99 Nov 1994 08:49:37 GMT",
        "06 Nov 1994 99:99:99 GMT",
        "x" * 9999,
        "٣",
    ],
)
def test_takes_nothing_from_garbage(value: str) -> None:
    assert retry_after(value, NOW) is None


@given(st.integers(0, 10**9))
def test_a_date_is_the_span_until_then(seconds: int) -> None:
    date = format_datetime(datetime.fromtimestamp(NOW // SECOND + seconds, UTC), usegmt=True)
    assert retry_after(date, NOW) == seconds * SECOND


@given(st.text(max_size=80))
def test_whatever_a_receiver_says_is_read_or_ignored(value: str) -> None:
    assert (retry_after(value, NOW) or 0) >= 0
