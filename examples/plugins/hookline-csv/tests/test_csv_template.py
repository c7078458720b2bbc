"""Webhooks written in CSV: the contract of every template encoder, then what is particular to CSV."""

import csv
import io

import pytest
from hookline_csv.encoder import CsvEncoder

from hookline_plugin import TemplateEncoder, TemplateError
from hookline_plugin.testing import TemplateConformance
from hookline_plugin.testing.templates import HOSTILE, SomeNames

HEAD = "name,email\n"


class TestConformance(TemplateConformance):
    """The suite that ships with the plugin API."""

    @pytest.fixture
    def encoder(self) -> TemplateEncoder:
        """Give the encoder to test."""
        return CsvEncoder()

    @pytest.fixture
    def template(self) -> str:
        """Give a template."""
        return HEAD + "[First Name],[Email|none]\n"


class TestConformanceWithinQuotes(TestConformance):
    """The same where fields stand within quotes."""

    @pytest.fixture
    def template(self) -> str:
        """Give a template."""
        return HEAD + '"Mr. [First Name], ""Esq.""","<[Email|none]>"\n'


@pytest.mark.parametrize("value", [value for value in HOSTILE if value != "\ud800"], ids=ascii)
def test_a_reader_of_csv_reads_the_values_again(value: str) -> None:
    """Whatever a value holds, it is the content of its cell."""
    template = CsvEncoder().parse(HEAD + '[First Name],"at ""[Email]"""\r\n[[x]],y', SomeNames())
    body = template.render({"firstname": value, "email": value}).decode()
    rows = list(csv.reader(io.StringIO(body, newline=""), strict=True))
    assert rows == [["name", "email"], [value, f'at "{value}"'], ["[x]", "y"]]


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        (HEAD + "Dear [Email],x", 2, 6),
        (HEAD + "[Email] x,y", 2, 8),
        (HEAD + '[Email]"', 2, 8),
        (HEAD + "[Email][Email]", 2, 8),
        (HEAD + 'a"b",c', 2, 2),
        (HEAD + '"a"b,c', 2, 4),
        (HEAD + '"a"[Email]', 2, 4),
        (HEAD + '"a,b\n', 3, 1),
    ],
)
def test_what_could_break_out_of_a_cell_is_refused(text: str, line: int, column: int) -> None:
    """With the place of the first sign that is wrong."""
    with pytest.raises(TemplateError) as caught:
        CsvEncoder().parse(text, SomeNames())
    assert (caught.value.line, caught.value.column) == (line, column)


@pytest.mark.parametrize(
    ("text", "detected"),
    [
        (HEAD + "a,b\n", True),
        (HEAD + '"a,\nb",c\n[Email],[Email]', True),
        (HEAD, False),
        ("name\na\n", False),
        (HEAD + "a,b,c\n", False),
        ("Dear [First Name],\nwe owe you an answer,\n", False),
        ('{"a": 1,\n"b": 2}', False),
        (HEAD + '"a', False),
    ],
)
def test_detects_lines_of_cells_below_their_names(text: str, detected: bool) -> None:
    """A letter with commas is none."""
    assert CsvEncoder().detects(text) is detected
