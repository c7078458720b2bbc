"""What merge fields may be called: while a webhook is written, and when it is rendered by what was stored then.

`[First Name]` is a label, `[firstname]` its key, `[Contact ID]` and `[id]` the object's id, and `[Owner.Email]` goes
through a relation. A label comes before a key, a key before an id, and a whole name before one that is cut at a dot.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from heapq import nlargest
from typing import Final

from hookline_plugin.merging import fold
from hookline_plugin.template import FieldPath
from hookline_plugin.trigger import FieldInfo

MAX_RELATIONS = 4
"""How many relations a name may go through."""

_ID: Final[FieldPath] = ("id",)
_RELATION = "relation"
_MAX_NAME = 1_024
_MAX_DOTS = 16
_MAX_GUESSED = 128
_MOST_COMPARED = 16
_MOST_GUESSES = 10
_RELATION_LIKENESS = 0.6
UNWRITABLE = re.compile(r"[\[\]|]")
"""A label that holds one of these cannot be written as a merge field; its key can. New fields have no such label."""


@dataclass(frozen=True, slots=True)
class ObjectTypeInfo:
    """An object type as far as merge fields may name it."""

    name: str
    fields: Sequence[FieldInfo]


class FieldNames:
    """The names of an object type's fields and of its related objects' fields; an unknown one is an error."""

    def __init__(self, object_types: Mapping[int, ObjectTypeInfo], object_type_id: int) -> None:
        """Take all object types of the account, and the one whose fields stand without a dot."""
        self._object_types = object_types
        self._start = object_type_id
        self._known: dict[int, _Known] = {}
        self._found: dict[str, FieldPath | None] = {}
        self._guesses_left = _MOST_GUESSES

    @property
    def strict(self) -> bool:
        """Always true: a name that nothing has is refused."""
        return True

    def find(self, name: str) -> FieldPath | None:
        """Give the path of a label, a key or an id; through relations by dot."""
        if name not in self._found:
            self._found[name] = self._find(self._start, name, MAX_RELATIONS, set()) if _is_fit(name) else None
        return self._found[name]

    def nearest(self, name: str) -> str | None:
        """Give the known name that is most like an unknown one; behind relations that are known, within them.

        After ten of them, no more are looked for: a webhook may have many wrong names, and guessing takes time.
        """
        if not _is_fit(name) or not self._guesses_left:
            return None
        self._guesses_left -= 1
        return self._nearest(self._start, name, MAX_RELATIONS)

    def _find(
        self, object_type_id: int, name: str, relations: int, dead: set[tuple[int, int, int]]
    ) -> FieldPath | None:
        """Look for a name within a type; `dead` are the ends of this name that led nowhere, so none is tried twice."""
        known = self._of(object_type_id)
        whole = known.paths.get(fold(name))
        if whole is not None or not relations:
            return whole
        state = (object_type_id, len(name), relations)
        for relation, rest in known.cuts(name) if state not in dead else ():
            path = self._find(relation.related_object_type_id, rest, relations - 1, dead)
            if path is not None:
                return (relation.key, *path)
        dead.add(state)
        return None

    def _nearest(self, object_type_id: int, name: str, relations: int) -> str | None:
        known = self._of(object_type_id)
        within = known.cuts(name)[:1] if relations else []
        for relation, rest in within:
            nearest = self._nearest(relation.related_object_type_id, rest, relations - 1)
            if nearest is not None:
                return f"{_writable(relation)}.{nearest}"
        if within:
            return None
        return (self._guessed_relation(known, name, relations) if relations else None) or known.guess(name)

    def _guessed_relation(self, known: "_Known", name: str, relations: int) -> str | None:
        """Guess the relation before the first dot, and go on behind it."""
        first, dot, rest = name.partition(".")
        label = known.guess(first, of_relations=True) if dot else None
        if label is None:
            return None
        related = known.relations[fold(label)].related_object_type_id
        if self._find(related, rest, relations - 1, set()) is not None:
            return f"{label}.{rest.strip()}"
        nearest = self._nearest(related, rest, relations - 1)
        return None if nearest is None else f"{label}.{nearest}"

    def _of(self, object_type_id: int) -> "_Known":
        known = self._known.get(object_type_id)
        if known is None:
            known = self._known[object_type_id] = _Known(self._object_types.get(object_type_id))
        return known


class KnownNames:
    """The names that were found when a webhook was saved; any other renders as empty."""

    def __init__(self, paths: Mapping[str, FieldPath]) -> None:
        """Take paths by folded name."""
        self._paths = paths

    @property
    def strict(self) -> bool:
        """Always false: a field may have been deleted since."""
        return False

    def find(self, name: str) -> FieldPath | None:
        """Give the stored path."""
        return self._paths.get(fold(name))

    def nearest(self, name: str) -> str | None:
        """Give None: nobody is asked to write the name better."""
        return None


class _Known:
    """The names within one object type, folded."""

    def __init__(self, info: ObjectTypeInfo | None) -> None:
        fields = info.fields if info else ()
        self.paths: dict[str, FieldPath] = {}
        self.relations: dict[str, FieldInfo] = {}
        self._labels: dict[str, str] = {}
        for name, field in [(field.label, field) for field in fields] + [(field.key, field) for field in fields]:
            self.paths.setdefault(fold(name), (field.key,))
            if field.kind == _RELATION:
                self.relations.setdefault(fold(name), field)
        for field in fields:
            self._labels.setdefault(fold(field.label), _writable(field))
        if info:
            self.paths.setdefault(fold(f"{info.name} ID"), _ID)
            self.paths.setdefault("id", _ID)
            self._labels.setdefault(fold(f"{info.name} ID"), f"{info.name} ID")

    def cuts(self, name: str) -> list[tuple[FieldInfo, str]]:
        """Give the relations that the name may begin with, each with what follows its dot."""
        if not self.relations:
            return []
        dots = [index for index, character in enumerate(name) if character == "."]
        found = ((self.relations.get(fold(name[:dot])), name[dot + 1 :]) for dot in dots)
        return [(relation, rest) for relation, rest in found if relation is not None]

    def guess(self, name: str, *, of_relations: bool = False) -> str | None:
        """Give the label that is most like a name, however little; a relation must be like it: more follows."""
        wanted = fold(name)[:_MAX_GUESSED]
        matcher = SequenceMatcher(b=wanted)

        def likeness(label: str) -> float:
            matcher.set_seq1(label)
            return matcher.quick_ratio()

        labels = [folded for folded in self._labels if not of_relations or folded in self.relations]
        # How like two texts really are takes long to find out where they are long: only a few are looked at so closely.
        compared = nlargest(_MOST_COMPARED, labels, likeness)
        close = get_close_matches(wanted, compared, n=1, cutoff=_RELATION_LIKENESS if of_relations else 0.0)
        return self._labels[close[0]] if close else None


def _is_fit(name: str) -> bool:
    return len(name) <= _MAX_NAME and name.count(".") <= _MAX_DOTS


def _writable(field: FieldInfo) -> str:
    return field.key if UNWRITABLE.search(field.label) else field.label
