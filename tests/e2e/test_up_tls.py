"""`hookline up` where its services have certificates, and other commands that talk to them."""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from hookline_cli.failure import CliError
from hookline_cli.up.encryption import Encryption, encryption_of
from tests.unit.runtime.tls.certificates import place

PATIENCE = 90.0
HOOKLINE = (sys.executable, "-m", "hookline_cli")


def test_everything_runs_under_tls_and_commands_find_the_files(tmp_path: Path) -> None:
    made = place(tmp_path / "certificates", "server", "public")
    data, ready = tmp_path / "data", tmp_path / "ready"
    environment = {
        "HOOKLINE_TLS_CERTIFICATE_FILE": str(made.certificate()),
        "HOOKLINE_TLS_KEY_FILE": str(made.key()),
        "HOOKLINE_TLS_CA_FILE": str(made.ca),
        "HOOKLINE_TLS_CLIENT_CA_FILE": str(made.ca),
        "HOOKLINE_GATEWAY_CERTIFICATE_FILE": str(made.certificate("public")),
        "HOOKLINE_GATEWAY_KEY_FILE": str(made.key("public")),
    }
    addresses = [f"--{name}=127.0.0.1:0" for name in ("http", "registry", "dispatcher", "metrics")]
    command = [*HOOKLINE, "up", f"--data={data}", f"--ready-file={ready}", *addresses]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, env=os.environ | environment, stdout=log, stderr=log)
    try:
        end = time.monotonic() + PATIENCE
        while not ready.exists() and process.poll() is None and time.monotonic() < end:
            time.sleep(0.05)
        assert ready.exists(), (tmp_path / "log").read_text()
        told = json.loads(ready.read_text())
        listing = [*HOOKLINE, "deliveries", "list", f"--data={data}", "--json"]
        done = subprocess.run(listing, capture_output=True, timeout=PATIENCE, check=False)
        assert done.returncode == 0, done.stderr
        believing = ssl.create_default_context(cafile=str(made.ca))
        urllib.request.urlopen(f"https://{told['http']}/healthz", timeout=30, context=believing).close()
        with urllib.request.urlopen(f"http://{told['metrics']}/healthz", timeout=30) as page:
            assert set(json.load(page).values()) == {"SERVING"}
        with urllib.request.urlopen(f"http://{told['metrics']}/metrics", timeout=30) as page:
            assert b"hookline_config_staleness_seconds" in page.read()
    finally:
        process.terminate()
        assert process.wait(PATIENCE) == 0


@pytest.mark.parametrize("name", ["HOOKLINE_TLS_CA_FILE", "HOOKLINE_TLS_CERTIFICATE_FILE"])
def test_a_part_alone_is_refused(name: str) -> None:
    with pytest.raises(CliError, match="belong together"):
        encryption_of({name: "x.pem"})


def test_without_any_it_is_plain_text() -> None:
    assert encryption_of({}) == Encryption()
    assert encryption_of({"HOOKLINE_TLS_CA_FILE": ""}) == Encryption()
