"""The demo's table of targets and its summary, for a person and as JSON."""

from collections.abc import Mapping
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from hookline_cli.demo.firing import WEBHOOK_THROTTLE
from hookline_cli.demo.plan import SUBSCRIPTIONS, THROTTLE
from hookline_cli.demo.tally import Key, Row, Tally, percentile


def milliseconds(seconds: float | None) -> str:
    """A time in milliseconds, with one digit where that matters."""
    if seconds is None:
        return ""
    value = seconds * 1000
    return f"{value:.1f} ms" if value < 100 else f"{value:,.0f} ms"


_COUNTS = ("delivered", "retried", "throttled", "waiting", "dead")
_LAYOUTS = (
    (136, ("fired by", "payload", *_COUNTS, "p50", "p99")),
    (79, (*_COUNTS, "p50", "p99")),
    (59, _COUNTS),
    (41, ("delivered", "waiting", "dead")),
    (36, ("delivered", "waiting")),
    (0, ("delivered",)),
)
"""The columns beside the name, each layout with the width that it needs to keep a target on one line."""
WIDE = _LAYOUTS[0][0]
"""Columns of text in which the whole table fits."""


def live_table(tally: Tally, queues: Mapping[Key, int], published: int, width: int = WIDE) -> Table:
    """One row per subscription and webhook; queues holds how many deliveries wait or are under way, by target.

    A narrower terminal sees fewer columns.
    """
    columns = next(columns for needed, columns in _LAYOUTS if width >= needed)
    title = f"{published} events published, {tally.count('delivered')} deliveries delivered"
    padding = (0, 1, 0, 0) if width >= WIDE else (0,)
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, padding=padding)
    table.add_column("target", overflow="fold")
    for name in columns:
        table.add_column(name, justify="left" if name in ("fired by", "payload") else "right", overflow="fold")
    for key, row in tally.rows.items():
        cells = _cells(row, queues.get(key, 0))
        table.add_row(row.name, *(cells[name] for name in columns))
    return table


def _cells(row: Row, waiting: int) -> dict[str, str | Text]:
    """What stands in each column."""
    return {
        "fired by": row.fired_by,
        "payload": row.payload,
        "delivered": Text(str(row.delivered), style="green"),
        "retried": Text(str(len(row.retried)), style="yellow" if row.retried else "dim"),
        "throttled": Text(str(len(row.throttled)), style="cyan" if row.throttled else "dim"),
        "waiting": str(waiting),
        "dead": Text(str(row.dead), style="red" if row.dead else "dim"),
        "p50": milliseconds(percentile(row.times, 0.5)),
        "p99": milliseconds(percentile(row.times, 0.99)),
    }


def summary(tally: Tally, published: int, expected: int) -> dict[str, Any]:
    """What the run came to; times are in milliseconds."""
    return {
        "published": published,
        "deliveries": expected,
        "delivered": tally.count("delivered"),
        "retried": tally.count("retried"),
        "throttled": tally.count("throttled"),
        "dead": tally.count("dead"),
        "cancelled": tally.count("cancelled"),
        "p50_ms": _rounded(percentile(tally.times(direct=True), 0.5)),
        "p99_ms": _rounded(percentile(tally.times(direct=True), 0.99)),
        "p50_ms_with_retries_and_throttle": _rounded(percentile(tally.times(direct=False), 0.5)),
        "p99_ms_with_retries_and_throttle": _rounded(percentile(tally.times(direct=False), 0.99)),
        "delivered_by_source": tally.delivered_by_source(),
        "subscriptions": {row.name: _row(row) for row in tally.rows.values() if row.source == SUBSCRIPTIONS},
        "webhooks": {row.name: _row(row) for row in tally.rows.values() if row.source != SUBSCRIPTIONS},
    }


def _row(row: Row) -> dict[str, Any]:
    return {
        "fired_by": row.fired_by,
        "delivered": row.delivered,
        "retried": len(row.retried),
        "throttled": len(row.throttled),
        "dead": row.dead,
        "cancelled": row.cancelled,
        "p50_ms": _rounded(percentile(row.times, 0.5)),
        "p99_ms": _rounded(percentile(row.times, 0.99)),
    }


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 2)


def summary_words(tally: Tally, published: int, received: int, verified: int) -> Text:
    """The summary for a person."""
    direct, every = tally.times(direct=True), tally.times(direct=False)
    lines = Text()
    lines.append("Summary\n", style="bold")
    lines.append(f"  published   {published} events\n")
    lines.append(f"  delivered   {tally.count('delivered')} deliveries", style="green")
    lines.append(f"; {received} requests received, {verified} signatures verified\n")
    by_source = ", ".join(f"{source} {count}" for source, count in tally.delivered_by_source().items())
    lines.append(f"  fired by    {by_source}\n")
    lines.append(f"  retried     {tally.count('retried')} (the receiver of “tags added” fails on purpose)\n")
    lines.append(f"  throttled   {tally.count('throttled')} (“purchases” takes {THROTTLE} requests a minute,")
    lines.append(f" webhooks {WEBHOOK_THROTTLE})\n")
    lines.append(f"  p50, p99    {milliseconds(percentile(direct, 0.5))}, {milliseconds(percentile(direct, 0.99))}")
    lines.append(" to delivered, where nothing held it back\n")
    lines.append(f"              {milliseconds(percentile(every, 0.5))}, {milliseconds(percentile(every, 0.99))}")
    lines.append(" with retries and throttle")
    return lines
