"""What people are told of a trigger that comes with a date: when it comes, or why it does not.

It repeats the date that the object's data hold: for who asks what would happen, never for what is kept.
"""

from datetime import UTC, datetime, timedelta

from hookline_builtin.triggers.date_trigger import DateTrigger
from hookline_builtin.triggers.items import write_item
from hookline_builtin.triggers.rule_events import BY_EVENT
from hookline_plugin.encoder import Value

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EMPTY = (None, "", 0, "0", False)


def in_words(trigger: DateTrigger, value: Value, now: int, came: int | None, again: bool) -> str:
    """Say when a trigger comes for a value of its field; `came` is when it came today, if it did.

    `again` says that it had come before it was looked at now.
    """
    kind = BY_EVENT[trigger.event]
    label = write_item(kind.written, *(trigger.params[param.name] for param in kind.params))
    date = trigger.coming(value)
    if date is None:
        what = "is empty" if value in _EMPTY else "holds no date that could come"
        return f"{label} does not come: {trigger.field} {what}"
    when = _written(date.time, date.whole_day)
    if date.time > now:
        return f"{label} comes {when}"
    if date.time == came:
        return f"{label} has come already, {when}" if again else f"{label} comes now, {when}"
    return f"{label} does not come: {when} was over when it was told of"


def _written(time: int, whole_day: bool) -> str:
    moment = _EPOCH + timedelta(microseconds=time)
    return f"on {moment.date()} (UTC)" if whole_day else f"at {moment.isoformat(timespec='seconds')[:19]}Z"
