"""What subscriptions and webhooks show of what is secret about them: that it is there, and nothing of it."""

from hookline.registry.v1 import subscription_pb2, webhook_pb2

from hookline_registry.model import Secrets
from hookline_runtime.webhook.authentication_wire import shown_authentication, shown_tls


def show(message: subscription_pb2.Subscription | webhook_pb2.Webhook, secrets: Secrets, now: int) -> None:
    """Tell what there is, as of `now`."""
    message.public_key = secrets.public_key
    message.secret_headers.extend(subscription_pb2.Header(name=name) for name, _ in secrets.headers)
    if secrets.authentication is not None:
        message.authentication.CopyFrom(shown_authentication(secrets.authentication.method))
    if secrets.tls is not None:
        message.tls.CopyFrom(shown_tls(secrets.tls))
    expires = secrets.old_expire_time
    if expires is not None and expires > now:
        message.old_secret_expire_time.FromMicroseconds(expires)
