"""Builds into ``build/``: the stubs of the protos, the contract with its comments, and the image that buf checks.

Nothing third-party is committed: the protos of google.api come out of the wheel
googleapis-common-protos, the rules of protovalidate out of the descriptor in its own wheel.
Run by hatchling at every build and editable install, and by ``make stubs`` as a script.
"""

from __future__ import annotations

import importlib
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run as a script by `make stubs`, where hatchling is not needed
    BuildHookInterface = object

HERE = Path(__file__).parent
OUT = HERE / "build"
VALIDATE = "buf/validate/validate.proto"


def validate_descriptor(target: Path) -> None:
    """Writes protovalidate's descriptor and all it imports to ``target`` as a FileDescriptorSet."""
    from google.protobuf import descriptor_pb2
    from protovalidate._gen.buf.validate.validate_pb import desc

    files = descriptor_pb2.FileDescriptorSet()
    for name in ("duration", "field_mask", "timestamp", "descriptor"):
        module = importlib.import_module(f"google.protobuf.{name}_pb2")
        module.DESCRIPTOR.CopyToProto(files.file.add())
    files.file.add().ParseFromString(desc().proto.to_binary())
    target.write_bytes(files.SerializeToString())


def includes() -> list[Path]:
    """The folders that hold third-party ``.proto`` files."""
    import google.api
    import grpc_tools

    return [Path(google.api.__path__[0]).parents[1], Path(grpc_tools.__file__).parent / "_proto"]


def protoc(arguments: list[str]) -> None:
    """Runs protoc with this interpreter.

    Raises:
        RuntimeError: protoc refused the protos; its message says where.
    """
    done = subprocess.run(  # noqa: S603 - our own arguments
        [sys.executable, "-m", "grpc_tools.protoc", *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"protoc failed:\n{done.stdout}{done.stderr}")


def contract(image: Path, target: Path) -> None:
    """Writes the part of ``image`` that is ours to ``target``, which is shipped: the stubs have no comments."""
    from google.protobuf import descriptor_pb2

    files = descriptor_pb2.FileDescriptorSet.FromString(image.read_bytes())
    ours = [file for file in files.file if file.name.startswith("hookline/")]
    target.write_bytes(descriptor_pb2.FileDescriptorSet(file=ours).SerializeToString(deterministic=True))


def build() -> None:
    """Lays out ``build/`` anew: stubs and contract in ``hookline``, stubs in ``buf``, the image in ``image.binpb``."""
    for stale in ("hookline", "buf"):
        shutil.rmtree(OUT / stale, ignore_errors=True)
    OUT.mkdir(exist_ok=True)
    rules = OUT / "validate.binpb"
    validate_descriptor(rules)
    protos = sorted(str(path.relative_to(HERE)) for path in (HERE / "hookline").rglob("*.proto"))
    plugin = shutil.which("protoc-gen-mypy", path=str(Path(sys.executable).parent)) or "protoc-gen-mypy"
    protoc(
        [
            f"--descriptor_set_in={rules}",
            f"-I{HERE}",
            *(f"-I{folder}" for folder in includes()),
            f"--plugin=protoc-gen-mypy={shutil.which('protoc-gen-mypy') or plugin}",
            f"--plugin=protoc-gen-mypy_grpc={shutil.which('protoc-gen-mypy_grpc') or plugin + '_grpc'}",
            f"--python_out={OUT}",
            f"--grpc_python_out={OUT}",
            f"--mypy_out=quiet:{OUT}",
            f"--mypy_grpc_out=quiet:{OUT}",
            "--include_imports",
            "--include_source_info",
            f"--descriptor_set_out={OUT / 'image.binpb'}",
            *protos,
            VALIDATE,
        ]
    )
    contract(OUT / "image.binpb", OUT / "hookline" / "contract.binpb")
    for package in ("hookline", "buf"):
        (OUT / package / "py.typed").touch()


class StubsHook(BuildHookInterface):  # type: ignore[misc]  # hatchling is not installed where mypy runs
    """Hatchling's door to ``build``."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Builds the stubs before the wheel is filled."""
        build()


if __name__ == "__main__":
    build()
