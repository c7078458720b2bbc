"""The built-in template encoders keep the contract that third parties keep."""

import pytest

from hookline_builtin.encoders import FormEncoder, JsonEncoder, TextEncoder, XmlEncoder
from hookline_plugin import TemplateEncoder
from hookline_plugin.testing import TemplateConformance


class TestForm(TemplateConformance):
    @pytest.fixture
    def encoder(self) -> TemplateEncoder:
        return FormEncoder()

    @pytest.fixture
    def template(self) -> str:
        return "name=x [First Name]&data[email]=[Email|none]"


class TestJson(TemplateConformance):
    @pytest.fixture
    def encoder(self) -> TemplateEncoder:
        return JsonEncoder()

    @pytest.fixture
    def template(self) -> str:
        return '{"name": "x [First Name]",\n "tags": [1, "[Email|none]"]}'


class TestBareJson(TestJson):
    @pytest.fixture
    def template(self) -> str:
        return '{"email":\n  [Email|none], "name": [First Name]}'


class TestXml(TemplateConformance):
    @pytest.fixture
    def encoder(self) -> TemplateEncoder:
        return XmlEncoder()

    @pytest.fixture
    def template(self) -> str:
        return '<?xml version="1.0"?>\n<a name="x [First Name]">[Email|none]</a>'


class TestCdata(TestXml):
    @pytest.fixture
    def template(self) -> str:
        return "<a b='[Email|none]'><![CDATA[x [First Name]]]></a>"


class TestText(TemplateConformance):
    @pytest.fixture
    def encoder(self) -> TemplateEncoder:
        return TextEncoder()

    @pytest.fixture
    def template(self) -> str:
        return "Hello [First Name],\n\nyour address is [Email|none]."
