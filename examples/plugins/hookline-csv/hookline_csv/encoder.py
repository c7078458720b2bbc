"""`text/csv` as RFC 4180 has it: a header line with the fields' names and one record with their values.

Nested fields are named by their path, `data.owner.tags[0]`. Null, an empty list and an empty mapping are empty.
"""

import csv
import io

from hookline_plugin import Payload, Scalar, leaves, written


class CsvEncoder:
    """Encodes payloads as a table of one record."""

    name = "csv"
    media_type = "text/csv; charset=utf-8; header=present"
    media_types = frozenset({"text/csv"})

    def encode(self, payload: Payload) -> bytes:
        """Give header and record; an empty payload gives an empty body."""
        # `leaves` checks as it walks: it raises EncodeError for NaN, lone surrogates and what is too deep.
        fields = [(written(path), _text(leaf)) for path, leaf in leaves(payload)]
        if not fields:
            return b""
        table = io.StringIO(newline="")
        csv.writer(table).writerows(zip(*fields, strict=True))
        return table.getvalue().encode()


def _text(leaf: Scalar) -> str:
    if isinstance(leaf, bool):
        return "true" if leaf else "false"
    return "" if leaf is None else str(leaf)
