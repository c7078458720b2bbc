"""What a template of 20 fields costs to render and to parse, per content type.

    python bench/templates.py [--rounds 60] [--renders 300]

Prints microseconds for each, the best of the rounds: what the machine does beside it only adds. The values are a
contact's: names, an address with an umlaut, an email, numbers, a note with quotes and a line end. Last comes what
`urllib.parse.urlencode` takes for the same values as plain form data: machines differ, so compare with that.
"""

import argparse
import time
from collections.abc import Callable
from functools import partial
from math import inf
from urllib.parse import urlencode

from hookline_builtin import register_encoders
from hookline_plugin import FieldPath, Names, Payload, TemplateEncoder
from hookline_plugin.merging import fold

VALUES: Payload = {
    "first_name": "Mary",
    "last_name": "O'Neill",
    "email": "mary.oneill@example.com",
    "phone": "+1 (805) 555-0134",
    "street": "12 Main Street",
    "city": "Königswinter",
    "zip": "93101",
    "country": "US",
    "company": "Smith & Sons <Ltd>",
    "title": "Chief of Staff",
    "website": "https://example.com/a?b=c",
    "birthday": "1984-02-29",
    "score": 1250,
    "spent": 99.95,
    "vip": True,
    "notes": 'She said "call me\nafter six".',
    "source": "webinar",
    "timezone": "America/Los_Angeles",
    "language": "en",
    "owner": {"email": "owner@example.com"},
}
LABELS = [key.replace("_", " ").title() for key in VALUES if key != "owner"] + ["Owner.Email"]


class Labels:
    """The labels above."""

    strict = True

    def find(self, name: str) -> FieldPath | None:
        """Give the path of a label."""
        return tuple(fold(name).replace(" ", "_").split(".")) if name in LABELS else None

    def nearest(self, name: str) -> str | None:
        """Give none."""
        return None


NAMES: Names = Labels()
TEMPLATES = {
    "form": "&".join(f"field_{number}=[{label}]" for number, label in enumerate(LABELS)),
    "json": "{" + ", ".join(f'"field_{number}": "[{label}]"' for number, label in enumerate(LABELS)) + "}",
    "json bare": "{" + ", ".join(f'"field_{number}": [{label}]' for number, label in enumerate(LABELS)) + "}",
    "xml": "<a>"
    + "".join(f"<field_{number}>[{label}]</field_{number}>" for number, label in enumerate(LABELS))
    + "</a>",
    "xml attributes": "<a " + " ".join(f'f{number}="[{label}]"' for number, label in enumerate(LABELS)) + "/>",
    "text": "\n".join(f"{label}: [{label}]" for label in LABELS),
}


def best(tasks: dict[str, Callable[[], object]], times: int, rounds: int) -> dict[str, float]:
    """Microseconds of one call of each task, in its best round; tasks take turns, so that all see the same machine."""
    found = dict.fromkeys(tasks, inf)
    for _ in range(rounds):
        for name, task in tasks.items():
            start = time.perf_counter()
            for _ in range(times):
                task()
            found[name] = min(found[name], (time.perf_counter() - start) / times * 1e6)
    return found


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=60)
    options.add_argument("--renders", type=int, default=300)
    chosen = options.parse_args()
    encoders = {encoder.name: encoder for encoder in register_encoders()}
    parses: dict[str, Callable[[], object]] = {}
    renders: dict[str, Callable[[], object]] = {}
    for title, text in TEMPLATES.items():
        encoder = encoders[title.split()[0]]
        assert isinstance(encoder, TemplateEncoder)
        template = encoder.parse(text, NAMES)
        assert len(template.merges) == len(LABELS)
        parses[title] = partial(encoder.parse, text, NAMES)
        renders[title] = partial(template.render, VALUES)
    renders["urlencode"] = partial(urlencode, {key: str(value) for key, value in VALUES.items()})
    rendering = best(renders, chosen.renders, chosen.rounds)
    parsing = best(parses, 10, chosen.rounds)
    print(f"{'20 fields':<16}{'render µs':>10}{'of urlencode':>14}{'parse µs':>10}")
    for title, render in rendering.items():
        share = f"{render / rendering['urlencode']:.0%}"
        print(f"{title:<16}{render:>10.1f}{share:>14}" + (f"{parsing[title]:>10.1f}" if title in parsing else ""))


if __name__ == "__main__":
    main()
