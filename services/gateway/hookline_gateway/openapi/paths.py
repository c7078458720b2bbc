"""Paths as the document tells them.

A template of an annotation names fields of a request, such as ``{subscription.id}``. OpenAPI takes two paths that
differ in such names alone for one, and its tools take a dot for a step: the first one's names stand for all, and
an underscore for each dot.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from hookline_gateway.json_api.templates import Template

_VARIABLE = re.compile(r"\{[^}]*\}")


@dataclass(frozen=True, slots=True)
class Told:
    """A path in the document, and what its variables are called there, by their names in the template."""

    text: str
    names: dict[str, str]


def told_paths(templates: Iterable[Template]) -> dict[str, Told]:
    """How each template is told, by its text."""
    first: dict[str, Template] = {}
    found: dict[str, Told] = {}
    for each in templates:
        named = first.setdefault(_VARIABLE.sub("{}", each.text), each)
        names = [name.replace(".", "_") for name in named.variables]
        text = named.text.replace(".", "_")
        found[each.text] = Told(text, dict(zip(each.variables, names, strict=True)))
    return found
