"""An account's object types as plugins see them. Pure."""

from hookline.registry.v1 import object_type_pb2

from hookline_plugin.trigger import FieldInfo
from hookline_registry.model import ObjectTypeSettings

_KINDS: dict[int, str] = {
    number: name.removeprefix("FIELD_KIND_").lower() for name, number in object_type_pb2.FieldKind.items()
}


def field_infos(settings: ObjectTypeSettings) -> tuple[FieldInfo, ...]:
    """Give the fields of an object type."""
    return tuple(
        FieldInfo(field.key, field.label, _KINDS[field.kind], field.related_object_type_id) for field in settings.fields
    )
