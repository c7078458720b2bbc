"""`python -m hookline_runtime.health_check HOST:PORT`: exit status 0 when the service there says SERVING.

With `--metrics HOST:PORT` it asks `/healthz` there. For container health checks, so that an image needs no other
tool. It reads the settings of the service whose container it is: on loopback it believes that service's own
certificate, whatever name that is for.
"""

from __future__ import annotations

import http.client
import sys

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from hookline_runtime.listen import split_address
from hookline_runtime.settings import Settings, SettingsError
from hookline_runtime.tls.files import ClientFiles, TlsUnusable
from hookline_runtime.tls.https import believing
from hookline_runtime.tls.identity import read_identity
from hookline_runtime.tls.of_settings import rpc_client
from hookline_runtime.tls.plaintext import is_loopback
from hookline_runtime.tls.rpc import channel_credentials

TIMEOUT = 2.0
"""Seconds."""


def check(address: str, settings: Settings) -> str:
    """What is wrong with the service at ``address``; empty when nothing is.

    Raises:
        SettingsError, TlsUnusable: certificates cannot be used.
    """
    with _channel(address, settings) as channel:
        try:
            answer = health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=TIMEOUT)
        except grpc.RpcError as error:
            return f"no answer: {error.code().name}"
    status: str = health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status)
    return "" if status == "SERVING" else status


def check_metrics(address: str, settings: Settings) -> str:
    """The same by what the door for metrics says."""
    host, port = split_address(address)
    chain = settings.tls_certificate_file
    connection = (
        http.client.HTTPSConnection(host, port, timeout=TIMEOUT, context=believing(chain))
        if chain
        else http.client.HTTPConnection(host, port, timeout=TIMEOUT)
    )
    try:
        connection.request("GET", "/healthz")
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return f"no answer: {error}"
    finally:
        connection.close()
    return "" if status == http.client.OK else str(status)


def _channel(address: str, settings: Settings) -> grpc.Channel:
    chain, key = settings.tls_certificate_file, settings.tls_key_file
    if chain and key and is_loopback(address):
        own = channel_credentials(ClientFiles(chain, chain, key))
        name = read_identity(chain, key).name
        return grpc.secure_channel(address, own, options=[("grpc.ssl_target_name_override", name)] if name else None)
    credentials = rpc_client(settings)
    return grpc.secure_channel(address, credentials()) if credentials else grpc.insecure_channel(address)


def main(arguments: list[str]) -> str:
    """What is wrong, by the arguments of the command line."""
    ask = check_metrics if arguments[0] == "--metrics" else check
    try:
        return ask(arguments[-1], Settings.load())
    except (SettingsError, TlsUnusable) as error:
        return str(error)


if __name__ == "__main__":
    wrong = main(sys.argv[1:])
    if wrong:
        sys.stderr.write(f"{sys.argv[-1]}: {wrong}\n")
    sys.exit(1 if wrong else 0)
