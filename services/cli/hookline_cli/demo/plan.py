"""The demo's subscriptions: all six events in different formats and encodings, one throttled, one badly received."""

from dataclasses import dataclass

from hookline.registry.v1 import subscription_pb2

from hookline_cli.demo.tally import Row

MARK = "x-hookline-demo"
"""The header by which the demo knows its own subscriptions and webhooks when it runs again."""

SUBSCRIPTIONS = "subscriptions"
"""What the summary says fired what went to a subscription, whichever it was."""

SEED = 20260302
THROTTLE = 120
FAIL_RATE = 0.1


@dataclass(frozen=True, slots=True)
class Planned:
    """One subscription of the demo, under a name for people; fail_rate is how badly its receiver behaves."""

    name: str
    event: str
    format: subscription_pb2.PayloadFormat.ValueType
    content_type: str
    per_minute: int | None = None
    fail_rate: float = 0.0

    @property
    def path(self) -> str:
        """Where it is received."""
        return "/" + self.name.replace(" ", "-")

    def row(self) -> Row:
        """What the tally counts of it, nothing yet."""
        encoding = _ENCODINGS.get(self.content_type, self.content_type)
        return Row(
            self.name,
            throttled_target=self.per_minute is not None,
            source=SUBSCRIPTIONS,
            fired_by=self.event,
            payload=f"{_FORMATS[self.format]} {encoding}",
        )

    def subscription(self, url: str) -> subscription_pb2.Subscription:
        """The subscription that sends to the URL."""
        return subscription_pb2.Subscription(
            event=self.event,
            url=url,
            format=self.format,
            content_type=self.content_type,
            requests_per_minute=self.per_minute,
            headers=[subscription_pb2.Header(name=MARK, value=self.name)],
        )


_FORM, _JSON, _XML = "application/x-www-form-urlencoded", "application/json", "application/xml"
_FULL = subscription_pb2.PAYLOAD_FORMAT_FULL
_LIGHT = subscription_pb2.PAYLOAD_FORMAT_LIGHTWEIGHT
_NOTIFY = subscription_pb2.PAYLOAD_FORMAT_NOTIFY
_ENCODINGS = {_FORM: "form", _JSON: "json", _XML: "xml"}
_FORMATS = {_FULL: "full", _LIGHT: "light", _NOTIFY: "notify"}

PLAN = (
    Planned("new contacts", "object_create(0)", _FULL, _FORM),
    Planned("new records", "object_create", _FULL, _JSON),
    Planned("form leads", "object_submits_form", _LIGHT, _JSON),
    Planned("tags added", "sub_tag", _LIGHT, _FORM, fail_rate=FAIL_RATE),
    Planned("customers", "sub_tag(4)", _FULL, _XML),
    Planned("tags removed", "unsub_tag", _NOTIFY, _FORM),
    Planned("purchases", "purchase_product", _FULL, _XML, per_minute=THROTTLE),
    Planned("transactions", "transaction_created_with_product", _FULL, _JSON),
)
