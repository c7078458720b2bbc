"""Every example in the tables of docs/merge-fields.md comes out as the page says."""

import re
from pathlib import Path

import pytest

from hookline_builtin import register_encoders
from hookline_plugin import FieldPath, Payload, TemplateEncoder
from hookline_plugin.merging import fold
from tests.unit.builtin.fields import Fields

PAGE = (Path(__file__).parents[3] / "docs" / "merge-fields.md").read_text(encoding="utf-8")
SECTIONS = {"Writing one": "text", "Form": "form", "JSON": "json", "XML": "xml"}
ROW = re.compile(r"^\| `(.+?)` \|(?: `(.+?)`)? \|", re.MULTILINE)
ENCODERS = {encoder.name: encoder for encoder in register_encoders()}
VALUES: Payload = {
    "firstname": "Mary",
    "lastname": "O'Neill & <Sons>",
    "email": "mary+x@example.com",
    "age": 41,
    "vip": True,
    "tags": ["a", "b"],
    "phone": "",
    "owner": {"email": "boss@example.com"},
}


class Contact(Fields):
    """A contact's fields, by label and by key."""

    def find(self, name: str) -> FieldPath | None:
        path = tuple(fold(name).replace(" ", "").split("."))
        return path if path[0] in VALUES else None


EXAMPLES = [
    (SECTIONS[title], *(text.replace("\\|", "|") for text in row))
    for title, content in re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    if title in SECTIONS
    for row in ROW.findall(content)
]


@pytest.mark.parametrize("name, template, body", EXAMPLES)
def test_an_example(name: str, template: str, body: str) -> None:
    encoder = ENCODERS[name]
    assert isinstance(encoder, TemplateEncoder)
    assert encoder.parse(template, Contact()).render(VALUES).decode() == body
    detected = next(
        each.name
        for each in (ENCODERS[kind] for kind in ("json", "xml", "form", "text"))
        if isinstance(each, TemplateEncoder) and each.detects(template)
    )
    assert detected == name


def test_all_tables_were_read() -> None:
    assert [sum(name == kind for kind, *_ in EXAMPLES) for name in ("text", "form", "json", "xml")] == [11, 4, 7, 5]
