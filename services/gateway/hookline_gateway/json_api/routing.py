"""Finds the operation of a request by its path and method."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hookline_gateway.json_api.operations import Operation
from hookline_gateway.refusals import HttpRefusal, NoSuchMethod, NoSuchRoute


@dataclass(frozen=True, slots=True)
class Found:
    """An operation and the variables of the path."""

    operation: Operation
    variables: dict[str, str]


class Router:
    """Looks among the operations that share the path's number of segments and its first fixed words."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._index: dict[tuple[int, str], list[Operation]] = {}
        # One with a verb is asked first: without it the verb would be read as the end of a variable.
        for each in sorted(operations, key=lambda operation: not operation.template.verb):
            self._index.setdefault(_key(each.template.text), []).append(each)

    def find(self, verb: str, path: str) -> Found:
        """The operation of a path as it was sent.

        Raises:
            NoSuchRoute: no operation has the path.
            NoSuchMethod: some have it, none with this method.
            HttpRefusal: the path cannot be decoded.
        """
        found = self._all(path)
        for operation, variables in found:
            if operation.verb == verb:
                return Found(operation, variables)
        if found:
            allowed = ", ".join(sorted({operation.verb for operation, _ in found}))
            raise NoSuchMethod(f"this path has {allowed}, not {verb}", headers={"allow": allowed})
        raise NoSuchRoute("no operation has this path")

    def _all(self, path: str) -> list[tuple[Operation, dict[str, str]]]:
        """The operations of a path; where it ends in a verb of some, these alone: an id has its colon encoded then."""
        found: list[tuple[Operation, dict[str, str]]] = []
        for operation in self._index.get(_key(path), ()):
            if found and found[-1][0].template.verb and not operation.template.verb:
                break
            try:
                variables = operation.template.match(path)
            except UnicodeDecodeError:
                raise HttpRefusal("the path is not UTF-8", reason="PATH_UNREADABLE") from None
            if variables is not None:
                found.append((operation, variables))
        return found


def _key(path: str) -> tuple[int, str]:
    segments = path.split("/")
    return len(segments), segments[2].partition(":")[0] if len(segments) > 2 else ""
