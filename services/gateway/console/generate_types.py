"""Writes ``src/gen``: the types of what the JSON API takes and answers, generated from the protos.

Run by `make lint`, before the types are checked; the pages are built without it, since types leave no trace in them.
protoc-gen-es knows proto3 JSON; two things of ours are told to it by changing the descriptors that it sees: fields have
the names of the protos, and bytes that hold JSON are plain objects.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from google.protobuf import descriptor_pb2, struct_pb2
from hookline.event.v1 import options_pb2

HERE = Path(__file__).parent
OUT = HERE / "src" / "gen"
IMAGE = HERE.parents[2] / "protos" / "build" / "image.binpb"


def main() -> None:
    """Generates all of it anew."""
    image = descriptor_pb2.FileDescriptorSet.FromString(IMAGE.read_bytes())
    for file in image.file:
        if file.name.startswith("hookline/"):
            _as_over_http(file)
    if not any(file.name == struct_pb2.DESCRIPTOR.name for file in image.file):
        struct = descriptor_pb2.FileDescriptorProto()
        struct_pb2.DESCRIPTOR.CopyToProto(struct)
        image.file.insert(0, struct)
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    with tempfile.NamedTemporaryFile(suffix=".binpb") as changed:
        changed.write(image.SerializeToString())
        changed.flush()
        names = [file.name for file in image.file if not file.name.startswith("google/protobuf/")]
        _protoc(changed.name, names)


def _as_over_http(file: descriptor_pb2.FileDescriptorProto) -> None:
    for field in _fields(file.message_type):
        field.json_name = field.name
        if field.options.Extensions[options_pb2.json_object]:
            field.type = descriptor_pb2.FieldDescriptorProto.TYPE_MESSAGE
            field.type_name = ".google.protobuf.Struct"
            if struct_pb2.DESCRIPTOR.name not in file.dependency:
                file.dependency.append(struct_pb2.DESCRIPTOR.name)


def _fields(messages: Iterable[descriptor_pb2.DescriptorProto]) -> Iterator[descriptor_pb2.FieldDescriptorProto]:
    for message in messages:
        yield from message.field
        yield from _fields(message.nested_type)


def _protoc(descriptors: str, names: list[str]) -> None:
    plugin = HERE / "node_modules" / ".bin" / "protoc-gen-es"
    done = subprocess.run(  # noqa: S603 - our own arguments
        [
            *(sys.executable, "-m", "grpc_tools.protoc", f"--descriptor_set_in={descriptors}"),
            *(f"--plugin=protoc-gen-es={plugin}", f"--es_out={OUT}", "--es_opt=target=ts,json_types=true", *names),
        ],
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.returncode)


if __name__ == "__main__":
    main()
