"""Names for template tests: a contact's fields, or whatever fields a property test makes up."""

from collections.abc import Iterable

from hypothesis import strategies as st

from hookline_plugin import FieldPath, Value
from hookline_plugin.merging import fold

CONTACT = (
    "First Name",
    "Last Name",
    "Email",
    "Age",
    "VIP",
    "Tags",
    "2nd Phone",
    "Terms & Conditions",
    'Size 5" <wide>',
    "Owner.Email",
    "true",
    "1",
    "1,2",
)


class Fields:
    """Labels whose values stand below the folded label; those with a dot, below the relation's."""

    def __init__(self, labels: Iterable[str] = CONTACT, *, strict: bool = True) -> None:
        self.strict = strict
        self._paths: dict[str, FieldPath] = {fold(label): tuple(fold(label).split(".")) for label in labels}

    def find(self, name: str) -> FieldPath | None:
        return self._paths.get(fold(name))

    def nearest(self, name: str) -> str | None:
        return next((known for known in self._paths if known[:2] == fold(name)[:2]), None)


HOSTILE = (
    "[Email]",
    "[A]",
    "[[",
    "{{7*7}}",
    '"},{"',
    '","admin":true,"x":"',
    "\\",
    "</a>",
    "]]>",
    "]]",
    ">",
    "<![CDATA[",
    "--><!--",
    "&amp;",
    "&#0;",
    "&x=1",
    "%0d%0a",
    "\r\n",
    "+",
    "\0",
    "\ufffe",
    "\ud83d",
    "12",
    "1e999",
    "-",
    "true",
    "null",
)
scalars: st.SearchStrategy[Value] = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=[]), max_size=12)
    | st.sampled_from(HOSTILE)
)
anything: st.SearchStrategy[Value] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)


def values_of(labels: Iterable[str]) -> st.SearchStrategy[dict[str, Value]]:
    """Values for labels without dots: anything that an event may hold, and what attackers put there."""
    return st.fixed_dictionaries({fold(label): anything for label in labels})
