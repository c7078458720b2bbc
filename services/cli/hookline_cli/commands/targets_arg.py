"""How a target is written on the command line: subscription/3, or 3 for short."""

import typer
from hookline.dispatcher.v1 import delivery_pb2

_KINDS = {
    "subscription": delivery_pb2.TARGET_KIND_SUBSCRIPTION,
    "webhook": delivery_pb2.TARGET_KIND_WEBHOOK,
}


def target_ref(text: str) -> delivery_pb2.TargetRef:
    """Reads a target; raises typer.BadParameter."""
    kind, _, number = text.rpartition("/")
    if (kind or "subscription") not in _KINDS or not number.isascii() or not number.isdigit() or len(number) > 18:
        raise typer.BadParameter(f"{text!r} is not a target: write subscription/3, webhook/3, or 3 for subscription/3")
    return delivery_pb2.TargetRef(kind=_KINDS[kind or "subscription"], id=int(number))
