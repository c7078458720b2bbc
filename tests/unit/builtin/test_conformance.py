"""The built-in encoders keep the contract that third parties keep, and come in by the same door."""

import pytest

import hookline_builtin
from hookline_builtin.encoders import FormEncoder, JsonEncoder, TextEncoder, XmlEncoder
from hookline_plugin import Encoder
from hookline_plugin.testing import EncoderConformance


class TestForm(EncoderConformance):
    @pytest.fixture
    def encoder(self) -> Encoder:
        return FormEncoder()


class TestJson(EncoderConformance):
    @pytest.fixture
    def encoder(self) -> Encoder:
        return JsonEncoder()


class TestXml(EncoderConformance):
    @pytest.fixture
    def encoder(self) -> Encoder:
        return XmlEncoder()


class TestText(EncoderConformance):
    @pytest.fixture
    def encoder(self) -> Encoder:
        return TextEncoder()


def test_the_plugin_registers_the_four() -> None:
    registered = hookline_builtin.register_encoders()
    assert [(encoder.name, encoder.media_type) for encoder in registered] == [
        ("form", "application/x-www-form-urlencoded"),
        ("json", "application/json"),
        ("xml", "application/xml"),
        ("text", "text/plain; charset=utf-8"),
    ]
