"""Kills the real process at random instants, starts it again, and counts what its customers saw.

The process is `frontdesk run` with the real clients; Slack, Discord and the model are the simulators. Every
message of a customer holds a number of its own (`n17`), and the model names the numbers of the messages that
it was asked to answer, so each post tells what it answers.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
import re
import signal
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from tests.process.frontdesk import Running, running
from tests.simulators.discord import BOT_ID, DiscordSimulator
from tests.simulators.model import ModelSimulator, Request, Scripted, structured, text_of
from tests.simulators.slack import Post, SlackSimulator

GUILD = 1
# Conversations: direct messages and threads on each platform.
DMS, THREADS = 13, 12
# A message that was claimed and killed three times is given up by design and goes to a person.
KILLS_IN_A_ROW = 2
NUMBER = re.compile(r"\bn(\d+)\b")


def numbers(text: str) -> list[int]:
    """Return the numbers of messages that a text names."""
    return [int(found) for found in NUMBER.findall(text)]


class Conversation(Protocol):
    """One conversation as its customer has it."""

    platform: str

    @property
    def open(self) -> bool:
        """Whether the customer can write here now."""
        ...

    @property
    def known(self) -> bool:
        """Whether Frontdesk has answered here."""
        ...

    async def say(self, text: str, *, deliver: bool) -> None:
        """Write; what is not delivered can only be read back."""
        ...

    def replies(self) -> list[str]:
        """Return what was posted here, oldest first."""
        ...


class SlackConversation:
    platform = "slack"

    def __init__(self, slack: SlackSimulator, channel: str, user: str, *, threaded: bool) -> None:
        self._slack = slack
        self._channel = channel
        self._user = user
        self._threaded = threaded
        self._thread: str | None = None

    open = True

    @property
    def known(self) -> bool:
        return bool(self.replies())

    @property
    def readable(self) -> bool:
        """Whether what is only in the history is found: a thread must be known for that."""
        return not self._threaded or self._thread is None or self.known

    async def say(self, text: str, *, deliver: bool) -> None:
        if self._threaded and self._thread is None:
            text = f"<@{self._slack.bot_user_id}> {text}"
            self._thread = await self._slack.say(self._channel, self._user, text, deliver=deliver)
        else:
            await self._slack.say(
                self._channel, self._user, text, self._thread, deliver=deliver or not self.readable
            )

    def replies(self) -> list[str]:
        return [post.text for post in self._posts()]

    def keys(self) -> set[str]:
        """Return the keys that the posts carry."""
        return {post.metadata["event_payload"]["key"] for post in self._posts() if post.metadata}

    def _posts(self) -> list[Post]:
        if self._threaded and self._thread is None:
            return []
        return self._slack.posts(self._channel, self._thread)


class DiscordConversation:
    platform = "discord"

    def __init__(self, discord: DiscordSimulator, channel: int, user: int, *, threaded: bool) -> None:
        self._discord = discord
        self._channel = channel
        self._user = user
        self._threaded = threaded
        self._thread: int | None = None

    @property
    def open(self) -> bool:
        """A thread is there once Frontdesk has started it."""
        return self._thread is None or self._thread in self._discord.world.channels

    @property
    def known(self) -> bool:
        return bool(self.replies())

    async def say(self, text: str, *, deliver: bool) -> None:
        if self._threaded and self._thread is None:
            text = f"<@{BOT_ID}> {text}"
            self._thread = await self._discord.say(self._channel, self._user, text, deliver=deliver)
        else:
            channel = self._thread or self._channel
            await self._discord.say(channel, self._user, text, deliver=deliver)

    def replies(self) -> list[str]:
        if self._threaded and self._thread is None:
            return []
        return [post.content for post in self._discord.posts(self._thread or self._channel)]


@dataclass
class Tally:
    """What came of all messages so far."""

    messages: int = 0
    posts: int = 0
    kills: int = 0
    lost: list[int] = field(default_factory=list)
    twice: list[int] = field(default_factory=list)
    disordered: list[int] = field(default_factory=list)
    astray: list[int] = field(default_factory=list)  # named in another conversation

    @property
    def right(self) -> bool:
        return not (self.lost or self.twice or self.disordered or self.astray)

    def __str__(self) -> str:
        figures = (
            f"{self.kills} kills, {self.messages} messages, {self.posts} replies: {len(self.lost)} lost, "
            f"{len(self.twice)} answered twice, {len(self.disordered)} out of order, "
            f"{len(self.astray)} in the wrong place"
        )
        which = {"lost": self.lost, "twice": self.twice, "disordered": self.disordered, "astray": self.astray}
        return figures + "".join(f"\n  {name}: {found}" for name, found in which.items() if found)


def tally(sent: Iterable[tuple[Conversation, list[int]]], kills: int) -> Tally:
    """Compare what was written in each conversation, in the platform's order, with what was posted there."""
    result = Tally(kills=kills)
    for conversation, asked in sent:
        replies = conversation.replies()
        named = [number for reply in replies for number in numbers(reply)]
        times = Counter(named)
        result.messages += len(asked)
        result.posts += len(replies)
        result.lost += [number for number in asked if not times[number]]
        result.twice += [number for number in asked if times[number] > 1]
        result.astray += [number for number in times if number not in asked]
        first_times = list(dict.fromkeys(named))
        result.disordered += [later for earlier, later in itertools.pairwise(first_times) if later < earlier]
    return result


@dataclass
class Wounds:
    """What the kills found under way, by the database they left: shows that they hit where it hurts."""

    turns: int = 0
    sending: int = 0
    made: int = 0  # of those being sent: on the platform, but not recorded
    unacked: int = 0

    def __str__(self) -> str:
        return (
            f"interrupted: {self.turns} turns being answered, {self.sending} posts being sent "
            f"({self.made} of them made and not recorded), {self.unacked} Slack events not acknowledged"
        )


class Siege:
    """A company whose Frontdesk is killed again and again."""

    def __init__(
        self, folder: Path, slack: SlackSimulator, discord: DiscordSimulator, model: ModelSimulator, seed: int
    ) -> None:
        self.kills = 0
        self.by_instant: Counter[str] = Counter()
        self.wounds = Wounds()
        self.log: list[str] = []
        self._folder = folder
        self._slack = slack
        self._discord = discord
        self._model = model
        self._random = random.Random(seed)
        self._sent: dict[Conversation, list[int]] = {}
        self._unnamed: dict[Conversation, set[int]] = {}
        self._overdue: set[int] = set()
        self._next = 0
        self._in_a_row = 0
        self._instants: list[Callable[[], Awaitable[None]]] = []
        self._dms: list[Conversation] = []
        self._threads: list[Conversation] = []
        model.always(self._answer)
        self._populate()

    # --- the company ---------------------------------------------------------------------------------

    def _populate(self) -> None:
        knowledge = self._folder / "knowledge"
        (knowledge / "articles").mkdir(parents=True)
        (knowledge / "instructions.md").write_text("You help customers of a garden shop.\n")
        (knowledge / "articles" / "returns.md").write_text("# Returns\n\nThirty days.\n")
        self._discord.add_guild(GUILD, "Plants")
        for number in range(DMS + THREADS):
            self._slack.add_user(f"U{number}", f"ana{number}")
            self._discord.add_user(2000 + number, f"bo{number}")
        for number in range(DMS):
            dm = self._slack.open_dm(f"U{number}")
            self._dms.append(SlackConversation(self._slack, dm, f"U{number}", threaded=False))
            other = self._discord.open_dm(2000 + number)
            self._dms.append(DiscordConversation(self._discord, other, 2000 + number, threaded=False))
        for number in range(THREADS):
            self._slack.add_channel(f"C{number}", f"help{number}")
            self._discord.add_channel(3000 + number, GUILD, f"help{number}")
            self._threads += self._new_threads(number)

    def _new_threads(self, number: int) -> list[Conversation]:
        user = DMS + number
        return [
            SlackConversation(self._slack, f"C{number}", f"U{user}", threaded=True),
            DiscordConversation(self._discord, 3000 + number, 2000 + user, threaded=True),
        ]

    def renew(self) -> None:
        """Let two threads rest, and two new ones be begun in their place."""
        number = self._random.randrange(THREADS)
        self._threads[2 * number : 2 * number + 2] = self._new_threads(number)

    def _answer(self, request: Request) -> Scripted:
        waiting: list[int] = []
        for message in reversed(request.messages):
            if message["role"] == "assistant":
                break
            if message["role"] == "user":
                waiting = numbers(text_of(message)) + waiting
        named = " ".join(f"n{number}" for number in waiting)
        return Scripted(structured(f"This answers {named}."), delay=self._random.uniform(0.0, 0.2))

    @property
    def _settings(self) -> dict[str, str]:
        return {
            "SLACK_BOT_TOKEN": self._slack.bot_token,
            "SLACK_APP_TOKEN": self._slack.app_token,
            "SLACK_API_URL": self._slack.api_url,
            "DISCORD_TOKEN": self._discord.token,
            "DISCORD_API_URL": self._discord.api_url,
            "DISCORD_GATEWAY_URL": self._discord.gateway_url,
            "OPENAI_API_KEY": self._model.api_key,
            "OPENAI_BASE_URL": self._model.base_url,
            "KNOWLEDGE_DIR": str(self._folder / "knowledge"),
            "CONTEXT_TOKENS": "4000",
        }

    # --- what customers do ---------------------------------------------------------------------------

    async def _say(self, conversation: Conversation, *, deliver: bool = True) -> None:
        self._next += 1
        self._sent.setdefault(conversation, []).append(self._next)
        self._unnamed.setdefault(conversation, set()).add(self._next)
        await conversation.say(f"How long do returns take (n{self._next})?", deliver=deliver)

    def _someone(self) -> Conversation:
        return self._random.choice([c for c in self._dms + self._threads if c.open])

    async def _stream(self, count: int) -> None:
        """Write messages here and there, some of them in a burst."""
        conversation = self._someone()
        for _ in range(count):
            if self._random.random() < 0.7 or not conversation.open:
                conversation = self._someone()
            await self._say(conversation)
            if self._random.random() < 0.3:
                await asyncio.sleep(self._random.uniform(0.0, 0.02))

    async def _while_down(self, count: int) -> None:
        """Write what can only be read back, or is delivered when Slack tries again."""
        for _ in range(count):
            await self._say(self._someone(), deliver=self._random.random() < 0.5)

    async def _redeliver(self) -> None:
        """Deliver again, as Slack does: what was not acknowledged, and now and then something else."""
        await self._slack.redeliver_unacked()
        old = list({delivery.ts for delivery in self._slack.deliveries[-200:] if delivery.ts})
        for ts in self._random.sample(sorted(old), min(5, len(old))):
            await self._slack.redeliver(ts)

    # --- when it is killed ---------------------------------------------------------------------------

    async def _receiving(self) -> None:
        streaming = asyncio.create_task(self._stream(20))
        await asyncio.sleep(self._random.uniform(0.0, 0.1))
        streaming.cancel()
        await asyncio.gather(streaming, return_exceptions=True)

    async def _storing(self) -> None:
        with self._locked():
            await self._stream(10)
            await asyncio.sleep(self._random.uniform(0.0, 0.2))
            await self._kill()

    async def _answering(self) -> None:
        self._model.hold()
        await self._stream(12)
        await self._model.wait_requests(1)
        await asyncio.sleep(self._random.uniform(0.0, 0.3))
        await self._kill()

    async def _deciding(self) -> None:
        self._model.hold()
        await self._stream(12)
        await self._model.wait_requests(1)
        with self._locked():
            self._model.release()
            await asyncio.sleep(self._random.uniform(0.0, 0.4))
            await self._kill()

    async def _posting(self) -> None:
        """The request is on its way; the platform takes it after the process has died."""
        async with self._held_post(after=False):
            await self._kill()

    async def _posted(self) -> None:
        """The post is made; the process dies before it hears of that."""
        async with self._held_post(after=True):
            await asyncio.sleep(self._random.uniform(0.0, 0.1))
            await self._kill()

    async def _recording(self) -> None:
        """The process has heard that the post is made, and dies before that is on the disk."""
        async with self._held_post(after=True) as release:
            with self._locked():
                release()
                await asyncio.sleep(self._random.uniform(0.0, 0.1))
                await self._kill()

    async def _starting(self) -> None:
        await asyncio.sleep(self._random.uniform(0.0, 0.7))

    async def _anywhen(self) -> None:
        streaming = asyncio.create_task(self._stream(30))
        await asyncio.sleep(self._random.uniform(0.0, 1.5))
        streaming.cancel()
        await asyncio.gather(streaming, return_exceptions=True)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the database's write lock: what the process wants to write has to wait."""
        with contextlib.closing(self._database()) as db:
            db.execute("BEGIN IMMEDIATE")
            yield
            db.execute("ROLLBACK")

    @contextlib.asynccontextmanager
    async def _held_post(self, *, after: bool) -> AsyncIterator[Callable[[], None]]:
        """Let messages come in until a post is held by its platform; `after`: when it was made."""
        if self._random.random() < 0.5:
            fault = self._slack.fail("chat.postMessage", hang=True, after=after)
            count = len(self._slack.calls_to("chat.postMessage")) + 1
            streaming = asyncio.create_task(self._stream(15))
            await self._slack.wait_call("chat.postMessage", count, timeout=20)
            release = fault.release
        else:
            held = self._discord.fail("POST", "/channels/{id}/messages", hang=True, after=after)
            streaming = asyncio.create_task(self._stream(15))
            await self._discord.wait_gateway(lambda _: held.hits > 0, timeout=20)
            release = held.release
        await streaming
        try:
            yield release
        finally:
            release()

    def _cut_a_line(self) -> None:
        """Let the connection of a post break after it was made, with nobody killed."""
        if self._random.random() < 0.5:
            self._slack.fail("chat.postMessage", after=True)
        else:
            self._discord.fail("POST", "/channels/{id}/messages", drop=True, after=True)

    def _instant(self) -> Callable[[], Awaitable[None]]:
        if not self._instants:
            self._instants = [
                self._receiving,
                self._storing,
                self._answering,
                self._deciding,
                self._posting,
                self._posted,
                self._recording,
                self._starting,
                self._anywhen,
            ]
            self._random.shuffle(self._instants)
        return self._instants.pop()

    # --- the siege -----------------------------------------------------------------------------------

    async def introduce(self) -> None:
        """Let each Discord DM be known: a stranger's first one can't be read back."""
        async with self._running():
            for conversation in self._dms:
                if conversation.platform == "discord":
                    await self._say(conversation)
            await self._settle()

    async def kill(self) -> None:
        """Start the process, let customers write, kill it at some instant, and let them write on."""
        async with self._running():
            await self._redeliver()
            if self._in_a_row == KILLS_IN_A_ROW:
                await self._settle()
            if self._random.random() < 0.2:
                self._cut_a_line()
            self._model.requests.clear()
            instant = self._instant()
            await instant()
            await self._kill()
        self.kills += 1
        self._in_a_row += 1
        name = instant.__name__.strip("_")
        self.by_instant[name] += 1
        self.log.append(f"kill {self.kills}: {name}, up to n{self._next}")
        self._look_at_wounds()
        await self._clear_up()
        await self._while_down(self._random.randint(0, 10))

    async def _kill(self) -> None:
        await self._process.end(signal.SIGKILL)

    async def _clear_up(self) -> None:
        self._model.release()
        self._slack.heal()
        for fault in self._discord.rest.faults:
            fault.cancel()
            fault.release()
        self._discord.rest.faults.clear()
        await self._discord.wait_gone()
        # Discord forgets sessions whose client is gone.
        self._discord.gateway.sessions.clear()
        await self._slack.wait_connected(0)

    async def end(self) -> Tally:
        """Let everything settle, deliver everything once more, stop in good order, and count."""
        async with self._running() as process:
            await self._redeliver()
            await self._settle()
            await self._redeliver_all()
            await self._settle()
            code = await process.end(signal.SIGTERM)
            self.log += [f"exit code {code}"] if code else []
        return self.count()

    async def _redeliver_all(self) -> None:
        before = {delivery.id: delivery.acks for delivery in self._slack.deliveries}
        for delivery in list(self._slack.deliveries):
            await self._slack.redeliver(delivery.id)
        await self._slack.wait_until(
            lambda: all(d.acks > before.get(d.id, d.acks - 1) for d in self._slack.deliveries), 30
        )

    def count(self) -> Tally:
        """Count; what is not answered after the end is lost."""
        return tally(self._sent.items(), self.kills)

    def count_so_far(self) -> Tally:
        """Count as long as it goes on: lost is what was not answered when everything had settled."""
        result = self.count()
        result.lost = sorted(self._overdue.intersection(result.lost))
        return result

    def left(self) -> dict[str, list[tuple[object, ...]]]:
        """Return what the database holds as not finished."""
        with contextlib.closing(self._database()) as db:
            return {
                "messages": db.execute("SELECT id, text FROM messages WHERE turn IS NULL").fetchall(),
                "turns": db.execute("SELECT id FROM turns WHERE state = 'claimed'").fetchall(),
                "posts": db.execute("SELECT id, text, error FROM posts WHERE state != 'posted'").fetchall(),
            }

    @contextlib.asynccontextmanager
    async def _running(self) -> AsyncIterator[Running]:
        async with running(self._folder, self._settings) as process:
            self._process = process
            yield process
        self.log += [line for line in process.log if " ERROR " in line]

    async def _settle(self, seconds: float = 30) -> None:
        """Wait until a reply names each message; what is still missing then is counted as lost later."""
        with contextlib.suppress(TimeoutError):
            await self._slack.wait_until(lambda: self._all_named("slack"), seconds)
            await self._discord.wait_gateway(lambda _: self._all_named("discord"), seconds)
        self._in_a_row = 0
        if not (self._all_named("slack") and self._all_named("discord")):
            late = set().union(*self._unnamed.values())
            self._overdue |= late
            self._unnamed.clear()
            open_work = {what: len(rows) for what, rows in self.left().items()}
            self.log.append(f"not answered in {seconds:g} s: {sorted(late)}; in the database: {open_work}")
            self.log += [f"  {line}" for line in self._process.log[-12:]]

    def _all_named(self, platform: str) -> bool:
        for conversation, waiting in list(self._unnamed.items()):
            if conversation.platform != platform:
                continue
            for reply in conversation.replies():
                waiting.difference_update(numbers(reply))
            if waiting:
                return False
            del self._unnamed[conversation]
        return True

    def _look_at_wounds(self) -> None:
        with contextlib.closing(self._database()) as db:
            (turns,) = db.execute("SELECT count(*) FROM turns WHERE state = 'claimed'").fetchone()
            sending = {key for (key,) in db.execute("SELECT key FROM posts WHERE state = 'sending'")}
        made = {str(post.nonce) for post in self._discord.world.posts}
        for conversation in self._dms + self._threads:
            if isinstance(conversation, SlackConversation):
                made |= conversation.keys()
        self.wounds.turns += turns
        self.wounds.sending += len(sending)
        self.wounds.made += len(sending & made)
        self.wounds.unacked += sum(not delivery.acked for delivery in self._slack.deliveries)

    def _database(self) -> sqlite3.Connection:
        return sqlite3.connect(self._folder / "data" / "frontdesk.db", isolation_level=None, timeout=5)


@contextlib.asynccontextmanager
async def besieged(folder: Path, seed: int) -> AsyncIterator[Siege]:
    """Start the simulators around a Frontdesk."""
    async with SlackSimulator() as slack, DiscordSimulator() as discord, ModelSimulator() as model:
        yield Siege(folder, slack, discord, model, seed)
