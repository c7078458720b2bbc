"""What may be sent and is perhaps not meant: what people want to hear of a webhook before it is sent. Pure."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from hookline_plugin.encoder import EncodeError, Payload
from hookline_plugin.media_type import essence
from hookline_plugin.merging import as_text, value_of
from hookline_plugin.template import Merge, Names
from hookline_runtime.webhook.request import WebhookTemplate

LONGEST_SHOWN = 60
"""Characters of a default that are shown."""

_BODILESS = ("GET", "DELETE")


class Remark(NamedTuple):
    """`path` names the setting, as that of a flaw does; `text` is for people."""

    path: str
    text: str


def merge_remarks(template: WebhookTemplate, values: Payload, gone: Collection[str], names: Names) -> Iterator[Remark]:
    """Say which merge fields are empty for `values` and which are no fields any more, each once for every setting.

    `gone` are folded names whose field was deleted; `names` knows what they may be called today.
    """
    for path, merges in _places(template):
        for merge in dict.fromkeys(merges):
            if merge.name in gone or merge.path is None:
                yield Remark(path, _lost(merge, names))
            if _is_empty(values, merge):
                yield Remark(path, f"[{merge.name}] is empty for this object: {_instead(merge)}")


def method_remarks(method: str, has_body: bool) -> Iterator[Remark]:
    """Say whether a method is odd for a request with a body."""
    if has_body and method in _BODILESS:
        yield Remark("method", f"{method} with a body, which many receivers refuse or do not read")


def content_type_remarks(headers: Sequence[tuple[str, str]], media_type: str) -> Iterator[Remark]:
    """Say which headers contradict what the body is written in; `media_type` is empty where there is none."""
    for number, (name, value) in enumerate(headers):
        path = f"headers[{number}].value"
        if name.lower() != "content-type":
            continue
        if not media_type:
            yield Remark(path, "there is no body that this could be the Content-Type of")
        elif essence(value) != media_type:
            yield Remark(path, f"the body is written as {media_type}, and this header says something else")


def _places(template: WebhookTemplate) -> Iterator[tuple[str, Iterable[Merge]]]:
    yield "url", template.url.merges
    for number, header in enumerate(template.headers):
        yield f"headers[{number}].value", header.merges
    if template.data is not None:
        yield "data", template.data.merges


def _is_empty(values: Payload, merge: Merge) -> bool:
    try:
        return not as_text(value_of(values, merge))
    except EncodeError:
        return False


def _lost(merge: Merge, names: Names) -> str:
    nearest = names.nearest(merge.name)
    hint = f"; did you mean [{nearest}]?" if nearest else ""
    return f"[{merge.name}] is no field any more{hint}"


def _instead(merge: Merge) -> str:
    if not merge.default:
        return "nothing stands in its place"
    cut = merge.default[:LONGEST_SHOWN]
    return f"its default stands in its place, {cut}{'…' if cut != merge.default else ''}"
