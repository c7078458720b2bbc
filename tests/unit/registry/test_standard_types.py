import pytest
from hookline.registry.v1 import object_type_pb2

from hookline_registry import object_types, wire
from hookline_registry.model import ObjectType
from hookline_registry.standard_types import COMPANY, CONTACT, DEAL, STANDARD_TYPES
from hookline_runtime.validation import check


@pytest.mark.parametrize("type_id", [CONTACT, DEAL, COMPANY])
def test_the_standard_types_follow_the_rules_for_all_types(type_id: int) -> None:
    settings = STANDARD_TYPES[type_id]
    shown = wire.object_type(ObjectType(type_id, 1, settings, 0, 0, 1))
    assert check(shown) == ()
    assert list(object_types.violations(settings, frozenset(STANDARD_TYPES))) == []
    assert wire.object_type_settings(shown) == settings


def test_the_fields_of_a_contact_have_the_names_that_producers_use() -> None:
    fields = {field.key: field for field in STANDARD_TYPES[CONTACT].fields}
    wanted = (
        "firstname lastname email sms_number office_phone company address city state zip country owner date birthday"
    )
    assert set(wanted.split()) <= set(fields)
    assert fields["firstname"].label == "First Name"
    assert fields["owner"].kind == object_type_pb2.FIELD_KIND_RELATION
