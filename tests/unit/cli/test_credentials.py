import json
import stat
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from hookline_cli.credentials import Access, AccessFlags, Addresses, Credentials, load, save
from hookline_cli.failure import CliError
from hookline_runtime.tls.files import ClientFiles

SAVED = Credentials(1, "key", "app", "opkey", "opapp", "h:1", "r:2", "d:3", "m:4")
CA = Path("ca.pem")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def written(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / "credentials.json"
    save(SAVED, file)
    return file


def test_the_file_is_whole_and_private(tmp_path: Path) -> None:
    file = written(tmp_path)
    assert load(file) == SAVED
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert set(json.loads(file.read_text())) == {
        *("account_id", "api_key", "api_appid", "operator_key", "operator_appid"),
        *("http", "registry", "dispatcher", "metrics"),
        *("ca_file", "certificate_file", "key_file"),
    }
    save(SAVED.at(Addresses(registry="r:9")), file)
    assert load(file).registry == "r:9"
    assert [each.name for each in tmp_path.iterdir()] == ["credentials.json"]


@pytest.mark.parametrize(
    ("flags", "access"),
    [
        (AccessFlags(), Access("key", "app", "r:2", "d:3")),
        (AccessFlags(operator=True), Access("opkey", "opapp", "r:2", "d:3")),
        (AccessFlags(registry="x:1"), Access("key", "app", "x:1", "d:3")),
        (AccessFlags(api_key="k", api_appid="a"), Access("k", "a", "127.0.0.1:7701", "127.0.0.1:7702")),
        (AccessFlags(data=Path("hookline-data"), api_key="k", api_appid="a"), Access("k", "a", "r:2", "d:3")),
        (AccessFlags(api_key="k", api_appid="a", dispatcher="y:2"), Access("k", "a", "127.0.0.1:7701", "y:2")),
        (AccessFlags(credentials=Path("hookline-data/credentials.json")), Access("key", "app", "r:2", "d:3")),
    ],
)
def test_a_flag_beats_the_file(tmp_path: Path, flags: AccessFlags, access: Access) -> None:
    written(tmp_path / "hookline-data")
    assert flags.resolve() == access


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (AccessFlags(), "hookline-data/credentials.json"),
        (AccessFlags(data=Path("other")), "other/credentials.json"),
        (AccessFlags(api_key="k"), "--api-appid"),
        (AccessFlags(api_key="k", api_appid="a", operator=True), "--operator"),
        (AccessFlags(api_key="k", api_appid="a", ca_file=CA, key_file=CA), "--certificate-file and --key-file"),
        (AccessFlags(api_key="k", api_appid="a", certificate_file=CA, key_file=CA), "needs --ca-file"),
        (AccessFlags(api_key="k", api_appid="a", registry="nonsense"), "--registry: 'nonsense' is not HOST:PORT"),
    ],
)
def test_what_is_missing_is_named(flags: AccessFlags, said: str) -> None:
    with pytest.raises(CliError, match=said):
        flags.resolve()


def test_files_for_tls_come_from_flags_or_from_the_file(tmp_path: Path) -> None:
    file = tmp_path / "credentials.json"
    save(SAVED.at(replace(Addresses(), ca_file="/a/ca.pem", certificate_file="/a/c.pem", key_file="/a/c.key")), file)
    kept = ClientFiles(Path("/a/ca.pem"), Path("/a/c.pem"), Path("/a/c.key"))
    assert AccessFlags(credentials=file).resolve().tls == kept
    assert AccessFlags(credentials=file, ca_file=CA).resolve().tls == ClientFiles(CA)
    assert AccessFlags(api_key="k", api_appid="a", ca_file=CA).resolve().tls == ClientFiles(CA)
    save(SAVED, file)
    assert AccessFlags(credentials=file).resolve().tls is None


@pytest.mark.parametrize(("text", "said"), [("{", "cannot read"), ("[]", "not a JSON object"), ("{}", "lacks")])
def test_files_that_are_none(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "credentials.json"
    file.write_text(text)
    with pytest.raises(CliError, match=said):
        load(file)


def test_a_file_without_addresses_means_the_usual_ones(tmp_path: Path) -> None:
    file = tmp_path / "credentials.json"
    keys = {name: value for name, value in asdict(SAVED).items() if name not in asdict(Addresses())}
    file.write_text(json.dumps(keys))
    assert load(file) == SAVED.at(Addresses())
