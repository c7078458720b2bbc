"""`hookline up` and its request bins: deliveries reach them, and nothing else on this machine."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

PATIENCE = 60.0


@dataclass
class Up:
    process: subprocess.Popen[bytes]
    folder: Path
    http: httpx.Client

    def gateway(self) -> int:
        """The gateway's process."""
        found = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return next(int(pid) for pid in found if b"hookline_gateway" in Path(f"/proc/{pid}/cmdline").read_bytes())

    def deliver(self, url: str, product: str) -> dict[str, Any]:
        """Subscribes a URL to purchases of a product, and publishes one."""
        subscription = {"event": f"purchase_product({product})", "url": url, "max_retries": 0}
        answer = self.http.post("/v1/subscriptions", json={"subscription": subscription})
        if answer.status_code != 200:
            return {"refused": answer.json()}
        made: dict[str, Any] = answer.json()
        event = {"type": "purchase_product", "params": {"product_id": product}, "object_id": "8", "data": {"n": 1}}
        revision = {"min_config_revision": made["config_revision"]}
        assert self.http.post("/v1/events", params=revision, json=event).status_code == 200
        return made


@contextmanager
def up(folder: Path, http: str, **environment: str) -> Iterator[Up]:
    """`hookline up` with its gateway there, everything else on free ports."""
    ready = folder / "ready"
    flags = [f"--http={http}", *(f"--{name}=127.0.0.1:0" for name in ("registry", "dispatcher", "metrics"))]
    command = [sys.executable, "-m", "hookline_cli", "up", "--data", str(folder), "--ready-file", str(ready), *flags]
    with (
        (folder / "up.log").open("wb") as log,
        subprocess.Popen(command, env=os.environ | environment, stdout=log, stderr=log) as process,
    ):
        try:
            until(lambda: ready.exists() or process.poll() is not None)
            assert ready.exists(), (folder / "up.log").read_text()
            told = json.loads((folder / "credentials.json").read_text())
            keys = {"Api-Key": told["api_key"], "Api-Appid": told["api_appid"]}
            address = f"http://{json.loads(ready.read_text())['http']}"
            with httpx.Client(base_url=address, headers=keys, trust_env=False, timeout=PATIENCE) as client:
                yield Up(process, folder, client)
        finally:
            process.terminate()
            assert process.wait(PATIENCE) == 0


def until(condition: Any) -> Any:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError("it did not come to pass")


def received(suite: Up, url: str) -> list[dict[str, Any]]:
    try:
        answer = suite.http.get(f"{url}/requests")
    except httpx.TransportError:  # while the gateway is away
        return []
    found: list[dict[str, Any]] = answer.json()["requests"]
    return found


def test_a_delivery_reaches_a_bin_and_no_other_port(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, up(tmp_path, "0.0.0.0:0", HOOKLINE_PLAINTEXT="true") as suite:
        made = suite.http.post("/bin").json()
        assert made["url"] == f"{suite.http.base_url}/bin/{made['id']}".replace("0.0.0.0", "127.0.0.1")
        secret = suite.deliver(made["url"], "1")["signing_secret"]
        (first,) = until(lambda: received(suite, made["url"]))
        assert first["signature"]["verdict"] == "no_secret"
        answer = suite.http.put(f"/bin/{made['id']}/secret", json={"signing_secret": secret})
        assert answer.json()["has_secret"] is True
        (judged,) = received(suite, made["url"])
        assert (judged["signature"]["verdict"], judged["signature"]["in_time"]) == ("verified", True)
        assert judged["webhook_id"]

        os.kill(suite.gateway(), signal.SIGKILL)
        assert until(lambda: received(suite, made["url"])) == [judged]

        port = other.getsockname()[1]
        named = suite.deliver(f"http://127.0.0.1:{port}/", "2")
        assert named["refused"]["details"][1]["field_violations"][0]["field"] == "subscription.url"
        gateway = suite.http.base_url.port
        for host in ("127.0.0.2", "[::1]"):
            assert "refused" in suite.deliver(f"http://{host}:{gateway}/", "3")
        other.settimeout(0)
        try:
            other.accept()
        except BlockingIOError:
            pass
        else:
            raise AssertionError("something came to a port that is not open")
        logs = "".join(path.read_text() for path in (tmp_path / "logs").glob("gateway.log*"))
        assert '"path":"/bin/{id}"' in logs.replace('": "', '":"')
        assert made["id"] not in logs


def test_over_ipv6_and_what_the_operator_opened_stays_open(tmp_path: Path) -> None:
    if not socket.has_ipv6:
        return
    with socket.create_server(("127.0.0.1", 0)) as other:
        opened = f"127.0.0.1/32:{other.getsockname()[1]}"
        with up(tmp_path, "[::1]:0", HOOKLINE_EGRESS_ALLOW=opened) as suite:
            made = suite.http.post("/bin").json()
            assert made["url"].startswith("http://[::1]:")
            suite.deliver(made["url"], "1")
            assert until(lambda: received(suite, made["url"]))
            suite.deliver(f"http://127.0.0.1:{other.getsockname()[1]}/", "2")
            other.settimeout(PATIENCE)
            other.accept()[0].close()


def test_switched_off_nothing_is_opened(tmp_path: Path) -> None:
    with up(tmp_path, "127.0.0.1:0", HOOKLINE_GATEWAY_BIN="false") as suite:
        assert suite.http.post("/bin").status_code == 404
        assert "refused" in suite.deliver(f"{suite.http.base_url}/bin/x", "1")
