"""Kills the real process at random instants, starts it again, and counts what people saw.

The process is `frontdesk run` with the real clients; Slack, Discord and the model are the simulators. Each
thing that anybody writes holds a number of its own (`n17`, see `conversations`), and the model names the
numbers of the messages that it was asked to answer, so each post tells what it answers or passes on.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.crash.company import Company, until
from tests.crash.conversations import SlackConversation
from tests.crash.counting import Tally
from tests.crash.desks import SlackDesk
from tests.process.frontdesk import Running, running
from tests.simulators.discord import DiscordSimulator
from tests.simulators.model import ModelSimulator
from tests.simulators.slack import SlackSimulator

# A message that was claimed and killed three times is given up by design and goes to a person.
KILLS_IN_A_ROW = 2
# So many cases are opened before the first kill.
FIRST_CASES = 3


@dataclass
class Wounds:
    """What the kills found under way, by the database they left: shows that they hit where it hurts."""

    turns: int = 0
    sending: int = 0
    made: int = 0  # of those being sent: on the platform, but not recorded
    shown: int = 0  # replies that were being written, and seen
    unacked: int = 0
    cases: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        cases = ", ".join(f"{count} {state}" for state, count in sorted(self.cases.items()))
        return (
            f"interrupted: {self.turns} turns being answered, {self.sending} posts being sent "
            f"({self.made} of them made and not recorded), {self.shown} replies seen and not finished, "
            f"{self.unacked} Slack events not acknowledged; "
            f"open cases: {cases or 'none'}"
        )


class Siege:
    """A company whose Frontdesk is killed again and again."""

    def __init__(
        self, company: Company, slack: SlackSimulator, discord: DiscordSimulator, model: ModelSimulator
    ) -> None:
        self.kills = 0
        self.by_instant: Counter[str] = Counter()
        self.wounds = Wounds()
        self.log: list[str] = []
        self._company = company
        self._slack = slack
        self._discord = discord
        self._model = model
        self._random: random.Random = company.random
        self._overdue: set[int] = set()
        self._in_a_row = 0
        self._instants: list[Callable[[], Awaitable[None]]] = []

    async def _redeliver(self) -> None:
        """Deliver again, as Slack does: what was not acknowledged, and now and then something else."""
        await self._slack.redeliver_unacked()
        old = list({delivery.ts for delivery in self._slack.deliveries[-200:] if delivery.ts})
        for ts in self._random.sample(sorted(old), min(5, len(old))):
            await self._slack.redeliver(ts)

    # --- when it is killed ---------------------------------------------------------------------------

    async def _receiving(self) -> None:
        streaming = asyncio.create_task(self._company.stream(20))
        await asyncio.sleep(self._random.uniform(0.0, 0.1))
        streaming.cancel()
        await asyncio.gather(streaming, return_exceptions=True)

    async def _storing(self) -> None:
        with self._locked():
            await self._company.stream(10)
            await asyncio.sleep(self._random.uniform(0.0, 0.2))
            await self._kill()

    async def answering(self) -> None:
        """The model is asked and has not answered."""
        await self._until_asked()
        await asyncio.sleep(self._random.uniform(0.0, 0.3))
        await self._kill()

    async def _deciding(self) -> None:
        await self._until_asked()
        with self._locked():
            self._model.release()
            await asyncio.sleep(self._random.uniform(0.0, 0.4))
            await self._kill()

    async def showing(self) -> None:
        """The first words of replies are seen, and their ends are not."""
        self._company.pauses = True
        for _ in range(8):
            await self._company.stream(12)
            if await until(lambda: self._shown() > 0, 2.0):
                break
        await asyncio.sleep(self._random.uniform(0.0, 0.2))
        await self._kill()

    def _shown(self) -> int:
        with contextlib.closing(self._company.database()) as db:
            return int(db.execute("SELECT count(*) FROM posts WHERE live = 1").fetchone()[0])

    async def _posting(self) -> None:
        """The request is on its way; the platform takes it after the process has died."""
        async with self._held_post(after=False):
            await self._kill()

    async def _posted(self) -> None:
        """The post is made; the process dies before it hears of that."""
        async with self._held_post(after=True):
            await asyncio.sleep(self._random.uniform(0.0, 0.1))
            await self._kill()

    async def recording(self) -> None:
        """The process has heard that the post is made, and dies before that is on the disk."""
        async with self._held_post(after=True) as release:
            with self._locked():
                release()
                await asyncio.sleep(self._random.uniform(0.0, 0.1))
                await self._kill()

    async def _starting(self) -> None:
        await asyncio.sleep(self._random.uniform(0.0, 0.7))

    async def _anywhen(self) -> None:
        streaming = asyncio.create_task(self._company.stream(30))
        await asyncio.sleep(self._random.uniform(0.0, 1.5))
        streaming.cancel()
        await asyncio.gather(streaming, return_exceptions=True)

    async def _pressing(self) -> None:
        """An agent has pressed a button."""
        await self._company.stream(5)
        for _ in range(20):
            if any(one.pressing and not one.pressing.done() for one in self._company.team.open):
                break
            await self._company.team.step()
            await asyncio.sleep(0.02)
        await asyncio.sleep(self._random.uniform(0.0, 0.05))

    async def _hearing(self) -> None:
        """Agents have written something."""
        for _ in range(6):
            await self._company.team.step()
        await asyncio.sleep(self._random.uniform(0.0, 0.1))

    async def _updating(self) -> None:
        """A card, or an agent's words that were edited, is being brought up to date."""
        if isinstance(self._company.desk, SlackDesk):
            self._slack.fail("chat.update", hang=True, after=self._random.random() < 0.5)
        else:
            self._discord.fail("PATCH", "/channels/{id}", hang=True, after=self._random.random() < 0.5)
        for _ in range(8):
            await self._company.team.step()
            await asyncio.sleep(self._random.uniform(0.0, 0.05))

    async def _until_asked(self) -> None:
        """Let messages come in until the model, which holds its answer, is asked; people may get them all."""
        self._model.hold()
        for _ in range(8):
            await self._company.stream(12)
            if await until(lambda: bool(self._model.requests), 2.0):
                break

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the database's write lock: what the process wants to write has to wait."""
        with contextlib.closing(self._company.database()) as db:
            db.execute("BEGIN IMMEDIATE")
            yield
            db.execute("ROLLBACK")

    @contextlib.asynccontextmanager
    async def _held_post(self, *, after: bool) -> AsyncIterator[Callable[[], None]]:
        """Let messages come in until a post is held by its platform; `after`: when it was made."""
        release: Callable[[], None]
        if self._random.random() < 0.5:
            fault = self._slack.fail("chat.postMessage", hang=True, after=after)
            before, release = len(self._slack.calls_to("chat.postMessage")), fault.release

            def held() -> bool:
                return len(self._slack.calls_to("chat.postMessage")) > before
        else:
            other = self._discord.fail("POST", "/channels/{id}/messages", hang=True, after=after)
            release = other.release

            def held() -> bool:
                return other.hits > 0

        for _ in range(8):
            await self._company.stream(12)
            if await until(held, 2.0):
                break
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
                self.answering,
                self._deciding,
                self.showing,
                self._posting,
                self._posted,
                self.recording,
                self._starting,
                self._anywhen,
                self._pressing,
                self._hearing,
                self._updating,
            ]
            self._random.shuffle(self._instants)
        return self._instants.pop()

    # --- the siege -----------------------------------------------------------------------------------

    async def introduce(self) -> None:
        """Let each Discord DM be known: a stranger's first one can't be read back. Some cases are opened."""
        async with self._running():
            people = list(self._company.conversations)
            for conversation in people:
                if conversation.platform == "discord" and not conversation.threaded:
                    await self._company.say(conversation)
            for conversation in self._random.sample(people, FIRST_CASES):
                await self._company.ask_for_person(conversation)
            await self._settle()

    async def kill(self, at: Callable[[], Awaitable[None]] | None = None) -> None:
        """Start the process, let people write, kill it at an instant, and let them write on."""
        async with self._running():
            await self._redeliver()
            if self._in_a_row == KILLS_IN_A_ROW:
                await self._settle()
            if self._random.random() < 0.2:
                self._cut_a_line()
            self._model.requests.clear()
            instant = at or self._instant()
            await instant()
            await self._kill()
        self.kills += 1
        self._in_a_row += 1
        name = instant.__name__.strip("_")
        self.by_instant[name] += 1
        self.log.append(f"kill {self.kills}: {name}, up to {self._company.last}")
        self._look_at_wounds()
        await self._clear_up()
        await self._company.while_down(self._random.randint(0, 12))

    async def _kill(self) -> None:
        await self._process.end(signal.SIGKILL)
        await self._company.team.killed()

    async def _clear_up(self) -> None:
        self._company.pauses = False
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

    def renew(self) -> None:
        """Let some conversations rest, and others be begun."""
        self._company.renew()

    async def end(self) -> Tally:
        """Let all cases be closed, deliver everything once more, stop in good order, and count."""
        self._model.release()
        async with self._running() as process:
            await self._redeliver()
            await self._settle()
            await self._close_cases()
            await self._redeliver_all()
            await self._settle()
            code = await process.end(signal.SIGTERM)
            self.log += [f"exit code {code}"] if code else []
        await self._company.team.killed()
        return self.count()

    async def _close_cases(self, seconds: float = 30) -> None:
        """Let the agents end what they have; then each of their customers asks the bot something."""
        theirs = {one.conversation: None for one in self._company.team.all}
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._company.team.open:
                    await self._company.team.step(hurry=True)
                    await asyncio.sleep(0.02)
        for conversation in theirs:
            await self._company.say(conversation)
        await self._settle()

    async def _redeliver_all(self) -> None:
        events = [delivery for delivery in self._slack.deliveries if delivery.kind == "events_api"]
        before = {delivery.id: delivery.acks for delivery in events}
        for delivery in events:
            await self._slack.redeliver(delivery.id)
        await self._slack.wait_until(
            lambda: all(delivery.acks > before[delivery.id] for delivery in events), 30
        )

    def count(self) -> Tally:
        """Count; what nothing came of after the end is lost."""
        return self._company.count(self.kills)

    def problems_so_far(self) -> list[str]:
        """Return what is wrong already; lost is what nothing had come of when everything had settled."""
        found = self.count()
        for line in (found.questions, found.answers):
            line.wrong["lost"] = [number for number in line.wrong["lost"] if number in self._overdue]
        early = {"unmarked", "not carried over", "without a card", "not closed"}
        return [
            f"{line.what}: {wrong}: {numbers}"
            for line in found.lines
            for wrong, numbers in line.wrong.items()
            if numbers and wrong not in early and "told" not in wrong
        ]

    def left(self) -> dict[str, list[tuple[object, ...]]]:
        """Return what the database holds as not finished."""
        return self._company.left()

    @contextlib.asynccontextmanager
    async def _running(self) -> AsyncIterator[Running]:
        program = "tests.crash.hurried"
        async with running(self._company.folder, self._company.settings, program) as process:
            self._process = process
            yield process
        self.log += [line for line in process.log if " ERROR " in line]

    async def _settle(self, seconds: float = 30) -> None:
        """Wait until something came of all that was written; what is missing then may count as lost.

        Of a reply that is still being written something is seen: a kill then is one in a row for its turn.
        """
        settled = await until(lambda: not self._company.pending() and not self._claimed(), seconds)
        self._in_a_row = 0
        if not settled:
            late = self._company.pending()
            self._overdue |= late
            self._company.give_up(late)
            open_work = {what: len(rows) for what, rows in self.left().items()}
            self.log.append(f"nothing came of {sorted(late)} in {seconds:g} s; in the database: {open_work}")
            self.log += [f"  {line}" for line in self._process.log[-12:]]

    def _claimed(self) -> int:
        with contextlib.closing(self._company.database()) as db:
            return int(db.execute("SELECT count(*) FROM turns WHERE state = 'claimed'").fetchone()[0])

    def _look_at_wounds(self) -> None:
        with contextlib.closing(self._company.database()) as db:
            sending = {key for (key,) in db.execute("SELECT key FROM posts WHERE state = 'sending'")}
            query = "SELECT state, count(*) FROM cases WHERE state IN ('waiting', 'claimed') GROUP BY 1"
            self.wounds.cases.update(dict(db.execute(query).fetchall()))
        made = {str(post.nonce) for post in self._discord.world.posts} | self._company.desk.keys()
        for conversation in self._company.conversations:
            if isinstance(conversation, SlackConversation):
                made |= conversation.keys()
        self.wounds.turns += self._claimed()
        self.wounds.shown += self._shown()
        self.wounds.sending += len(sending)
        self.wounds.made += len(sending & made)
        self.wounds.unacked += sum(not delivery.acked for delivery in self._slack.deliveries)


@contextlib.asynccontextmanager
async def besieged(folder: Path, seed: int, agents_on: str) -> AsyncIterator[Siege]:
    """Start the simulators around a Frontdesk whose agents are on one of the platforms."""
    async with SlackSimulator() as slack, DiscordSimulator() as discord, ModelSimulator() as model:
        company = Company(folder, slack, discord, model, seed, agents_on)
        yield Siege(company, slack, discord, model)
