"""The command line `frontdesk`."""

from __future__ import annotations

import gc
from importlib import import_module
from importlib.metadata import version

import click

from core.settings import WrongSettings

COMMANDS = tuple("ask backup cases chat check costs eval forget gaps learn phrases run search".split())


class Commands(click.Group):
    """Imports `bots/commands/NAME.py` only when that command is asked for: some take a second."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Return the names of all commands."""
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Return a command by its name."""
        if name not in COMMANDS:
            return None
        found = vars(import_module(f"bots.commands.{name}")).values()
        return next(one for one in found if isinstance(one, click.Command) and one.name == name)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(version("frontdesk"), prog_name="frontdesk")
def cli() -> None:
    """Answer customers from a folder of help articles, and hand over to a person when needed.

    Settings come from the environment and from the file .env; .env.example explains each. Start with
    `frontdesk chat`: it needs no key and no account.
    """


def main() -> None:
    """Run the command line."""
    # What imports make stays. Looking through it each time 700 more things were made is a tenth of the start.
    gc.set_threshold(50_000)
    try:
        cli()
    except WrongSettings as error:
        click.echo(str(error), err=True)
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
