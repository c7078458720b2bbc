from dataclasses import replace

import orjson
import pytest

from hookline_dispatcher.api.sample_event import sample_event
from hookline_dispatcher.config.account import AccountConfig
from hookline_dispatcher.ingest.routing import route
from hookline_plugin.catalogue import EVENT_TYPES

from .samples import KEY, NOW, settings

CASES = [(kind.name, number) for kind in EVENT_TYPES for number in ("", "4") if kind.number_param or not number]


@pytest.mark.parametrize("name, number", CASES)
def test_a_sample_fires_the_subscription_that_it_is_for(name: str, number: str) -> None:
    target = replace(settings(), event=name, number=number)
    config = AccountConfig(KEY.account_id, 3, {KEY: target}, {name: {number: (target,)}})
    event = sample_event(target, NOW)
    assert [firing.target for firing in route(event, config, NOW).firings] == [KEY]
    assert orjson.loads(event.data)["id"] == event.object_id
