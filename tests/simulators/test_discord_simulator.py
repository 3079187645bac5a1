"""The Discord simulator, met by the real client library."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Any

import aiohttp
import discord
import pytest
import yarl

from tests.simulators.discord import (
    BOT_ID,
    TOKEN,
    DiscordSimulator,
    Overwrite,
    Permission,
)

USER, GUILD, CHANNEL, PRIVATE, FORUM, STAFF = 2000, 5000, 3000, 3001, 3002, 6000


class Bot(discord.Client):
    """A client which writes down what it is told."""

    def __init__(self, intents: discord.Intents | None = None) -> None:
        # Without a guild timeout of zero each on_ready comes two seconds late.
        super().__init__(intents=intents or _intents(), guild_ready_timeout=0)
        self.inbox: asyncio.Queue[discord.Message] = asyncio.Queue()
        self.events: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()

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

    async def on_typing(self, _: object, user: discord.abc.User, when: object) -> None:
        self.events.put_nowait(("typing", user.id))

    async def on_thread_create(self, thread: discord.Thread) -> None:
        self.events.put_nowait(("thread", thread.id))

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        self.events.put_nowait(("interaction", interaction))

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


def _intents() -> discord.Intents:
    intents = discord.Intents.default()
    intents.message_content = True
    return intents


Start = Callable[..., Awaitable[Bot]]


@pytest.fixture
async def sim(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[DiscordSimulator]:
    async with DiscordSimulator() as simulator:
        simulator.add_user(USER, "ada", "Ada")
        simulator.add_guild(GUILD, "Example")
        simulator.add_role(GUILD, STAFF, "staff", members=[USER])
        simulator.add_channel(CHANNEL, GUILD, "help")
        simulator.add_channel(PRIVATE, GUILD, "team", private=True)
        simulator.add_channel(FORUM, GUILD, "questions", forum=True)
        monkeypatch.setattr(discord.http.Route, "BASE", simulator.api_url)
        gateway = yarl.URL(simulator.gateway_url)
        monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", gateway)
        yield simulator


@pytest.fixture
async def start(sim: DiscordSimulator) -> AsyncIterator[Start]:
    """Start clients, and stop them at the end."""
    running: list[tuple[Bot, asyncio.Task[None]]] = []

    async def run(**options: Any) -> Bot:
        bot = Bot(**options)
        task = asyncio.create_task(bot.start(TOKEN))
        running.append((bot, task))
        await sim.wait_ready()
        await asyncio.wait_for(bot.wait_until_ready(), 5)
        return bot

    yield run
    for bot, task in running:
        await bot.close()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@pytest.fixture
async def bot(start: Start) -> Bot:
    return await start()


def _text_channel(bot: discord.Client, channel_id: int = CHANNEL) -> discord.TextChannel:
    channel = bot.get_channel(channel_id)
    assert isinstance(channel, discord.TextChannel)
    return channel


async def test_a_client_becomes_ready(bot: Bot) -> None:
    assert bot.user is not None
    assert (bot.user.id, bot.user.name, bot.application_id) == (BOT_ID, "Frontdesk", BOT_ID)
    guild = bot.get_guild(GUILD)
    assert guild is not None
    assert [channel.name for channel in guild.text_channels] == ["help", "team"]
    assert _text_channel(bot, PRIVATE).overwrites_for(guild.default_role).view_channel is False
    assert _text_channel(bot, PRIVATE).permissions_for(guild.me).view_channel is True
    assert isinstance(bot.get_channel(FORUM), discord.ForumChannel)


async def test_a_direct_message_and_its_answer(sim: DiscordSimulator, bot: Bot) -> None:
    dm = sim.open_dm(USER)
    asked = await sim.say(dm, USER, "Where is my order?")
    message = await bot.hear()
    assert isinstance(message.channel, discord.DMChannel)
    assert (message.id, message.content, message.guild) == (asked, "Where is my order?", None)
    async with message.channel.typing():
        quiet = discord.AllowedMentions.none()
        await message.reply("On its way.", allowed_mentions=quiet, suppress_embeds=True)
    (post,) = await sim.wait_posts(dm, 1)
    assert (post.content, post.reference, post.flags) == ("On its way.", asked, 4)
    assert post.allowed_mentions == {"parse": []}
    assert sim.typing[dm] == 1
    assert (await bot.create_dm(discord.Object(USER))).id == dm


async def test_the_bot_is_sent_its_own_messages_with_their_nonce(sim: DiscordSimulator, bot: Bot) -> None:
    heard = asyncio.create_task(bot.wait_for("message", timeout=5))
    await asyncio.sleep(0)
    await _text_channel(bot).send("Hello", nonce="n-1")
    echoed = await heard
    assert (echoed.author.id, echoed.nonce) == (BOT_ID, "n-1")


async def test_a_mention_a_reply_and_a_thread(sim: DiscordSimulator, bot: Bot) -> None:
    first = await sim.say(CHANNEL, USER, "Something else")
    await sim.say(CHANNEL, USER, f"<@{BOT_ID}> help", reply_to=first)
    await bot.hear()
    message = await bot.hear()
    assert bot.user in message.mentions
    assert isinstance(message.author, discord.Member)
    assert [role.name for role in message.author.roles] == ["@everyone", "staff"]
    assert message.reference is not None
    assert isinstance(message.reference.resolved, discord.Message)
    assert message.reference.resolved.content == "Something else"

    thread = await message.create_thread(name="help")
    assert sim.threads_of(CHANNEL) == [thread.id] == [message.id]
    assert await bot.notice("thread") == message.id
    await thread.send("Here I am")
    assert [post.content for post in sim.posts(thread.id)] == ["Here I am"]
    with pytest.raises(discord.HTTPException) as error:
        await message.create_thread(name="again")
    assert (error.value.status, error.value.code) == (400, 160004)
    await thread.edit(archived=True, locked=True)
    with pytest.raises(discord.HTTPException, match="archived"):
        await thread.send("Too late")


async def test_a_forum_post_is_a_thread_with_a_message(sim: DiscordSimulator, bot: Bot) -> None:
    thread_id = await sim.start_thread(FORUM, USER, "A question", "How do I pay?")
    message = await bot.hear()
    assert isinstance(message.channel, discord.Thread)
    assert (message.channel.id, message.channel.parent_id) == (thread_id, FORUM)


async def test_content_is_empty_without_its_intent(sim: DiscordSimulator, start: Start) -> None:
    bot = await start(intents=discord.Intents.default())
    dm = sim.open_dm(USER)
    await sim.say(CHANNEL, USER, "unseen")
    await sim.say(CHANNEL, USER, f"<@{BOT_ID}> seen")
    await sim.say(dm, USER, "seen")
    assert [(await bot.hear()).content for _ in range(3)] == ["", f"<@{BOT_ID}> seen", "seen"]


async def test_the_same_nonce_makes_one_message(sim: DiscordSimulator, bot: Bot) -> None:
    channel = _text_channel(bot)
    first = await channel.send("Once", nonce="n-1")
    assert (await channel.send("Twice", nonce="n-1")).id == first.id
    sim.nonce_window = 0
    assert (await channel.send("Thrice", nonce="n-1")).id != first.id
    assert [post.content for post in sim.posts(CHANNEL)] == ["Once", "Thrice"]


async def test_history_has_what_was_never_delivered_and_no_nonces(sim: DiscordSimulator, bot: Bot) -> None:
    channel = _text_channel(bot)
    mark = await sim.say(CHANNEL, USER, "0")
    missed = await sim.say(CHANNEL, USER, "1", deliver=False)
    await channel.send("2", nonce="n-1")
    found = [m async for m in channel.history(after=discord.Object(mark), limit=None)]
    assert [(m.content, m.nonce) for m in found] == [("1", None), ("2", None)]
    page = [m.content async for m in channel.history(after=discord.Object(mark), limit=1)]
    newest = [m.content async for m in channel.history(limit=2)]
    older = [m.content async for m in channel.history(before=discord.Object(missed))]
    assert (page, newest, older) == (["1"], ["2", "1"], ["0"])
    assert [m async for m in _text_channel(bot, PRIVATE).history()] == []
    await bot.hear()
    await sim.redeliver(missed)
    assert (await bot.hear()).id == missed


async def test_bad_messages_are_refused(sim: DiscordSimulator, bot: Bot) -> None:
    channel = _text_channel(bot)
    with pytest.raises(discord.HTTPException, match="2000 or fewer") as error:
        await channel.send("x" * 2001)
    assert error.value.code == 50035
    with pytest.raises(discord.HTTPException) as error:
        await channel.send("")
    assert error.value.code == 50006
    with pytest.raises(discord.HTTPException, match="25 characters"):
        await channel.send("Hello", nonce="n" * 26)
    with pytest.raises(discord.NotFound) as missing:
        await channel.fetch_message(1)
    assert missing.value.code == 10008
    with pytest.raises(discord.NotFound) as missing:
        await bot.fetch_channel(1)
    assert missing.value.code == 10003
    sim.close_dms(USER)
    with pytest.raises(discord.Forbidden) as closed:
        await (await bot.create_dm(discord.Object(USER))).send("Hello")
    assert closed.value.code == 50007


async def test_edits_deletions_and_reactions(sim: DiscordSimulator, bot: Bot) -> None:
    asked = await sim.say(CHANNEL, USER, "Before")
    message = await bot.hear()
    await sim.edit(asked, "After")
    assert await bot.notice("edit") == "After"
    await message.add_reaction("👀")
    assert sim.reactions == [(asked, "👀")]
    assert bot.user is not None
    await message.remove_reaction("👀", bot.user)
    assert sim.reactions == []
    await sim.react(asked, USER, "👍")
    assert await bot.notice("reaction") == "👍"
    await sim.type_in(CHANNEL, USER)
    assert await bot.notice("typing") == USER
    await sim.delete(asked)
    assert await bot.notice("delete") == asked

    sent = await message.channel.send("Thinking")
    await sent.edit(content="Done")
    await sent.delete()
    (post,) = sim.posts(CHANNEL)
    assert (post.content, len(post.edits), post.deleted) == ("Done", 1, True)


async def test_permissions(sim: DiscordSimulator, bot: Bot) -> None:
    no_threads = Permission.CREATE_PUBLIC_THREADS
    sim.add_channel(3100, GUILD, "quiet", deny_bot=Permission.SEND_MESSAGES | no_threads)
    sim.add_channel(3101, GUILD, "hidden", [Overwrite(GUILD, deny=Permission.VIEW_CHANNEL)])
    await sim.say(3101, USER, "The bot is not told")
    await sim.say(3100, USER, "Hello")
    message = await bot.hear()
    assert message.content == "Hello"
    with pytest.raises(discord.Forbidden) as denied:
        await message.create_thread(name="help")
    assert denied.value.code == 50013
    with pytest.raises(discord.Forbidden):
        await message.channel.send("Hello")
    with pytest.raises(discord.Forbidden) as denied:
        await _text_channel(bot, 3101).send("Hello")
    assert denied.value.code == 50001


async def test_a_button_and_a_late_edit_of_its_answer(sim: DiscordSimulator, bot: Bot) -> None:
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label="Yes", custom_id="yes"))
    sent = await _text_channel(bot).send("Did that help?", view=view)
    with pytest.raises(LookupError):
        await sim.press(sent.id, USER, "no")
    pressed = await sim.press(sent.id, USER, "yes")
    interaction: discord.Interaction = await bot.notice("interaction")
    assert (interaction.id, interaction.user.id, interaction.channel_id) == (pressed, USER, CHANNEL)
    await interaction.response.edit_message(content="Thank you", view=None)
    await interaction.followup.send("Only for you", ephemeral=True)
    with pytest.raises(discord.InteractionResponded):
        await interaction.response.defer()
    assert [post.content for post in sim.posts(CHANNEL)] == ["Thank you", "Only for you"]
    assert sim.posts(CHANNEL)[1].ephemeral
    assert [r["type"] for r in sim.responses(pressed)] == [7]
    assert [m.content async for m in _text_channel(bot).history()] == ["Thank you"]


async def test_a_slash_command_deferred_in_a_dm(sim: DiscordSimulator, bot: Bot) -> None:
    tree = discord.app_commands.CommandTree(bot)

    @tree.command(name="ask", description="Ask a question")
    async def ask(interaction: discord.Interaction, question: str) -> None:
        await interaction.response.defer(thinking=True)
        assert sim.posts(dm) == []
        await interaction.edit_original_response(content=f"You asked: {question}")

    await tree.sync()
    assert [command["name"] for command in sim.commands] == ["ask"]
    dm = sim.open_dm(USER)
    await sim.slash(dm, USER, "ask", {"question": "Why?"})
    (post,) = await sim.wait_posts(dm, 1)
    assert post.content == "You asked: Why?"
    assert isinstance((await bot.notice("interaction")).user, discord.User)


async def test_a_rate_limit_is_waited_out(sim: DiscordSimulator, bot: Bot) -> None:
    fault = sim.fail("POST", "/channels/{id}/messages", retry_after=0.1)
    await _text_channel(bot).send("Hello")
    first, second = sim.calls_to("POST", "/messages")
    assert (first.status, second.status, fault.hits) == (429, 200, 1)
    assert second.at - first.at >= 0.1


async def test_a_retry_after_a_lost_answer_makes_no_second_message(
    sim: DiscordSimulator, bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The library waits a second before it retries; and it puts a nonce on every message itself.
    waits: list[float] = []

    async def wait(seconds: float) -> None:
        waits.append(seconds)

    sim.fail("POST", "/channels/{id}/messages", status=502, after=True)
    with monkeypatch.context() as patch:
        patch.setattr(asyncio, "sleep", wait)
        await _text_channel(bot).send("Once")
    assert (len(sim.posts(CHANNEL)), len(sim.calls_to("POST", "/messages"))) == (1, 2)
    assert waits == [1]


async def test_faults(sim: DiscordSimulator, bot: Bot) -> None:
    channel = _text_channel(bot)
    path = f"/channels/{CHANNEL}/messages"
    sim.fail("POST", path, status=403, code=50013)
    with pytest.raises(discord.Forbidden):
        await channel.send("refused")
    sim.fail("POST", path, status=503, after=True)
    with pytest.raises(discord.DiscordServerError):
        await channel.send("done, but not known to be")
    sim.fail("POST", path, drop=True, after=True)
    with pytest.raises(aiohttp.ClientError):
        await channel.send("done, then dropped")
    sim.fail("POST", path, drop=True)
    with pytest.raises(aiohttp.ClientError):
        await channel.send("not done")
    held = sim.fail("POST", path, hang=True)
    sending = asyncio.create_task(channel.send("held"))
    await sim.wait_call("POST", path, 5)
    assert len(sim.posts(CHANNEL)) == 2
    held.release()
    await sending
    expected = ["done, but not known to be", "done, then dropped", "held"]
    assert [post.content for post in sim.posts(CHANNEL)] == expected


@pytest.mark.parametrize("code", [4000, 1000, None])
async def test_a_dropped_client_resumes_and_is_told_what_it_missed(
    sim: DiscordSimulator, bot: Bot, code: int | None
) -> None:
    dm = sim.open_dm(USER)
    await sim.say(dm, USER, "1")
    await bot.hear()
    await sim.drop_connections(code)
    await sim.say(dm, USER, "2")
    assert (await bot.hear()).content == "2"
    await bot.notice("resumed")
    await sim.wait_resumed()
    assert (len(sim.gateway.identifies), bot.inbox.empty()) == (1, True)


async def test_reconnect_is_obeyed_and_heartbeats_are_answered(sim: DiscordSimulator, bot: Bot) -> None:
    sim.heartbeat_interval = 0.05
    await sim.ask_to_reconnect()
    await sim.wait_resumed()
    await sim.wait_gateway(lambda gateway: gateway.heartbeats >= 4)
    assert bot.latency < 5


async def test_a_forgotten_session_starts_anew(sim: DiscordSimulator, bot: Bot) -> None:
    sim.forget_sessions = True
    await sim.drop_connections()
    await sim.wait_gateway(lambda gateway: len(gateway.identifies) == 2)
    await sim.wait_ready()
    await sim.say(CHANNEL, USER, "Hello")
    assert (await bot.hear()).content == "Hello"


async def test_a_closed_client_is_gone_and_another_can_come(
    sim: DiscordSimulator, bot: Bot, start: Start
) -> None:
    await bot.close()
    await sim.wait_gone()
    dm = sim.open_dm(USER)
    missed = await sim.say(dm, USER, "Anybody?")
    second = await start()
    channel = await second.create_dm(discord.Object(USER))
    assert [m.id async for m in channel.history()] == [missed]
    assert second.inbox.empty()


async def test_a_bad_token_fails_the_login(sim: DiscordSimulator) -> None:
    async with Bot() as bot:
        with pytest.raises(discord.LoginFailure):
            await bot.start("wrong")


async def test_a_token_the_gateway_refuses_closes_with_4004(sim: DiscordSimulator) -> None:
    sim.gateway.token = "another"
    async with Bot() as bot:
        with pytest.raises(discord.ConnectionClosed) as closed:
            await bot.start(TOKEN)
    assert closed.value.code == 4004


async def test_denied_intents_close_with_4014(sim: DiscordSimulator) -> None:
    sim.privileged_intents_denied = True
    async with Bot() as bot:
        with pytest.raises(discord.PrivilegedIntentsRequired):
            await bot.start(TOKEN)


async def test_a_refused_connection_is_an_http_error(sim: DiscordSimulator) -> None:
    sim.refuse_connections = True
    async with Bot() as bot:
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await bot.start(TOKEN, reconnect=False)


async def test_waiting_in_vain_says_for_what(sim: DiscordSimulator) -> None:
    with pytest.raises(TimeoutError, match="1 posts in 3000"):
        await sim.wait_posts(CHANNEL, 1, timeout=0.01)
