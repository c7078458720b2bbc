"""What a plugin brings: its hooks called in isolation, and each thing that they give looked at."""

from collections.abc import Iterator
from dataclasses import dataclass
from traceback import format_exception_only

import pluggy

from hookline_plugin import PROJECT, Encoder, encoder_flaw, spec
from hookline_plugin.spec import API_VERSION
from hookline_plugin.trigger import TriggerSource, source_flaw

MAX_REASON = 300


@dataclass(frozen=True, slots=True)
class Brought:
    """One of: an encoder that may be used, a trigger source that may be used, or why something is not."""

    encoder: Encoder | None = None
    source: TriggerSource | None = None
    flaw: str = ""


def brought(name: str, plugin: object) -> Iterator[Brought]:
    """Ask a plugin what it registers, and give one thing after the other; raises nothing.

    What was given before a plugin raises is kept, and so is what its other hook gives.
    """
    try:
        flaw = _api_flaw(plugin)
        if flaw is not None:
            yield Brought(flaw=flaw)
            return
        manager = pluggy.PluginManager(PROJECT)
        manager.add_hookspecs(spec)
        manager.register(plugin, name)
        for misfit in _misfits(manager, plugin):
            yield Brought(flaw=misfit)
    except (Exception, SystemExit) as error:
        yield Brought(flaw=f"cannot be used: {said(error)}")
        return
    for hook in (manager.hook.register_encoders, manager.hook.register_trigger_sources):
        try:
            yield from _given(hook, hook is manager.hook.register_encoders)
        except (Exception, SystemExit) as error:
            yield Brought(flaw=f"cannot be used: {said(error)}")


def said(error: BaseException) -> str:
    """Give the last line of what an error says, without a traceback; safe where its own `str` raises."""
    return " ".join(format_exception_only(error)[-1].split())[:MAX_REASON]


def _given(hook: pluggy.HookCaller, encoders: bool) -> Iterator[Brought]:
    answers = hook()
    if not answers and hook.get_hookimpls():
        yield Brought(flaw=f"{hook.name} gave nothing")
    for answer in answers:
        if not isinstance(answer, (list, tuple)):
            yield Brought(flaw=f"{hook.name} gave {type(answer).__name__}, not a list or tuple")
            continue
        for candidate in answer:
            flaw = encoder_flaw(candidate) if encoders else source_flaw(candidate)
            if flaw is not None:
                yield Brought(flaw=flaw)
            elif encoders:
                yield Brought(encoder=candidate)
            else:
                yield Brought(source=candidate)


def _api_flaw(plugin: object) -> str | None:
    stated: object = getattr(plugin, "hookline_api", API_VERSION)
    if type(stated) is not int:
        return "its hookline_api must be a whole number, the version of the plugin API that it is written for"
    if stated != API_VERSION:
        return f"it is written for version {str(stated)[:20]} of the plugin API; this is version {API_VERSION}"
    return None


def _misfits(manager: pluggy.PluginManager, plugin: object) -> Iterator[str]:
    hooks = manager.get_hookcallers(plugin)
    if not hooks:
        yield "it implements no hook; are its functions marked with hookimpl?"
    for hook in hooks or ():
        if not hook.has_spec():
            yield f"this version of Hookline has no hook {hook.name}"
