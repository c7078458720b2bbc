import grpc
from google.protobuf.field_mask_pb2 import FieldMask
from hookline.registry.v1 import object_type_pb2 as pb

from tests.contract.registry.world import World, refusal

Code = grpc.StatusCode
TEXT, RELATION = pb.FIELD_KIND_TEXT, pb.FIELD_KIND_RELATION


def creating(name: str, *fields: pb.Field, request_id: str = "") -> pb.CreateObjectTypeRequest:
    return pb.CreateObjectTypeRequest(object_type=pb.ObjectType(name=name, fields=fields), request_id=request_id)


def updating(object_type: pb.ObjectType, *paths: str) -> pb.UpdateObjectTypeRequest:
    return pb.UpdateObjectTypeRequest(object_type=object_type, update_mask=FieldMask(paths=paths))


async def test_every_account_has_contact_deal_and_company(world: World) -> None:
    _, other = await world.new_account()
    listed = (await other.ListObjectTypes(pb.ListObjectTypesRequest())).object_types
    assert [(each.id, each.name) for each in listed] == [(0, "Contact"), (149, "Deal"), (150, "Company")]
    labels = {field.key: field.label for field in listed[0].fields}
    assert labels["firstname"] == "First Name"
    assert labels["date"] == "Date Added"
    for each in listed:
        assert len({field.key.lower() for field in each.fields}) == len(each.fields)
        assert len({field.label.lower() for field in each.fields}) == len(each.fields)


async def test_custom_ones_count_from_10000_and_are_never_given_again(world: World) -> None:
    first = await world.user.CreateObjectType(creating("Pet", pb.Field(key="name", label="Name", kind=TEXT)))
    assert (first.object_type.id, first.object_type.account_id) == (10000, 1)
    await world.user.DeleteObjectType(pb.DeleteObjectTypeRequest(id=10000))
    second = await world.user.CreateObjectType(creating("Pet"))
    assert second.object_type.id == 10001
    gone = await refusal(world.user.GetObjectType(pb.GetObjectTypeRequest(id=10000)))
    assert gone.code is Code.NOT_FOUND


async def test_a_relation_points_to_a_type_of_the_account(world: World) -> None:
    pet = await world.user.CreateObjectType(creating("Pet"))
    owner = pb.Field(key="pet", label="Pet", kind=RELATION, related_object_type_id=pet.object_type.id)
    made = await world.user.CreateObjectType(creating("Visit", owner))
    assert made.object_type.fields[0] == owner
    await world.user.DeleteObjectType(pb.DeleteObjectTypeRequest(id=pet.object_type.id))
    renamed = await world.user.UpdateObjectType(updating(pb.ObjectType(id=made.object_type.id, name="Call")))
    assert renamed.object_type.fields[0] == owner
    refused = await refusal(world.user.CreateObjectType(creating("Other", owner)))
    assert refused.fields == ("object_type.fields[0].related_object_type_id",)


async def test_names_are_unique_without_regard_to_case(world: World) -> None:
    await world.user.CreateObjectType(creating("Straße"))
    for name in ("STRASSE", " straße ", "contact"):
        assert (await refusal(world.user.CreateObjectType(creating(name)))).code is Code.ALREADY_EXISTS
    renamed = await refusal(world.user.UpdateObjectType(updating(pb.ObjectType(id=149, name="CONTACT"))))
    assert renamed.code is Code.ALREADY_EXISTS
    await world.user.UpdateObjectType(updating(pb.ObjectType(id=149, name="DEAL")))
    _, other = await world.new_account()
    await other.CreateObjectType(creating("Straße"))


async def test_standard_types_change_but_stay(world: World) -> None:
    field = pb.Field(key="nick", label="Nick Name", kind=TEXT)
    made = await world.user.UpdateObjectType(updating(pb.ObjectType(id=0, fields=[field])))
    assert list(made.object_type.fields) == [field]
    assert made.object_type.name == "Contact"
    cleared = await world.user.UpdateObjectType(updating(pb.ObjectType(id=0), "fields"))
    assert not cleared.object_type.fields
    for type_id in (0, 149, 150):
        refused = await refusal(world.user.DeleteObjectType(pb.DeleteObjectTypeRequest(id=type_id)))
        assert refused.code is Code.FAILED_PRECONDITION


async def test_etags_guard(world: World) -> None:
    made = (await world.user.CreateObjectType(creating("Pet"))).object_type
    await world.user.UpdateObjectType(updating(pb.ObjectType(id=made.id, name="Cat", etag=made.etag)))
    lost = pb.ObjectType(id=made.id, name="Dog", etag=made.etag)
    assert (await refusal(world.user.UpdateObjectType(updating(lost)))).code is Code.ABORTED
    old = pb.DeleteObjectTypeRequest(id=made.id, etag=made.etag)
    assert (await refusal(world.user.DeleteObjectType(old))).code is Code.ABORTED


async def test_create_again_with_a_request_id(world: World) -> None:
    first = await world.user.CreateObjectType(creating("Pet", request_id="r"))
    assert await world.user.CreateObjectType(creating("Pet", request_id="r")) == first
    assert (await refusal(world.user.CreateObjectType(creating("Cat", request_id="r")))).code is Code.ALREADY_EXISTS
    await world.user.DeleteObjectType(pb.DeleteObjectTypeRequest(id=first.object_type.id))
    gone = await refusal(world.user.CreateObjectType(creating("Pet", request_id="r")))
    assert (gone.code, gone.reason) == (Code.ALREADY_EXISTS, "REQUEST_ID_REUSED")


async def test_a_page_ends_before_its_message_is_too_large(world: World) -> None:
    fields = [pb.Field(key=f"k{i}", label=f"{i}".ljust(128, "x"), kind=TEXT) for i in range(1000)]
    for name in range(20):
        await world.user.CreateObjectType(creating(f"Large {name}", *fields))
    seen, token, sizes = [], "", []
    while True:
        page = await world.user.ListObjectTypes(pb.ListObjectTypesRequest(page_size=1000, page_token=token))
        seen += [each.id for each in page.object_types]
        sizes.append(page.ByteSize())
        token = page.next_page_token
        if not token:
            break
    assert seen == [0, 149, 150, *range(10000, 10020)]
    assert len(sizes) > 1
    assert max(sizes) < 4 << 20
