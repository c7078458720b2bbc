"""The ways to verify a request that docs/verify.md shows: what is in Python and JavaScript verifies what is signed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hookline_dispatcher.core.signature import sign, signing_key
from hookline_registry.signing_secrets import new_secret, public_key_of

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "verify.md").read_text()
NODE = ROOT / "services" / "gateway" / "hatch_build.py"
Verify = Callable[[str, str, dict[str, str], str], bool]
"""Says of a function of the page by its name, a secret or public key, headers and a body whether it is verified."""


def code(language: str) -> str:
    return "\n".join(re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))


def in_python(name: str, key: str, headers: dict[str, str], body: str) -> bool:
    blocks = [block for block in re.findall(r"^```python\n(.*?)^```$", PAGE, re.M | re.S) if f"def {name}(" in block]
    room: dict[str, Any] = {}
    exec(blocks[0], room)
    return bool(room[name](key, headers, body.encode()))


def in_javascript(name: str, key: str, headers: dict[str, str], body: str) -> bool:
    camel = re.sub(r"_(\w)", lambda match: match[1].upper(), name)
    call = f"console.log({camel}({json.dumps(key)}, {json.dumps(headers)}, Buffer.from({json.dumps(body)})))"
    command = [sys.executable, str(NODE), "node", "-e", f"{code('javascript')}\n{call}"]
    said: str = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return said.strip() == "true"


def signed(secrets: list[str], body: str, age: int = 0) -> dict[str, str]:
    seconds = int(time.time()) - age
    signature = sign([signing_key(secret) for secret in secrets], "msg_1", seconds, body.encode())
    return {"webhook-id": "msg_1", "webhook-timestamp": str(seconds), "webhook-signature": signature}


@pytest.mark.parametrize("verify", [in_python, in_javascript])
def test_what_the_page_shows_verifies(verify: Verify) -> None:
    secret, pair, body = new_secret(), new_secret(pair=True), '{"name": "Zoë"}'
    headers = signed([new_secret(), secret, pair], body)
    assert verify("verified", secret, headers, body)
    assert not verify("verified", new_secret(), headers, body)
    assert not verify("verified", secret, headers, body + " ")
    assert not verify("verified", secret, signed([secret], body, age=600), body)
    assert verify("verified_by_key", public_key_of(pair), headers, body)
    assert not verify("verified_by_key", public_key_of(new_secret(pair=True)), headers, body)
    assert not verify("verified_by_key", public_key_of(pair), headers, body + " ")


@pytest.mark.parametrize("verify", [in_python, in_javascript])
@pytest.mark.parametrize("signature", ["", "v1", "v1,", "v1,é v1a,é", "v1,A v1a,A", "v1a,AAAA v1,AAAA"])
def test_what_is_no_signature_is_answered_with_no(verify: Verify, signature: str) -> None:
    pair = new_secret(pair=True)
    headers = {**signed([pair], "{}"), "webhook-signature": signature}
    assert not verify("verified", new_secret(), headers, "{}")
    assert not verify("verified_by_key", public_key_of(pair), headers, "{}")
