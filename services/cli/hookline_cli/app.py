"""The command line: every command under its name."""

import typer

from hookline_cli.commands import (
    accounts,
    campaigns,
    deliveries,
    demo,
    events,
    explain,
    forms,
    keys,
    objects,
    plugins,
    publish,
    routes,
    rules,
    services,
    sink,
    subscriptions,
    targets,
    triggers,
    up,
    webhooks,
)

app = typer.Typer(
    name="hookline",
    help="Webhooks from events: publish, subscribe, watch what is delivered.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
up.register(app)
demo.register(app)
publish.register(app)
explain.register(app)
app.add_typer(subscriptions.app, name="subscriptions")
app.add_typer(webhooks.app, name="webhooks")
app.add_typer(rules.app, name="rules")
app.add_typer(forms.app, name="forms")
app.add_typer(campaigns.app, name="campaigns")
app.add_typer(triggers.app, name="triggers")
app.add_typer(deliveries.app, name="deliveries")
app.add_typer(events.app, name="events")
app.add_typer(objects.app, name="objects")
app.add_typer(targets.app, name="targets")
app.add_typer(routes.app, name="routes")
app.add_typer(accounts.app, name="accounts")
app.add_typer(keys.app, name="keys")
app.add_typer(plugins.app, name="plugins")
sink.register(app)
services.register(app)
