import pytest
from hookline.registry.v1 import form_pb2, global_rule_pb2

from hookline_cli.demo.firing import WEBHOOKS, checkout_form, vip_rule
from hookline_cli.demo.forgetting import only_fires
from hookline_cli.demo.onboarding import entrants, onboarding
from hookline_cli.demo.plan import MARK, PLAN

IDS = {planned: 11 + number for number, planned in enumerate(WEBHOOKS)}


def test_every_webhook_is_fired_by_what_its_row_says() -> None:
    rule, form = vip_rule(IDS, "r1"), checkout_form(IDS, "r2").form
    sections = {"always": form.always_on, "successful payment": form.payment_successful}
    fired = {f"rule {rule.rule.name}": rule.text.actions}
    for section, actions in (*sections.items(), ("failed payment", form.payment_failed)):
        fired[f"form {form.name}, {section}"] = f"Ping_APIURL({actions[0].webhook_id})"
    campaign = onboarding(IDS, "r3").campaign
    for each in campaign.elements:
        if each.HasField("webhook"):
            fired[f"campaign {campaign.name}, {each.id}"] = f"Ping_APIURL({each.webhook.webhook_id})"
    assert fired == {planned.row().fired_by: f"Ping_APIURL({id_})" for planned, id_ in IDS.items()}
    assert form.kind == form_pb2.FORM_KIND_ORDER_FORM


def test_names_and_paths_are_distinct_and_the_mark_is_on_all() -> None:
    every = (*PLAN, *WEBHOOKS)
    assert len({planned.name for planned in every}) == len({planned.path for planned in every}) == len(every)
    settings = [planned.webhook("http://a.example/") for planned in WEBHOOKS]
    assert all(each.headers[0].name == MARK for each in settings)


@pytest.mark.parametrize(
    ("fired", "expected"), [((), False), ((1,), True), ((1, 2, 1), True), ((1, 3), False), ((3,), False)]
)
def test_what_fires_other_webhooks_too_is_not_the_demos(fired: tuple[int, ...], expected: bool) -> None:
    actions = [global_rule_pb2.RuleAction(webhook_id=id_) for id_ in fired]
    assert only_fires(actions, {1, 2}) is expected


def test_each_new_contact_comes_in_once() -> None:
    lines = (
        b'{"type":"object_create","object_id":"8"}',
        b'{"type":"object_create","object_id":"8","object_type_id":0}',
        b'{"type":"object_create","object_id":"9","object_type_id":0}',
        b'{"type":"object_create","object_id":"10","object_type_id":149}',
        b'{"type":"sub_tag","object_id":"11"}',
        b'{"type":"object_create"}',
        b"no JSON",
    )
    assert entrants(enumerate(lines, 1)) == 2
