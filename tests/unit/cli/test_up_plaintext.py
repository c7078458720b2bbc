import pytest

from hookline_cli.address import Address
from hookline_cli.failure import CliError
from hookline_cli.up.plaintext import refuse_plaintext

OWN, EVERYWHERE = Address("127.0.0.1", 0), Address("0.0.0.0", 7700)


def test_loopback_needs_nothing() -> None:
    refuse_plaintext({"http": OWN, "registry": OWN, "dispatcher": OWN, "metrics": Address("::1", 0)}, {})


@pytest.mark.parametrize("flag", ["http", "registry", "dispatcher", "metrics"])
def test_elsewhere_it_is_refused_with_what_to_set(flag: str) -> None:
    with pytest.raises(CliError, match=rf"^--{flag}: .* 0\.0\.0\.0:7700.*HOOKLINE_PLAINTEXT=true"):
        refuse_plaintext({flag: EVERYWHERE}, {"HOOKLINE_PLAINTEXT": "false"})
    refuse_plaintext({flag: EVERYWHERE}, {"HOOKLINE_PLAINTEXT": "True"})


@pytest.mark.parametrize("flag, variable", [("http", "GATEWAY"), ("registry", "TLS"), ("dispatcher", "TLS")])
def test_with_a_certificate_it_is_not_plain_text(flag: str, variable: str) -> None:
    certificate = {f"HOOKLINE_{variable}_CERTIFICATE_FILE": "server.pem"}
    refuse_plaintext({flag: EVERYWHERE}, certificate)
    with pytest.raises(CliError, match="--metrics"):
        refuse_plaintext({"metrics": EVERYWHERE}, certificate)
