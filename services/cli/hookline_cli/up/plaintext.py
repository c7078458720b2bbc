"""Refuses what the services would refuse one after the other: plain text where others than this machine can connect."""

from collections.abc import Mapping

from hookline_cli.address import Address
from hookline_cli.failure import CliError
from hookline_cli.up.egress import ON
from hookline_runtime.tls.plaintext import is_loopback

ALLOWED = "HOOKLINE_PLAINTEXT"
_CERTIFICATES = {
    "http": "HOOKLINE_GATEWAY_CERTIFICATE_FILE",
    "registry": "HOOKLINE_TLS_CERTIFICATE_FILE",
    "dispatcher": "HOOKLINE_TLS_CERTIFICATE_FILE",
}


def refuse_plaintext(wanted: Mapping[str, Address], environment: Mapping[str, str]) -> None:
    """Looks at the addresses by the names of their flags; raises CliError that says what to set."""
    if environment.get(ALLOWED, "").strip().lower() in ON:
        return
    for flag, address in wanted.items():
        certificate = _CERTIFICATES.get(flag, "")
        if environment.get(certificate) or is_loopback(str(address)):
            continue
        own = f"{certificate} and its key, or " if certificate else ""
        raise CliError(
            f"--{flag}: others than this machine can connect to {address}, and nothing would be encrypted: set"
            f" {own}{ALLOWED}=true where everybody on the network may read along"
        )
