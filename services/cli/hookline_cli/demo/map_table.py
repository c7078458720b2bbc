"""The demo's campaign as a table of its map, as a line, and as JSON: all counts are of contacts."""

from typing import Any

from hookline.dispatcher.v1 import campaign_stats_service_pb2 as stats_pb2
from rich import box
from rich.table import Table
from rich.text import Text

from hookline_cli.demo.counting import Counting

_PLACES = ("reached", "waiting", "left")
_SENDING = ("on its way", "sent", "failed")
_LAYOUTS = ((62, (*_PLACES, *_SENDING)), (44, ("reached", "waiting", "sent")), (0, ("waiting", "sent")))
"""The columns beside the element, each layout with the width that it needs to keep an element on one line."""
_STYLES = {"waiting": "cyan", "on its way": "yellow", "sent": "green", "failed": "red"}


def map_table(counting: Counting, width: int) -> Table:
    """One row per element, in the order of the map, and one for the whole map; a narrower terminal sees less."""
    columns = next(columns for needed, columns in _LAYOUTS if width >= needed)
    title = f"campaign {counting.campaign.name}, in contacts"
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, padding=(0,))
    table.add_column("element", overflow="fold")
    for name in columns:
        table.add_column(name, justify="right", overflow="fold")
    for element in counting.elements:
        kind = counting.kind(element)
        cells = _cells(element, sends=kind == "webhook")
        table.add_row(f"{element.element_id} ({kind})", *(cells[name] for name in columns))
    cells = _cells(counting.total, sends=True)
    table.add_row("the whole map", *(cells[name] for name in columns))
    return table


def _cells(stats: stats_pb2.ElementStats, *, sends: bool) -> dict[str, Text]:
    """What stands in each column; what sends nothing has no counts of that."""
    shown = {name: Text(str(count), style=_STYLES.get(name, "") if count else "dim") for name, count in _named(stats)}
    return shown if sends else {**shown, **dict.fromkeys(_SENDING, Text())}


def _named(stats: stats_pb2.ElementStats) -> tuple[tuple[str, int], ...]:
    return (
        ("reached", stats.reached),
        ("waiting", stats.waiting),
        ("left", stats.left),
        ("on its way", stats.on_its_way),
        ("sent", stats.sent),
        ("failed", stats.failed),
    )


def campaign_line(counting: Counting) -> str:
    """How it stands, in a line."""
    total = counting.total
    name = counting.campaign.name
    places = f"{total.reached} came in, {total.waiting} wait, {total.left} left"
    return f"{name}: {places}; sent {total.sent}, on its way {total.on_its_way}, failed {total.failed}"


def campaign_document(counting: Counting) -> dict[str, Any]:
    """The counts as JSON."""
    return {
        "id": counting.campaign.id,
        "name": counting.campaign.name,
        "elements": {each.element_id: dict(_keys(each)) for each in counting.elements},
        "total": dict(_keys(counting.total)),
    }


def _keys(stats: stats_pb2.ElementStats) -> tuple[tuple[str, int], ...]:
    return tuple((name.replace(" ", "_"), count) for name, count in _named(stats))
