"""`frontdesk forget`: remove the words of a customer who asked for it by other ways than the bot."""

from __future__ import annotations

import time

import click

from bots.commands.common import Fatal, run_work, settings_of_command, unserved
from bots.commands.database import stored
from core.forgetting import Forgetting
from core.knowledge.companions import Companions
from core.phrases import Phrases, phrases_in
from core.policy import Policy
from core.settings import Settings
from core.store import Holdings, Store

DRY = "Nothing was removed; add --yes for that. It can't be undone. Backups keep what they hold."
WAITS = "People still deal with them: it is done once their case is closed."
LEFT = "The process that serves this database does it within a minute, or once their open case is closed."
DONE = "Removed. Cards and transcripts on the platforms follow when `frontdesk run` runs."
BUSY = "Removed from all tables. Another program reads the file: its bytes are cleared at the next start."


@click.command()
@click.argument("person")
@click.option("--yes", is_flag=True, help="Remove it; without this it is only told what would be.")
def forget(person: str, yes: bool) -> None:
    """Remove the words of the customer PERSON, an id such as slack:T1/U1 or discord:700.

    It may be used while Frontdesk runs. What the figures are made of stays, and the ids.
    """
    run_work(_forget(settings_of_command(), person, yes))


async def _forget(settings: Settings, person: str, yes: bool) -> None:
    async with stored(settings) as store:
        held = await store.holdings(person)
        if held == Holdings(0, 0, 0, with_people=False) and not yes:
            raise Fatal(f"Nothing is kept of {person}. `frontdesk costs --by customer` shows customers' ids.")
        click.echo(f"{person}: {held.messages} messages, {held.answers} answers, {held.cases} cases.")
        if not yes:
            click.echo(WAITS if held.with_people else DRY)
            return
        await store.wish_to_be_forgotten(person, time.time())
        with unserved(settings) as ours:
            click.echo(await _done(settings, store, person) if ours else LEFT)


async def _done(settings: Settings, store: Store, person: str) -> str:
    """Carry it out, as nobody else serves the database; return what came of it."""
    companions = Companions(settings.knowledge_dir)

    async def policy() -> Policy:
        return companions.policy()

    async def is_idle() -> bool:
        return True

    async def says(who: str) -> Phrases:
        return phrases_in(await store.language(who), companions.phrases())

    await Forgetting(store, policy, lambda who, removed: None, is_idle, says).look(at_once=True)
    if person in await store.wishes():
        return WAITS
    return BUSY if await store.is_unswept() else DONE
