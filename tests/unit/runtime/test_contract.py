from __future__ import annotations

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool
from hookline.dispatcher.v1 import event_service_pb2, target_service_pb2
from hookline.event.v1 import options_pb2
from hookline.registry.v1 import config_pb2

from hookline_runtime.contract import ContractError, access_of, request_of

ACCESS = [
    ("/hookline.dispatcher.v1.EventService/PublishStream", options_pb2.ACCESS_PUBLISH),
    ("/hookline.dispatcher.v1.TargetService/GetTarget", options_pb2.ACCESS_READ),
    ("/hookline.registry.v1.ConfigService/Watch", options_pb2.ACCESS_SERVICE),
    ("/grpc.health.v1.Health/Check", None),
    ("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", None),
    ("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", None),
]


@pytest.mark.parametrize("method, access", ACCESS)
def test_the_access_of_an_rpc(method: str, access: int | None) -> None:
    assert access_of(method) == access


@pytest.mark.parametrize("file", [event_service_pb2, target_service_pb2, config_pb2], ids=lambda file: file.__name__)
def test_every_rpc_states_its_access(file: object) -> None:
    for service in file.DESCRIPTOR.services_by_name.values():  # type: ignore[attr-defined]  # generated modules
        for method in service.methods:
            assert access_of(f"/{service.full_name}/{method.name}") is not None


def test_an_unknown_rpc_is_refused() -> None:
    with pytest.raises(ContractError, match="is in no proto"):
        access_of("/hookline.dispatcher.v1.TargetService/Nothing")


def test_an_rpc_without_access_is_refused() -> None:
    file = descriptor_pb2.FileDescriptorProto(name="unit/runtime/open.proto", package="unit.runtime")
    file.message_type.add(name="Empty")
    service = file.service.add(name="OpenService")
    service.method.add(name="Call", input_type=".unit.runtime.Empty", output_type=".unit.runtime.Empty")
    descriptor_pool.Default().AddSerializedFile(file.SerializeToString())
    with pytest.raises(ContractError, match="has no option"):
        access_of("/unit.runtime.OpenService/Call")


def test_the_message_that_an_rpc_takes() -> None:
    found = request_of("/hookline.dispatcher.v1.TargetService/GetTarget")
    assert found is target_service_pb2.GetTargetRequest
