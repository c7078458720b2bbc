"""Values that the tests of this folder share."""

from hookline_dispatcher.config.targets import Secret, SubscriptionSettings
from hookline_dispatcher.core.event import Event
from hookline_dispatcher.core.instants import SECOND
from hookline_dispatcher.store.model import Claim, TargetKey

NOW = 1_700_000_000 * SECOND
KEY = TargetKey(7, 1, 3)
OLD_SECRET = "whsec_" + "b2xk" * 8
SECRET = "whsec_" + "bmV3" * 8
EVENT = Event(
    7, "e1", "sub_tag", 0, "8", b'{"firstname":"Mary"}', {"tag_id": "4"}, occurred_time=1_514_940_140 * SECOND
)


def settings(
    *,
    revision: int = 11,
    url: str = "http://r.example/hook?k=v",
    content_type: str = "application/json",
    headers: tuple[tuple[str, str], ...] = (),
    secrets: tuple[Secret, ...] = (Secret(SECRET),),
    max_retries: int = 10,
) -> SubscriptionSettings:
    return SubscriptionSettings(
        key=KEY,
        revision=revision,
        event="sub_tag",
        url=url,
        content_type=content_type,
        headers=headers,
        max_retries=max_retries,
        secrets=secrets,
    )


def claim(
    number: int = 1, *, failures: int = 0, unknowns: int = 0, leave_by_time: int = 0, config_revision: int = 11
) -> Claim:
    return Claim(
        delivery_id=100,
        root_id=90,
        lane_id=1,
        target=KEY,
        event=EVENT,
        config_revision=config_revision,
        number=number,
        failures=failures,
        unknowns=unknowns,
        create_time=NOW - SECOND,
        leave_by_time=leave_by_time,
    )
