"""`text/csv` as RFC 4180 has it: a header line with the fields' names and one record with their values.

Webhooks can be written in it too: see `template`.

Nested fields are named by their path, `data.owner.tags[0]`. Null, an empty list and an empty mapping are empty.
"""

import csv
import io

from hookline_csv.template import looks_like_csv, parse
from hookline_plugin import Names, Payload, Scalar, Template, leaves, written


class CsvEncoder:
    """Encodes payloads as a table of one record, and webhooks as the lines that a person wrote."""

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

    def detects(self, text: str) -> bool:
        """Say whether a template is a line of names and lines of as many cells."""
        return looks_like_csv(text)

    def parse(self, text: str, names: Names) -> Template:
        """Parse lines with merge fields in their cells."""
        return parse(text, names)


def _text(leaf: Scalar) -> str:
    if isinstance(leaf, bool):
        return "true" if leaf else "false"
    return "" if leaf is None else str(leaf)
