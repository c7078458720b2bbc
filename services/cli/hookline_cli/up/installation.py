"""One installation on one machine, from folder to running services: what `up` and `demo` both open."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from hookline_cli.address import Address, claim
from hookline_cli.credentials import Credentials
from hookline_cli.failure import CliError, why
from hookline_cli.up.encryption import encryption_of
from hookline_cli.up.later_start import Ready, begun, renewed
from hookline_cli.up.layout import Layout, lay_out
from hookline_cli.up.lock import only_one
from hookline_cli.up.plaintext import refuse_plaintext
from hookline_cli.up.suite import Suite


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the flags of `up` say; give_way lets a free port stand in for one that is taken."""

    data: Path
    http: Address
    registry: Address
    dispatcher: Address
    metrics: Address
    verbose: bool = False
    new_keys: bool = False
    egress_allow: str | None = None
    give_way: bool = False

    def addresses(self) -> dict[str, Address]:
        """The addresses by the names of their flags."""
        return {
            "http": self.http,
            "registry": self.registry,
            "dispatcher": self.dispatcher,
            "metrics": self.metrics,
        }

    def with_free_ports(self, note: Callable[[str], None]) -> "Wanted":
        """The same with another port for each that is taken, and a note for each."""

        def free(name: str, address: Address) -> Address:
            try:
                return claim(address, name)
            except CliError:
                other = claim(Address(address.host, 0), name)
                note(f"port {address.port} is taken: the {name} listens on {other.port}")
                return other

        return replace(
            self,
            http=free("gateway", self.http),
            registry=free("registry", self.registry),
            dispatcher=free("dispatcher", self.dispatcher),
            metrics=free("metrics page", self.metrics),
        )


@dataclass(frozen=True, slots=True)
class Installation:
    """Running services with their layout and credentials; made says that the keys are new."""

    suite: Suite
    layout: Layout
    credentials: Credentials | None
    made: bool


@asynccontextmanager
async def installation(wanted: Wanted, note: Callable[[str], None]) -> AsyncIterator[Installation]:
    """Starts everything and yields when all services say SERVING; on exit they drain and end.

    Raises CliError: an address would be served in plain text to others, the folder is in use,
    an address is taken, a service will not start.
    """
    refuse_plaintext(wanted.addresses(), os.environ)
    encryption = encryption_of(os.environ)
    # Everything in the folder is for its owner alone: databases hold signing secrets.
    os.umask(0o077)
    try:
        wanted.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise CliError(f"cannot use {wanted.data}: {why(error)}") from None
    with only_one(wanted.data):
        if wanted.give_way:
            wanted = wanted.with_free_ports(note)
        layout = lay_out(wanted.data, wanted.http, wanted.registry, wanted.dispatcher, wanted.metrics, encryption)
        ready = await _prepared(layout, wanted)
        _tell_missing(ready, layout, note)
        suite = Suite(layout, verbose=wanted.verbose, note=note, egress_allow=wanted.egress_allow)
        async with suite:
            yield Installation(suite, layout, ready.credentials, ready.made)


async def _prepared(layout: Layout, wanted: Wanted) -> Ready:
    if begun(layout) and not wanted.new_keys:
        return Ready(renewed(layout), False)
    # The registry's database takes a second to import; every other command and start does without it.
    from hookline_cli.up.first_start import prepare

    return await prepare(layout, new_keys=wanted.new_keys)


def _tell_missing(ready: Ready, layout: Layout, note: Callable[[str], None]) -> None:
    if ready.credentials is None:
        note(
            f"there are accounts already, but no {layout.credentials_file}: put it back, or start once with --new-keys,"
            " which makes a new account key and a new operator key and writes the file"
        )
