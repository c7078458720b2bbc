"""The example's own tests: the contract of every encoder, then what is particular to CSV."""

import pytest
from hookline_csv import register_encoders
from hookline_csv.encoder import CsvEncoder

from hookline_plugin import Encoder, Payload
from hookline_plugin.testing import EncoderConformance


class TestConformance(EncoderConformance):
    """The suite that ships with the plugin API."""

    @pytest.fixture
    def encoder(self) -> Encoder:
        """Give the encoder to test."""
        return CsvEncoder()


@pytest.mark.parametrize(
    ("payload", "body"),
    [
        ({}, ""),
        ({"a": "x", "b": 1, "c": True, "d": None}, "a,b,c,d\r\nx,1,true,\r\n"),
        ({"data": {"tags": ["1", "2"]}}, "data.tags[0],data.tags[1]\r\n1,2\r\n"),
        ({"a": 'say "hi", twice\n'}, 'a\r\n"say ""hi"", twice\n"\r\n'),
    ],
)
def test_bytes(payload: Payload, body: str) -> None:
    """Quotes, commas and line ends are quoted as RFC 4180 has it."""
    assert CsvEncoder().encode(payload).decode() == body


def test_the_plugin_registers_the_encoder() -> None:
    """The hook gives the encoder."""
    assert [encoder.name for encoder in register_encoders()] == ["csv"]
