"""Field masks: which fields of a resource an update changes, and the resource that results."""

from collections.abc import Iterable, Sequence

from google.protobuf.message import Message

from hookline_runtime.errors import InvalidArgument, Violation


def paths_of(mask: Iterable[str], given: Message, allowed: Sequence[str]) -> list[str]:
    """Give the paths to change: those of the mask or, without one, the allowed top-level fields that are set.

    Raises InvalidArgument at update_mask for a path that is not allowed.
    """
    named = list(dict.fromkeys(mask))
    for path in named:
        if path not in allowed:
            raise InvalidArgument(
                Violation("update_mask", f"cannot name {path[:64]!r}; it can name {', '.join(allowed)}")
            )
    if named:
        return named
    present = {field.name for field, _ in given.ListFields()}
    return [path for path in allowed if path in present]


def merge(current: Message, given: Message, paths: Iterable[str]) -> None:
    """Give `current` the values of `given` at the paths; what is not set there is cleared."""
    for path in paths:
        target, source = current, given
        *parents, name = path.split(".")
        for parent in parents:
            target, source = getattr(target, parent), getattr(source, parent)
        _take(target, source, name)


def _take(target: Message, source: Message, name: str) -> None:
    field = target.DESCRIPTOR.fields_by_name[name]
    target.ClearField(name)
    value = getattr(source, name)
    if field.is_repeated:
        getattr(target, name).MergeFrom(value)
    elif field.message_type is not None:
        if source.HasField(name):
            getattr(target, name).CopyFrom(value)
    elif not field.has_presence or source.HasField(name):
        setattr(target, name, value)
