"""What settings must be to be saved, as far as they tell by themselves: for who saves and who previews. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from hookline_plugin.media_type import is_media_type
from hookline_runtime.egress.policy import PUBLIC, Policy
from hookline_runtime.egress.written import endpoint_faults, url_faults
from hookline_runtime.plugins import PluginHost
from hookline_runtime.webhook.headers import header_flaws
from hookline_runtime.webhook.names import FieldNames, KnownNames, ObjectTypeInfo
from hookline_runtime.webhook.refusals import WebhookFlaw, WebhookRefused
from hookline_runtime.webhook.request import WebhookTemplate, WebhookText, parse_webhook


def check_webhook(
    text: WebhookText,
    object_type_id: int,
    types: Mapping[int, ObjectTypeInfo],
    host: PluginHost,
    egress: Policy = PUBLIC,
) -> WebhookTemplate:
    """Parse a webhook that may be saved.

    `types` are all object types of the account, and `egress` says where requests may go.
    Raises WebhookRefused with all that is wrong with it.
    """
    flaws = []
    if object_type_id not in types:
        flaws.append(WebhookFlaw("object_type_id", "must be an object type of the account"))
    if "\0" in text.data:  # not every store takes it
        flaws.append(WebhookFlaw("data", "must hold no NUL character"))
    # Where there is no such type, no name is found fault with.
    names = FieldNames(types, object_type_id) if object_type_id in types else KnownNames({})
    try:
        template = parse_webhook(text, names, host)
    except WebhookRefused as refused:
        raise WebhookRefused([*flaws, *refused.flaws], refused.passing) from None
    if template.endpoint is not None:
        flaws += [WebhookFlaw("url", fault) for fault in endpoint_faults(template.endpoint, egress)]
    if flaws:
        raise WebhookRefused(flaws)
    return template


def subscription_flaws(
    url: str,
    content_type: str,
    media_type: str,
    headers: Sequence[tuple[str, str]],
    serves: Callable[[str], bool],
    egress: Policy = PUBLIC,
) -> Iterator[WebhookFlaw]:
    """Give what is wrong with a subscription's settings.

    `content_type` is as it was written, and `media_type` what it stands for; `serves` says which have an encoder.
    """
    for reason in url_faults(url, egress):
        yield WebhookFlaw("url", reason)
    written = not content_type or is_media_type(content_type.strip(" \t"))
    if not written or not serves(media_type):
        yield WebhookFlaw("content_type", "must be a media type that an installed encoder serves")
    yield from header_flaws(headers)
