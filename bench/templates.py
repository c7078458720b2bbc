"""What a template of 20 fields costs to render and to parse, per content type.

    python bench/templates.py [--rounds 5] [--renders 2000]

Prints microseconds for each, the best of the rounds: what the machine does beside it only adds. The values are a
contact's: names, an address with an umlaut, an email, numbers, a note with quotes and a line end. Last comes what
`urllib.parse.urlencode` takes for the same values as plain form data: machines differ, so compare with that.
"""

import argparse
import time
from collections.abc import Callable
from functools import partial
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


def best(task: Callable[[], object], times: int, rounds: int) -> float:
    """Microseconds of one call, in the best round."""
    elapsed = []
    for _ in range(rounds):
        start = time.perf_counter()
        for _ in range(times):
            task()
        elapsed.append(time.perf_counter() - start)
    return min(elapsed) / times * 1e6


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--renders", type=int, default=2000)
    chosen = options.parse_args()
    encoders = {encoder.name: encoder for encoder in register_encoders()}
    print(f"{'20 fields':<16}{'render µs':>10}{'parse µs':>10}{'bytes':>8}")
    for title, text in TEMPLATES.items():
        encoder = encoders[title.split()[0]]
        assert isinstance(encoder, TemplateEncoder)
        template = encoder.parse(text, NAMES)
        assert len(template.merges) == len(LABELS)
        render = best(partial(template.render, VALUES), chosen.renders, chosen.rounds)
        parse = best(partial(encoder.parse, text, NAMES), chosen.renders // 20, chosen.rounds)
        print(f"{title:<16}{render:>10.1f}{parse:>10.1f}{len(template.render(VALUES)):>8}")
    fields = {key: str(value) for key, value in VALUES.items()}
    print(f"{'urlencode':<16}{best(partial(urlencode, fields), chosen.renders, chosen.rounds):>10.1f}")


if __name__ == "__main__":
    main()
