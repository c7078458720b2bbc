"""Events of claims: from memory while they are kept, from the file when not."""

from __future__ import annotations

import sqlite3

from hookline_dispatcher.core.event import Event
from hookline_dispatcher.store.sqlite.events import EVENT_BYTES, Events

from .rig import Rig, event, intake


async def test_what_was_forgotten_is_read_from_the_file_as_it_was(rig: Rig) -> None:
    whole = Event(
        1, "e1", "sub_tag", 0, "7", '{"näme":"Mary"}'.encode(), {"tag_id": "4"}, 3, ("näme",), ("7", "9"), 5, "key"
    )
    await rig.store.ingest([intake(each, 1) for each in (whole, event("e2"))])
    file = sqlite3.connect(rig.path)
    seqs = {id_: seq for seq, id_ in file.execute("SELECT seq, id FROM event")}
    events = Events(file)
    assert events.of(seqs.values()) == {seqs["e1"]: whole, seqs["e2"]: event("e2")}
    file.close()


async def test_no_more_is_kept_than_there_is_room_for(rig: Rig) -> None:
    await rig.store.ingest([intake(event(f"e{number}"), 1) for number in range(5)])
    file = sqlite3.connect(rig.path)
    seqs = [seq for (seq,) in file.execute("SELECT seq FROM event ORDER BY seq")]
    events = Events(file, most_bytes=3 * (EVENT_BYTES + 2))
    for seq in seqs:
        events.keep(seq, event("kept")._replace(data=b"{}"))
    assert [events.of([seq])[seq].id for seq in seqs] == ["e0", "e1", "kept", "kept", "kept"]
    events.keep(seqs[0], event("kept")._replace(data=b" " * 4 * EVENT_BYTES))
    assert [events.of([seq])[seq].id for seq in seqs] == ["e0", "e1", "e2", "e3", "e4"]
    file.close()
