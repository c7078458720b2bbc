"""Payloads for property tests: whatever JSON can say, within an encoder's bounds."""

from hypothesis import strategies as st

from hookline_plugin import Payload, Value

scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20)
)


def payloads(keys: st.SearchStrategy[str] | None = None) -> st.SearchStrategy[Payload]:
    """Give payloads with the given kind of keys, any text by default."""
    names = st.text(max_size=8) if keys is None else keys
    values: st.SearchStrategy[Value] = st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
        max_leaves=12,
    )
    return st.dictionaries(names, values, max_size=5)
