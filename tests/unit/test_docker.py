"""The images and the compose file, as far as they can be read without an engine."""

import fnmatch
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCKERFILE = ROOT / "docker" / "Dockerfile"
COMPOSE = ROOT / "docker" / "compose.yaml"
SERVICES = ("registry", "dispatcher")
TARGETS = (*SERVICES, "gateway", "cli")
BUILDERS = re.compile(r"\b(pip install|uv|apt-get|gcc|make)\b")


def instructions() -> list[str]:
    """The Dockerfile's instructions, each on one line, without comments."""
    lines = [line for line in DOCKERFILE.read_text().splitlines() if line.strip() and not line.startswith("#")]
    return [" ".join(each.split()) for each in "\n".join(lines).replace("\\\n", " ").splitlines()]


def stages() -> dict[str, list[str]]:
    """The instructions of each stage, those of the stages that it is built from before its own."""
    result: dict[str, list[str]] = {}
    name = ""
    for instruction in instructions():
        if found := re.fullmatch(r"FROM (\S+) AS (\S+)", instruction):
            name = found[2]
            result[name] = [*result.get(found[1], [f"FROM {found[1]}"])]
        elif name:
            result[name].append(instruction)
    return result


def sources() -> list[str]:
    """What is copied from the folder that is built."""
    copies = [words.split()[1:-1] for words in instructions() if words.startswith("COPY ") and "--from" not in words]
    return [source for copy in copies for source in copy]


def let_through(path: str) -> bool:
    """Whether .dockerignore lets a path through: the last pattern that fits it or a folder above decides."""
    verdict = True
    parts = path.split("/")
    above = ["/".join(parts[: end + 1]) for end in range(len(parts))]
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        pattern = line.removeprefix("!").strip()
        short = pattern.removeprefix("**/")
        if pattern and any(fnmatch.fnmatchcase(each, p) for each in above for p in {pattern, short}):
            verdict = line.startswith("!")
    return verdict


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_runs_one_thing_without_root_and_holds_no_build_tools(target: str) -> None:
    stage = stages()[target]
    users = [each.split()[1] for each in stage if each.startswith("USER ")]
    assert users
    assert users[-1] not in ("root", "0")
    assert [each for each in stage if each.startswith("ENTRYPOINT [")]
    assert not [each for each in stage if each.startswith("RUN ") and BUILDERS.search(each)]
    copied = [each.split() for each in stage if each.startswith("COPY ")]
    assert [words[1:] for words in copied] == [[f"--from=build-{target}", "/venv", "/venv"]]
    assert any("GRPC_VERBOSITY=NONE" in each for each in stage if each.startswith("ENV "))


@pytest.mark.parametrize("target", SERVICES)
def test_a_service_says_whether_it_is_well_and_keeps_its_data_where_its_user_may_write(target: str) -> None:
    stage = stages()[target]
    (check,) = [each for each in stage if each.startswith("HEALTHCHECK ")]
    (port,) = [each.split()[1] for each in stage if each.startswith("EXPOSE ")]
    assert f"127.0.0.1:{port}" in check
    assert "hookline_runtime.health_check" in check
    assert "VOLUME /data" in stage
    (make_user,) = [each for each in stage if "useradd" in each]
    assert "chown hookline:hookline /data" in make_user
    assert stage.index(make_user) < stage.index("VOLUME /data")


def test_what_is_copied_is_there_and_is_let_through() -> None:
    assert sources()
    for source in sources():
        assert (ROOT / source).exists(), source
        assert let_through(source), source


def test_every_distribution_gets_into_the_build_and_nothing_else_does() -> None:
    for file in ("pyproject.toml", "hatch_build.py"):
        assert let_through(f"protos/{file}")
    for path in ("services/cli/hookline_cli/app.py", "plugins/builtin/pyproject.toml", "protos/hookline/x.proto"):
        assert let_through(path), path
    for path in (".git/config", ".venv/bin/python", ".run/credentials.json", "docker/.env", "protos/build/x.py"):
        assert not let_through(path), path


def test_the_compose_file_builds_targets_that_are_there() -> None:
    services = COMPOSE.read_text().partition("\nservices:\n")[2].partition("\nvolumes:\n")[0]
    blocks = dict(re.findall(r"^  (\w+):\n((?:    .*\n|\n| +#.*\n)+)", services, re.MULTILINE))
    assert set(blocks) >= set(SERVICES)
    for name, block in blocks.items():
        (target,) = re.findall(r"^      target: (\w+)$", block, re.MULTILINE)
        assert target in stages(), name
        (dockerfile,) = re.findall(r"^      dockerfile: (\S+)$", block, re.MULTILINE)
        assert (ROOT / dockerfile).samefile(DOCKERFILE)
        volumes = re.findall(r'"(\w+):/data"', block)
        assert len(volumes) == (0 if name == "gateway" else 1)  # it keeps nothing
        if not volumes:
            continue
        assert re.search(rf"^  {volumes[0]}:", COMPOSE.read_text().partition("\nvolumes:\n")[2], re.MULTILINE)


def test_plain_text_is_allowed_by_the_compose_file_and_not_by_the_images() -> None:
    assert "HOOKLINE_PLAINTEXT" not in DOCKERFILE.read_text()
    text = COMPOSE.read_text()
    assert 'x-network: &network\n  HOOKLINE_PLAINTEXT: "true"\n' in text
    assert len(re.findall(r"<<: \*network|environment: \*network", text)) == len((*SERVICES, "gateway"))


def test_docker_reads_the_compose_file() -> None:
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode:
        pytest.skip("there is no docker compose here")
    command = [docker, "compose", "-f", str(COMPOSE), "config", "--quiet"]
    done = subprocess.run(
        command, env={"PATH": str(Path(docker).parent), "HOOKLINE_SERVICE_KEY": "k"}, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
