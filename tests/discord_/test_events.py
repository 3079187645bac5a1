"""What `bots/discord_events.py` makes of messages of kinds that the simulator's people don't write."""

from __future__ import annotations

from typing import Any

import discord
import pytest

from bots.discord_events import is_in_thread, read, thread_name
from bots.discord_faults import trouble
from bots.discord_posts import _only
from core.messages import File
from core.ports import BadForm, Refused, TryLater, Unknown
from tests.discord_.conftest import ADA, BEN, GUILD, HELP, MENTION, SUPPORT_ROLE
from tests.simulators.discord import BOT_ID, Overwrite, Permission
from tests.simulators.discord_world import ORDINARY, Channel, Kind, Role, User, World, shape

VOICE, NEWS, FORUM = 3002, 3003, 3004


class Server:
    """A server as discord.py knows it, without a connection: payloads in, its messages out."""

    def __init__(self, everyone: Permission = ORDINARY, denied: Permission = Permission.NONE) -> None:
        self.world = World(lambda _event, _payload: None)
        for user in (User(ADA, "ada", "Ada"), User(BEN, "ben", "Ben")):
            self.world.add_user(user)
        guild = self.world.add_guild(GUILD, "Example", everyone)
        guild.roles[SUPPORT_ROLE] = Role(SUPPORT_ROLE, "support", Permission.NONE)
        overwrites = [Overwrite(BOT_ID, deny=denied, member=True)]
        self.world.add_channel(Channel(HELP, Kind.TEXT, "help", GUILD, overwrites=overwrites))
        self.world.add_channel(Channel(VOICE, Kind.TEXT, "voice", GUILD))
        self.world.add_channel(Channel(NEWS, Kind.TEXT, "news", GUILD))
        self.world.add_channel(Channel(FORUM, Kind.FORUM, "questions", GUILD))
        self.client = discord.Client(intents=discord.Intents(guilds=True, guild_messages=True))
        self.state = self.client._connection
        self.me = discord.ClientUser(state=self.state, data=shape("user_me"))  # type: ignore[arg-type]
        self.state.user = self.me
        shown = self.world.guild_payload(guild)
        for channel in shown["channels"]:
            if int(channel["id"]) == VOICE:
                channel.update(type=2, bitrate=64_000, user_limit=0, rtc_region=None)
            if int(channel["id"]) == NEWS:
                channel.update(type=5)
        self.state._add_guild_from_data(shown)  # type: ignore[arg-type]

    def message(self, channel: int, text: str, author: int = ADA, **fields: Any) -> discord.Message:
        """A message as the gateway brings it."""
        payload = self.world.gateway_payload(self.world.add_message(channel, author, text, **fields))
        found, _ = self.state._get_guild_channel(payload)  # type: ignore[arg-type]
        return discord.Message(state=self.state, channel=found, data=payload)  # type: ignore[arg-type]

    def text_of(self, text: str, **fields: Any) -> str:
        heard = read(self.message(HELP, text, **fields), self.me, threads=True)
        assert heard is not None
        return heard.message.text


@pytest.fixture
async def server() -> Server:
    return Server()


# --- what is no message of a person ------------------------------------------------------------------


@pytest.mark.parametrize("kind", [kind for kind in discord.MessageType if kind.value not in {0, 19}])
async def test_of_all_kinds_only_messages_and_replies_are_read(
    server: Server, kind: discord.MessageType
) -> None:
    assert read(server.message(HELP, MENTION, type=kind.value), server.me, threads=True) is None


@pytest.mark.parametrize("kind", [0, 19])
async def test_messages_and_replies_are_read(server: Server, kind: int) -> None:
    heard = read(server.message(HELP, MENTION, type=kind), server.me, threads=True)
    assert heard is not None
    assert heard.addressed


async def test_bots_and_webhooks_are_not_read(server: Server) -> None:
    server.world.add_user(User(2900, "weather", bot=True))
    assert read(server.message(HELP, MENTION, author=2900), server.me, threads=True) is None
    assert read(server.message(HELP, MENTION, author=BOT_ID), server.me, threads=True) is None
    assert read(server.message(HELP, MENTION, webhook_id="77"), server.me, threads=True) is None


# --- whom it is for ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "addressed"),
    [
        (f"{MENTION} hello", True),
        (f"<@!{BOT_ID}> hello", True),
        ("Frontdesk, hello", False),
        ("@Frontdesk hello", False),
        ("@everyone hello", False),
        ("@here hello", False),
        (f"<@{BEN}> hello", False),
        (f"<@&{SUPPORT_ROLE}> hello", False),
    ],
)
async def test_a_mention_addresses_us(server: Server, text: str, addressed: bool) -> None:
    heard = read(server.message(HELP, text), server.me, threads=True)
    assert heard is not None
    assert heard.addressed is addressed


async def test_words_that_we_may_not_read_are_no_message(server: Server) -> None:
    assert read(server.message(HELP, ""), server.me, threads=True) is None
    assert read(server.message(HELP, MENTION), server.me, threads=True) is not None


async def test_a_reply_addresses_whom_it_answers(server: Server) -> None:
    quiet = {"parse": [], "replied_user": False}
    for author, addressed in ((BOT_ID, True), (BEN, False)):
        answered = server.world.add_message(HELP, author, "Hello")
        reply = server.message(HELP, "And?", reply_to=answered, allowed_mentions=quiet)
        heard = read(reply, server.me, threads=True)
        assert heard is not None
        assert heard.addressed is addressed
        assert heard.message.conversation == f"discord:{HELP}"


async def test_a_reply_to_a_deleted_message_addresses_nobody(server: Server) -> None:
    answered = server.world.add_message(HELP, BOT_ID, "Hello")
    quiet = {"parse": [], "replied_user": False}
    reply = server.message(HELP, "And?", reply_to=answered, allowed_mentions=quiet, referenced_message=None)
    heard = read(reply, server.me, threads=True)
    assert heard is not None
    assert not heard.addressed


# --- where it belongs --------------------------------------------------------------------------------


async def test_a_mention_in_a_channel_belongs_to_the_thread_to_come(server: Server) -> None:
    for channel in (HELP, NEWS):
        message = server.message(channel, f"{MENTION} hello")
        below = f"discord:{channel}/{message.id}"
        for threads, conversation, place in ((True, message.id, below), (False, channel, "")):
            heard = read(message, server.me, threads=threads)
            assert heard is not None
            assert heard.message.conversation == f"discord:{conversation}"
            assert heard.message.id == f"discord:{channel}/{message.id}"
            assert heard.message.place == place
            assert heard.message.position == message.id
            assert heard.message.sent_at == message.created_at.timestamp()


async def test_in_a_voice_channel_there_are_no_threads(server: Server) -> None:
    heard = read(server.message(VOICE, f"{MENTION} hello"), server.me, threads=True)
    assert heard is not None
    assert heard.message.conversation == f"discord:{VOICE}"


@pytest.mark.parametrize("lacking", [Permission.CREATE_PUBLIC_THREADS, Permission.SEND_MESSAGES_IN_THREADS])
@pytest.mark.parametrize("everywhere", [True, False])
async def test_a_lacking_permission_keeps_it_in_the_channel(lacking: Permission, everywhere: bool) -> None:
    server = Server(ORDINARY & ~lacking) if everywhere else Server(denied=lacking)
    heard = read(server.message(HELP, f"{MENTION} hello"), server.me, threads=True)
    assert heard is not None
    assert heard.message.conversation == f"discord:{HELP}"


@pytest.mark.parametrize("parent", [HELP, FORUM])
async def test_a_thread_is_a_conversation_of_its_own(server: Server, parent: int) -> None:
    thread = server.world.start_thread(server.world.channels[parent], ADA, "Mine")
    guild = server.client.get_guild(GUILD)
    assert guild is not None
    shown = server.world.channel_payload(thread)
    guild._add_thread(discord.Thread(guild=guild, state=server.state, data=shown))  # type: ignore[arg-type]
    for threads in (True, False):
        message = server.message(thread.id, f"{MENTION} hello")
        heard = read(message, server.me, threads=threads)
        assert heard is not None
        assert heard.message.conversation == f"discord:{thread.id}"
        assert is_in_thread(message)
    assert not is_in_thread(server.message(HELP, "hello"))


async def test_a_direct_message_is_always_for_us(server: Server) -> None:
    dm = server.world.open_dm(ADA).id
    message = server.message(dm, "hello")
    heard = read(message, server.me, threads=True)
    assert heard is not None
    assert heard.addressed
    assert heard.message.conversation == f"discord:{dm}"
    assert heard.message.author.id == f"discord:{ADA}"
    assert heard.message.author.name == "Ada"
    assert not is_in_thread(message)


async def test_a_nickname_goes_before_a_name(server: Server) -> None:
    payload = server.world.gateway_payload(server.world.add_message(HELP, ADA, MENTION))
    payload["member"]["nick"] = "Countess"
    channel, _ = server.state._get_guild_channel(payload)  # type: ignore[arg-type]
    message = discord.Message(state=server.state, channel=channel, data=payload)  # type: ignore[arg-type]
    heard = read(message, server.me, threads=True)
    assert heard is not None
    assert heard.message.author.name == "Countess"


# --- what it says ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (f"{MENTION} hello", "hello"),
        (f"hello <@!{BOT_ID}>", "hello"),
        (f"{MENTION}", ""),
        (f"{MENTION}{MENTION}  ", ""),
        (f"{MENTION} ask <@{BEN}>, <@!{BEN}>", "ask @Ben, @Ben"),
        (f"{MENTION} ask <@&{SUPPORT_ROLE}>", "ask @support"),
        (f"{MENTION} <@4242> <@&4242> <#4242>", "@unknown-user @unknown-role #unknown"),
        (f"{MENTION} is it in <#{NEWS}> or <#{FORUM}>?", "is it in #news or #questions?"),
        (
            f"{MENTION} since <t:1700000000:R>, <t:1700000000>",
            "since 2023-11-14 22:13 UTC, 2023-11-14 22:13 UTC",
        ),
        (f"{MENTION} <t:9999999999999>", "<t:9999999999999>"),
        (f"{MENTION} what does </ask:700> do, and </case list:701>?", "what does /ask do, and /case list?"),
        (f"{MENTION} the end is ||he dies||", "the end is he dies"),
        (f"{MENTION} if (a || b || c)", "if (a || b || c)"),
        (f"{MENTION} see <id:customize>, <id:browse>", "see #Channels & Roles, #Browse Channels"),
        (f"{MENTION} why does `<@{BEN}> ||x||` fail?", f"why does `<@{BEN}> ||x||` fail?"),
        (f"{MENTION} ```\n<t:1700000000>\n```", "```\n<t:1700000000>\n```"),
        (f"{MENTION} <:cat:1> <a:dance_2:22>", ":cat: :dance_2:"),
        (f"{MENTION} **a** `b` <https://example.com>", "**a** `b` <https://example.com>"),
        (f"{MENTION}\n\nfirst\n\nsecond", "first\n\nsecond"),
        (f"{MENTION} 1 < 2 & 3 > 2", "1 < 2 & 3 > 2"),
    ],
)
async def test_text_is_read_as_people_see_it(server: Server, written: str, text: str) -> None:
    assert server.text_of(written) == text


async def test_files_are_named_below_the_words(server: Server) -> None:
    files = [
        {"id": "1", "filename": name, "size": 9, "url": "https://cdn.example/1", "proxy_url": ""}
        for name in ("a.png", "b c.pdf")
    ]
    assert server.text_of(f"{MENTION} See", attachments=files) == "See\n(attached: a.png, b c.pdf)"
    assert server.text_of(MENTION, attachments=files[:1]) == "(attached: a.png)"


async def test_a_file_is_known_by_its_kind_size_and_place(server: Server) -> None:
    shown = shape(
        "attachment", id="77", filename="a.ogg", size=9, content_type="audio/ogg", url="https://x/a"
    )
    heard = read(server.message(HELP, MENTION, attachments=[shown]), server.me, threads=True)
    assert heard is not None
    id = heard.message.position
    assert heard.message.files == (File("a.ogg", "https://x/a", "audio/ogg", 9, f"{HELP}/{id}/77"),)


async def test_a_sticker_a_poll_and_a_forwarded_message_are_not_overlooked(server: Server) -> None:
    sticker = {"id": "1", "name": "Waving", "format_type": 1}
    assert server.text_of(MENTION, sticker_items=[sticker]) == "(sticker: Waving)"
    poll = {
        "question": {"text": "Which plan?"},
        "answers": [
            {"answer_id": 1, "poll_media": {"text": "Small"}},
            {"answer_id": 2, "poll_media": {"text": "Large"}},
        ],
        "expiry": "2026-11-24T09:30:00+00:00",
        "allow_multiselect": False,
        "layout_type": 1,
        "results": {"is_finalized": False, "answer_counts": []},
    }
    assert server.text_of(MENTION, poll=poll) == "(poll: Which plan? Small / Large)"
    forwarded = {
        "type": 0,
        "content": "Your parcel is lost",
        "mentions": [],
        "mention_roles": [],
        "attachments": [shape("attachment", id="78", filename="label.pdf")],
        "embeds": [],
        "timestamp": "2026-11-23T09:30:00+00:00",
        "edited_timestamp": None,
        "flags": 0,
        "components": [],
    }
    text = server.text_of(f"{MENTION} See", message_snapshots=[{"message": forwarded}])
    assert text == "See\n(forwarded) Your parcel is lost\n(attached: label.pdf)"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("How?", "How?"),
        ("  How\n do\tI  ", "How do I"),
        ("", "Question"),
        (" \n ", "Question"),
        ("x" * 80, "x" * 80),
        ("x" * 81, "x" * 79 + "…"),
        ("🙂" * 100, "🙂" * 79 + "…"),
    ],
)
def test_a_threads_name_is_one_line_of_at_most_80(text: str, name: str) -> None:
    assert thread_name(text) == name


# --- what goes out -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mention", "allowed"),
    [
        ("", {"parse": []}),
        ("<@12>", {"parse": [], "users": [12]}),
        ("<@!12>", {"parse": [], "users": [12]}),
        ("<@&12>", {"parse": [], "roles": [12]}),
        ("@everyone", {"parse": []}),
        ("<@12> <@13>", {"parse": []}),
        ("<!subteam^S1>", {"parse": []}),
    ],
)
def test_a_mention_allows_itself_and_nothing_else(mention: str, allowed: dict[str, Any]) -> None:
    assert _only(mention).to_dict() == allowed


class _Response:
    """The two facts of an answer that discord.py's errors read."""

    def __init__(self, status: int) -> None:
        self.status, self.reason = status, "Because"


@pytest.mark.parametrize(
    ("status", "meaning"),
    [(400, BadForm), (401, Refused), (403, Refused), (404, Refused), (429, TryLater), (500, Unknown)],
)
def test_an_error_is_passed_on_without_discords_words(status: int, meaning: type[Exception]) -> None:
    told = {"code": 50_035, "message": "In content: what the customer wrote"}
    error = discord.HTTPException(_Response(status), told)  # type: ignore[arg-type]
    fault = trouble(error)
    assert type(fault) is meaning
    assert str(fault) == f"Discord: HTTPException, HTTP {status}, code 50035"
