import pytest

from hookline_registry.model import Field, ObjectTypeSettings
from hookline_registry.object_types import violations
from hookline_registry.standard_types import RELATION

TEXT = RELATION + 100


@pytest.mark.parametrize("label", ["Size [cm]", "a|b", "]"])
def test_a_label_that_no_merge_field_can_name_may_only_stay(label: str) -> None:
    settings = ObjectTypeSettings("Pet", (Field("size", label, TEXT, 0),))
    found = list(violations(settings, frozenset()))
    assert [each.field for each in found] == ["object_type.fields[0].label"]
    assert "merge field" in found[0].reason
    assert list(violations(settings, frozenset(), {label})) == []
