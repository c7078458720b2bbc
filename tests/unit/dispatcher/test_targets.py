import pytest

from hookline_dispatcher.config.targets import origin_of
from hookline_dispatcher.ingest.routing import route

from .configs import BASIC, PLUS, PRO, account, event, target


@pytest.mark.parametrize("plan", [BASIC, PLUS, PRO])
@pytest.mark.parametrize("object_type_id", [0, 149, 10000])
@pytest.mark.parametrize("type_", ["sub_tag", "object_create", "target_disabled"])
def test_a_plan_covers_what_routing_lets_through(plan: int, object_type_id: int, type_: str) -> None:
    config = account(target(1, type_), plan=plan)
    routed = route(event(type_, object_type_id=object_type_id), config, 0)
    assert config.covers(type_, object_type_id) is bool(routed.firings)


@pytest.mark.parametrize("plan, covered", [(BASIC, False), (PLUS, False), (PRO, True)])
def test_a_type_that_is_not_known_here_is_no_event_of_the_system(plan: int, covered: bool) -> None:
    assert account(plan=plan).covers("of_a_later_version", 149) is covered


@pytest.mark.parametrize(
    "url, origin",
    [
        ("https://r.example/hook?a=b", "r.example:443"),
        ("http://R.example:8080/", "r.example:8080"),
        ("http://[2001:db8::1]/", "2001:db8::1:80"),
        ("no url", ""),
    ],
)
def test_an_origin_is_host_and_port(url: str, origin: str) -> None:
    assert origin_of(url) == origin
