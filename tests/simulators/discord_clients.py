"""The real client library as the Discord simulator's tests use it, and the server it finds."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import discord

from tests.simulators.discord import BOT_ID, DiscordSimulator, Press

Interaction = discord.Interaction[Any]

USER, GUILD, CHANNEL, PRIVATE, FORUM, STAFF = 2000, 5000, 3000, 3001, 3002, 6000


class Bot(discord.Client):
    """A client which writes down what it is told."""

    def __init__(self, intents: discord.Intents | None = None) -> None:
        # Without a guild timeout of zero each on_ready comes two seconds late.
        super().__init__(intents=intents or intents_with_content(), guild_ready_timeout=0)
        self.inbox: asyncio.Queue[discord.Message] = asyncio.Queue()
        self.events: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
        self.answer: Callable[[Interaction], Awaitable[object]] | None = None
        self.failures: list[BaseException] = []

    async def on_error(self, event_method: str, /, *_: Any, **__: Any) -> None:
        """Keep what a handler raised, which the library would only log."""
        failure = sys.exception()
        assert failure is not None
        self.failures.append(failure)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Skip the five seconds which the library waits before it identifies again."""

    async def on_message(self, message: discord.Message) -> None:
        if message.author.id != BOT_ID and message.type is not discord.MessageType.thread_starter_message:
            self.inbox.put_nowait(message)

    async def on_message_edit(self, _: discord.Message, after: discord.Message) -> None:
        self.events.put_nowait(("edit", after.content))

    async def on_raw_message_delete(self, event: discord.RawMessageDeleteEvent) -> None:
        self.events.put_nowait(("delete", event.message_id))

    async def on_raw_reaction_add(self, event: discord.RawReactionActionEvent) -> None:
        self.events.put_nowait(("reaction", str(event.emoji)))

    async def on_raw_reaction_remove(self, event: discord.RawReactionActionEvent) -> None:
        self.events.put_nowait(("no reaction", (str(event.emoji), event.user_id)))

    async def on_typing(self, _: object, user: discord.abc.User, when: object) -> None:
        self.events.put_nowait(("typing", user.id))

    async def on_thread_create(self, thread: discord.Thread) -> None:
        self.events.put_nowait(("thread", thread.id))

    async def on_interaction(self, interaction: Interaction) -> None:
        self.events.put_nowait(("interaction", interaction))
        if self.answer is not None:
            await self.answer(interaction)

    async def on_resumed(self) -> None:
        self.events.put_nowait(("resumed", None))

    async def hear(self) -> discord.Message:
        return await asyncio.wait_for(self.inbox.get(), 5)

    async def notice(self, kind: str) -> Any:
        """The next event of a kind; others before it are passed over."""
        async with asyncio.timeout(5):
            while True:
                seen, value = await self.events.get()
                if seen == kind:
                    return value


Start = Callable[..., Awaitable[Bot]]


def intents_with_content() -> discord.Intents:
    intents = discord.Intents.default()
    intents.message_content = True
    return intents


def text_channel(bot: discord.Client, channel_id: int = CHANNEL) -> discord.TextChannel:
    channel = bot.get_channel(channel_id)
    assert isinstance(channel, discord.TextChannel)
    return channel


def stopped(*items: discord.ui.Button[Any]) -> discord.ui.View:
    """Buttons which the library shows and does not listen to."""
    view = discord.ui.View(timeout=None)
    for item in items:
        view.add_item(item)
    view.stop()
    return view


def button(custom_id: str, label: str, **options: Any) -> discord.ui.Button[Any]:
    return discord.ui.Button(custom_id=custom_id, label=label, **options)


async def question(bot: Bot, channel: int = CHANNEL) -> discord.Message:
    """A message with a button to press and one which is disabled."""
    view = stopped(button("yes", "Yes"), button("no", "No", disabled=True))
    return await text_channel(bot, channel).send("Did that help?", view=view)


async def pressed(sim: DiscordSimulator, bot: Bot) -> tuple[Press, Interaction]:
    sent = await question(bot)
    press = await sim.press(sent.id, USER, "yes", wait=False)
    return press, await bot.notice("interaction")
