"""The company around a Frontdesk that is besieged: its customers, its agents, the platforms and the model."""

from __future__ import annotations

import asyncio
import contextlib
import random
import sqlite3
from collections.abc import Callable
from pathlib import Path

from core.store.posts import OVERTAKEN
from tests.crash.conversations import Conversation, DiscordConversation, SlackConversation, numbers
from tests.crash.counting import TOLD, Asked, Tally, tally
from tests.crash.desks import Desk, DiscordDesk, SlackDesk
from tests.crash.handovers import Handover, Team
from tests.simulators.discord import DiscordSimulator
from tests.simulators.model import ModelSimulator
from tests.simulators.model_answers import Fault, Scripted, structured
from tests.simulators.model_requests import Request, text_of
from tests.simulators.slack import SlackSimulator

GUILD = 1
# Conversations: direct messages and threads on each platform.
DMS, THREADS = 13, 12
# So many cases are open at once, at most.
CASES = 6
# How often somebody asks for a person, and how often an agent does something rather than a customer.
ASKS, AGENTS_TURN = 0.08, 0.4
# How many of the answers are written so slowly that they are shown meanwhile.
SHOWN = 0.15
_THINGS = (
    "anvil apple barrow basket bench bolt bucket cedar clover crate daisy drill fence fern flint gate gravel "
    "hammer hedge hinge hose ivy kettle ladder lamp lilac maple mallet mulch nettle oak paint peat pine pot "
    "pump rake roof rope rose saw seed shed sieve spade stone tile tulip twine vase walnut willow wire"
).split()


class Company:
    """Everybody who writes, and everything that they wrote."""

    def __init__(
        self,
        folder: Path,
        slack: SlackSimulator,
        discord: DiscordSimulator,
        model: ModelSimulator,
        seed: int,
        agents_on: str,
    ) -> None:
        self.folder = folder
        self.random = random.Random(seed)
        self.conversations: list[Conversation] = []
        self.asked: dict[Conversation, Asked] = {}
        self.last = 0
        self._slack = slack
        self._discord = discord
        self._model = model
        self._discord.add_guild(GUILD, "Plants")
        self.desk: Desk = SlackDesk(slack) if agents_on == "slack" else DiscordDesk(discord, GUILD)
        self.team = Team(self.desk, self.random, self._number)
        # Whether the model holds its answers behind the first sentence.
        self.pauses = False
        self._people = 0
        self._threads: list[list[Conversation]] = []
        # What nothing is known to have come of yet.
        self._pending: dict[Conversation, set[int]] = {}
        model.always(self._answer)
        self._populate()

    # --- who there is --------------------------------------------------------------------------------

    def _populate(self) -> None:
        knowledge = self.folder / "knowledge"
        (knowledge / "articles").mkdir(parents=True)
        (knowledge / "instructions.md").write_text("You help customers of a garden shop.\n")
        (knowledge / "articles" / "returns.md").write_text("# Returns\n\nThirty days.\n")
        for _ in range(DMS):
            user, name = self._new_user("slack")
            dm = self._slack.open_dm(user)
            self.conversations.append(SlackConversation(self._slack, dm, user, name, threaded=False))
            user, name = self._new_user("discord")
            other = self._discord.open_dm(int(user))
            self.conversations.append(
                DiscordConversation(self._discord, other, int(user), name, threaded=False)
            )
        for number in range(THREADS):
            self._slack.add_channel(f"C{number}", f"help{number}")
            self._discord.add_channel(3000 + number, GUILD, f"help{number}")
            self._threads.append(self._new_threads(number))
            self.conversations += self._threads[-1]

    def _new_user(self, platform: str) -> tuple[str, str]:
        self._people += 1
        if platform == "slack":
            name = f"ana{self._people}"
            return self._slack.add_user(f"U{self._people}", name), name
        name = f"bo{self._people}"
        self._discord.add_user(20_000 + self._people, name)
        return str(20_000 + self._people), name

    def _new_threads(self, number: int) -> list[Conversation]:
        one, ana = self._new_user("slack")
        other, bo = self._new_user("discord")
        return [
            SlackConversation(self._slack, f"C{number}", one, ana, threaded=True),
            DiscordConversation(self._discord, 3000 + number, int(other), bo, threaded=True),
        ]

    def renew(self) -> None:
        """Let two threads rest in which no case is open, and two new ones be begun in their place."""
        number = self.random.randrange(THREADS)
        if any(self.team.of(conversation) for conversation in self._threads[number]):
            return
        old, self._threads[number] = self._threads[number], self._new_threads(number)
        self.conversations = [one for one in self.conversations if one not in old] + self._threads[number]

    @property
    def settings(self) -> dict[str, str]:
        """What Frontdesk's environment says."""
        return {
            "SLACK_BOT_TOKEN": self._slack.bot_token,
            "SLACK_APP_TOKEN": self._slack.app_token,
            "SLACK_API_URL": self._slack.api_url,
            "DISCORD_TOKEN": self._discord.token,
            "DISCORD_API_URL": self._discord.api_url,
            "DISCORD_GATEWAY_URL": self._discord.gateway_url,
            "OPENAI_API_KEY": self._model.api_key,
            "OPENAI_BASE_URL": self._model.base_url,
            "KNOWLEDGE_DIR": str(self.folder / "knowledge"),
            "CONTEXT_TOKENS": "4000",
            "AGENTS": self.desk.setting,
        }

    def database(self) -> sqlite3.Connection:
        """Open Frontdesk's database beside it."""
        return sqlite3.connect(self.folder / "data" / "frontdesk.db", isolation_level=None, timeout=5)

    def _answer(self, request: Request) -> Scripted:
        """Name what is being answered; what was said to people stands in the prompt as well."""
        with contextlib.closing(self.database()) as db:
            query = "SELECT text FROM messages JOIN turns ON turns.id = turn WHERE state = 'claimed'"
            claimed = {number for (text,) in db.execute(query) for number in numbers(text)}
        waiting: list[int] = []
        for message in reversed(request.messages):
            if message["role"] == "assistant":
                break
            if message["role"] == "user":
                waiting = numbers(text_of(message)) + waiting
        named = " ".join(f"n{number}" for number in waiting if number in claimed)
        text = structured(f"This answers {named}. That is all.")
        delay = self.random.uniform(0.0, 0.2)
        first = text.index("is all")
        pieces = [text[:first], text[first:]]
        if self.pauses:
            return Scripted(text, pieces=pieces, fault=Fault.STALL, after=1)
        if self.random.random() < SHOWN:
            return Scripted(text, delay=delay, pieces=pieces, piece_delay=self.random.uniform(0.1, 0.4))
        return Scripted(text, delay=delay)

    # --- what they do --------------------------------------------------------------------------------

    def _number(self) -> int:
        self.last += 1
        return self.last

    async def say(self, conversation: Conversation, *, deliver: bool = True) -> None:
        """Let a customer ask something."""
        number, handover = self._number(), self.team.of(conversation)
        asked = self.asked.setdefault(conversation, Asked())
        asked.all.append(number)
        self._pending.setdefault(conversation, set()).add(number)
        if handover and handover.with_people:
            asked.for_people.add(number)
            handover.heard.append(number)
        elif handover is None:
            asked.for_bot.add(number)
        things = " ".join(self.random.sample(_THINGS, 4))
        await conversation.say(f"{things} n{number}?", deliver=deliver)

    async def ask_for_person(self, conversation: Conversation, *, deliver: bool = True) -> None:
        """Let a customer ask for a person."""
        number = self._number()
        self.asked.setdefault(conversation, Asked())
        self.team.asked(conversation, number)
        await conversation.say(f"I want to talk to a human, p{number}", deliver=deliver)

    def _someone(self) -> Conversation:
        """Choose who writes next: who has a case writes more often."""
        if self.team.open and self.random.random() < 0.3:
            conversation = self.random.choice(self.team.open).conversation
            if conversation.open:
                return conversation
        return self.random.choice([one for one in self.conversations if one.open])

    async def _one_writes(self, conversation: Conversation, *, deliver: bool) -> None:
        may_ask = len(self.team.open) < CASES and not self.team.of(conversation)
        if may_ask and self.random.random() < ASKS:
            await self.ask_for_person(conversation, deliver=deliver)
        else:
            await self.say(conversation, deliver=deliver)

    async def stream(self, count: int) -> None:
        """Let people write here and there, customers in a burst sometimes."""
        conversation = self._someone()
        for _ in range(count):
            self.team.look()
            if self.random.random() < AGENTS_TURN and await self.team.step():
                continue
            if self.random.random() < 0.7 or not conversation.open:
                conversation = self._someone()
            await self._one_writes(conversation, deliver=True)
            if self.random.random() < 0.3:
                await asyncio.sleep(self.random.uniform(0.0, 0.02))

    async def while_down(self, count: int) -> None:
        """Write what can only be read back, or is delivered when Slack tries again."""
        for _ in range(count):
            deliver = self.random.random() < 0.5
            if self.random.random() < AGENTS_TURN and await self.team.step(deliver=deliver):
                continue
            await self._one_writes(self._someone(), deliver=deliver)

    # --- what came of it -----------------------------------------------------------------------------

    def pending(self) -> set[int]:
        """Return the numbers of what nothing is known to have come of yet."""
        for conversation, waiting in list(self._pending.items()):
            handovers = [one for one in self.team.all if one.conversation is conversation and one.card]
            texts = conversation.replies()
            for handover in handovers:
                assert handover.card is not None
                texts += [handover.card.text, *(self.desk.below(handover.card.id) or [])]
            for text in texts:
                waiting.difference_update(numbers(text))
            if not waiting:
                del self._pending[conversation]
        self.team.look()
        theirs = {number for one in self.team.open for number in self._unheard(one)}
        return theirs.union(*self._pending.values())

    def _unheard(self, handover: Handover) -> set[int]:
        if handover.card is None:
            return {handover.request}
        marked = self.desk.is_marked
        return {n for n, id in handover.said.items() if not marked(handover.card.id, id)}

    def give_up(self, numbers: set[int]) -> None:
        """Wait no longer for what comes of some messages."""
        for waiting in self._pending.values():
            waiting -= numbers

    def count(self, kills: int) -> Tally:
        """Count; what nothing came of after the end is lost."""
        self.team.look()
        return tally(self.asked, self.team.all, self.desk, self._called_with(), self._overtaken(), kills)

    def _called_with(self) -> set[int]:
        """Return the numbers of what was written in one turn with a request for a person."""
        query = "SELECT turn, text FROM messages WHERE role = 'customer' AND turn IS NOT NULL"
        with contextlib.closing(self.database()) as db:
            rows = db.execute(query).fetchall()
        requests = {turn for turn, text in rows if numbers(text, "p")}
        return {number for turn, text in rows if turn in requests for number in numbers(text)}

    def _overtaken(self) -> set[int]:
        """Return the numbers of requests whose customer was told nothing because a person was there first."""
        query = (
            "SELECT m.text FROM posts AS p JOIN messages AS m ON m.turn = p.turn "
            "WHERE m.role = 'customer' AND p.text = ? AND p.state = 'failed' AND p.error = ?"
        )
        with contextlib.closing(self.database()) as db:
            rows = db.execute(query, [TOLD, OVERTAKEN]).fetchall()
        return {number for (text,) in rows for number in numbers(text, "p")}

    def left(self) -> dict[str, list[tuple[object, ...]]]:
        """Return what the database holds as not finished."""
        queries = {
            "messages": "SELECT id, text FROM messages WHERE turn IS NULL",
            "turns": "SELECT id FROM turns WHERE state = 'claimed'",
            "posts": "SELECT id, place, text, error FROM posts WHERE state != 'posted' AND error IS NOT ?1",
            "cases": "SELECT id, state FROM cases WHERE state IN ('offered', 'waiting', 'claimed')",
        }
        with contextlib.closing(self.database()) as db:
            return {
                what: db.execute(query, [OVERTAKEN] * query.count("?")).fetchall()
                for what, query in queries.items()
            }


async def until(so: Callable[[], bool], seconds: float) -> bool:
    """Wait until something is so; return whether it came to that."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while not so():
                await asyncio.sleep(0.05)
            return True
    return so()
