from dataclasses import replace

import pytest

from hookline_registry.model import ObjectTypeSettings, Reading, WebhookSettings
from hookline_registry.standard_types import STANDARD_TYPES
from hookline_registry.webhook_rules import Surroundings, read
from hookline_runtime.egress.policy import Policy
from hookline_runtime.plugins import PluginHost

HOST = PluginHost.load()
AROUND = Surroundings(STANDARD_TYPES, HOST)
POST = 2
SETTINGS = WebhookSettings("", 0, "https://example.com/", POST)


def paths(settings: WebhookSettings, around: Surroundings = AROUND) -> list[str]:
    found = read(settings, around)
    return [] if isinstance(found, Reading) else [violation.field for violation in found]


def test_without_data_there_is_no_content_type() -> None:
    assert read(SETTINGS, AROUND) == Reading("")


def test_names_of_all_texts_are_read() -> None:
    settings = replace(SETTINGS, url="https://[Website]/", headers=(("X-A", "[Owner.Email]"),), data="[ID]")
    assert read(settings, AROUND) == Reading(
        "text/plain", (("website", ("website",)), ("owner.email", ("owner", "email")), ("id", ("id",)))
    )


def test_no_name_is_found_fault_with_where_there_is_no_such_type() -> None:
    settings = replace(SETTINGS, object_type_id=7, data="[What?]", headers=(("a", "[open"),))
    assert paths(settings) == ["webhook.object_type_id", "webhook.headers[0].value"]


def test_a_type_without_fields_has_ids() -> None:
    around = Surroundings({7: ObjectTypeSettings("Pet")}, HOST)
    assert read(replace(SETTINGS, object_type_id=7, data="[Pet ID]"), around) == Reading(
        "text/plain", (("pet id", ("id",)),)
    )


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1/", "http://localhost:80/[Email]", "https://[::1]:8443/", "http://0x7f.1"]
)
def test_a_literal_host_must_be_public_or_opened(url: str) -> None:
    settings = replace(SETTINGS, url=url)
    assert paths(settings) == ["webhook.url"]
    opened = replace(AROUND, egress=Policy.of("10.0.0.0/8,127.0.0.0/8,::1/128"))
    assert paths(settings, opened) == []


def test_where_a_merged_host_leads_is_not_known_yet() -> None:
    assert paths(replace(SETTINGS, url="http://[Website]/")) == []
