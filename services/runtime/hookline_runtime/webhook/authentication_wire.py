"""Authentication and TLS settings from the contract, and back without what is secret; nothing is decided here."""

from contextlib import suppress

from hookline.registry.v1 import authentication_pb2 as pb
from hookline.registry.v1 import tls_pb2

from hookline_runtime.tls.to_receivers import ReceiverTls
from hookline_runtime.webhook.authentication import Authentication, Basic, Bearer, ClientCredentials, Method
from hookline_runtime.webhook.receiver_tls import expiry_of

_BASIC = pb.TOKEN_ENDPOINT_AUTH_METHOD_CLIENT_SECRET_BASIC
_POST = pb.TOKEN_ENDPOINT_AUTH_METHOD_CLIENT_SECRET_POST


def authentication_of(message: pb.Authentication) -> Authentication:
    """Read what a caller gave; the message is valid."""
    match message.WhichOneof("method"):
        case "basic":
            return Authentication(Basic(message.basic.username), message.basic.password)
        case "bearer":
            return Authentication(Bearer(), message.bearer.token)
        case _:
            given = message.oauth2_client_credentials
            return Authentication(_client(given), given.client_secret)


def shown_authentication(method: Method) -> pb.Authentication:
    """Show a method without its secret."""
    match method:
        case Basic():
            return pb.Authentication(basic=pb.BasicAuthentication(username=method.username))
        case Bearer():
            return pb.Authentication(bearer=pb.BearerAuthentication())
        case ClientCredentials():
            shown = pb.OAuth2ClientCredentials(
                token_url=method.token_url,
                client_id=method.client_id,
                scopes=method.scopes,
                audience=method.audience,
                resource=method.resource,
                token_endpoint_auth_method=_POST if method.in_body else _BASIC,
                ca_certificates=method.authorities,
            )
            return pb.Authentication(oauth2_client_credentials=shown)


def tls_of(message: tls_pb2.TlsSettings) -> ReceiverTls:
    """Read what a caller gave."""
    return ReceiverTls(message.client_certificate, message.client_private_key, message.ca_certificates)


def shown_tls(tls: ReceiverTls) -> tls_pb2.TlsSettings:
    """Show the settings without the private key."""
    shown = tls_pb2.TlsSettings(client_certificate=tls.certificate, ca_certificates=tls.authorities)
    if tls.certificate:
        # One that was taken once and is not read any more shall not keep a list from being shown.
        with suppress(ValueError):
            shown.client_certificate_expire_time.FromMicroseconds(expiry_of(tls.certificate))
    return shown


def _client(given: pb.OAuth2ClientCredentials) -> ClientCredentials:
    return ClientCredentials(
        given.token_url,
        given.client_id,
        tuple(given.scopes),
        given.audience,
        given.resource,
        given.token_endpoint_auth_method == _POST,
        given.ca_certificates,
    )
