"""`frontdesk run`: serve the platforms."""

from __future__ import annotations

import click

from bots.commands.common import Fatal, only_one, run_work, settings_of_command
from bots.serve import serve

NO_PLATFORM = """\
No platform is set up. Put the tokens of at least one into .env (README.md shows each step):
  Slack:    SLACK_BOT_TOKEN  from api.slack.com/apps, your app, OAuth & Permissions (xoxb-…), and
            SLACK_APP_TOKEN  from Basic Information, App-Level Tokens (xapp-…), for Socket Mode,
            or SLACK_SIGNING_SECRET from Basic Information, for HTTP
  Discord:  DISCORD_TOKEN    from discord.com/developers/applications, your app, Bot
To try it without any account: frontdesk chat"""


@click.command()
def run() -> None:
    """Serve every platform whose tokens are set, until Ctrl-C or SIGTERM."""
    settings = settings_of_command()
    if not settings.platforms:
        raise Fatal(NO_PLATFORM)
    with only_one(settings, "run"):
        run_work(serve(settings))
