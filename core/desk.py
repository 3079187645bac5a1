"""The story: a message is received, claimed as a turn, answered or escalated, and the outcome sent."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

from core import cases, words
from core.answering import Answered, Answerer
from core.escalation import declines_offer, takes_offer
from core.faults import describe
from core.messages import (
    Action,
    Answer,
    Author,
    Case,
    CaseState,
    IncomingMessage,
    Post,
    Reason,
    StoredMessage,
    Turn,
    platform_of,
)
from core.outbox import Outbox
from core.outcome import Agents, Facts, new_key, outcome, relay
from core.ports import Counter, Platform
from core.store import Decision, Store
from core.waiting import wait_for

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
RETRY_SECONDS = 2.0
SETTLED_POLL_SECONDS = 0.02


class Desk:
    """Takes messages in, answers them turn by turn, and hands over to agents."""

    def __init__(
        self,
        store: Store,
        answerer: Answerer,
        counter: Counter,
        agents: Agents | None = None,
        turns_at_once: int = 32,
    ) -> None:
        self._store = store
        self._answerer = answerer
        self._counter = counter
        self._agents = agents
        self._turns_at_once = turns_at_once
        self._platforms: dict[str, Platform] = {}
        self._outbox = Outbox(store, self._platforms)
        self._woken = asyncio.Event()
        self._turns: set[asyncio.Task[None]] = set()
        self._stopping = False

    def connect(self, platform: Platform) -> None:
        """Serve a platform. All are connected before `run`."""
        self._platforms[platform.name] = platform

    # --- receive -------------------------------------------------------------------------------------

    async def receive(self, message: IncomingMessage) -> bool:
        """Store a message; once this returns it is safe, and the platform may be told so.

        Returns:
            False for a message that was received before.
        """
        new = await self._store.add(message, self._counter.count(message.text))
        if new:
            self._woken.set()
        return new

    async def serves(self, conversation: str) -> bool:
        """Say whether a conversation is one of ours already."""
        return await self._store.serves(conversation)

    async def start_afresh(self, conversation: str) -> None:
        """Forget, for later answers, what was said in a conversation so far."""
        await self._store.start_afresh(conversation)

    # --- work ----------------------------------------------------------------------------------------

    async def run(self, stop: asyncio.Event, seconds: float = 10.0) -> None:
        """Answer and send until `stop` is set; then finish what is under way, within `seconds`.

        What is not finished by then is put back into the store for the next start.
        """
        left_over = await self._store.release_left_over(tuple(self._platforms))
        if left_over:
            log.info("Taking up %d turns that were interrupted.", left_over)
        claiming = asyncio.create_task(self._claim_turns())
        sending = asyncio.create_task(self._outbox.run())
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({claiming, sending, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        self._stopping = True
        self._woken.set()
        await asyncio.wait({claiming})
        await self._finish_turns(seconds)
        self._outbox.stop()
        await asyncio.wait({sending})
        await self._outbox.finish(seconds)
        await asyncio.gather(claiming, sending)  # one that ended by an error tells why

    async def _claim_turns(self) -> None:
        names = tuple(self._platforms)
        while not self._stopping:
            self._woken.clear()
            while len(self._turns) < self._turns_at_once and not self._stopping:
                turn = await self._store.claim(names)
                if turn is None:
                    break
                task = asyncio.create_task(self._take(turn))
                self._turns.add(task)
                task.add_done_callback(self._turn_ended)
            await wait_for(self._woken, until=await self._store.next_waiting(names))

    def _turn_ended(self, task: asyncio.Task[None]) -> None:
        self._turns.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("A turn is left until the next start: %s", describe(error))
        self._woken.set()
        self._outbox.wake()

    async def _finish_turns(self, seconds: float) -> None:
        if self._turns:
            await asyncio.wait(self._turns, timeout=seconds)
        for task in self._turns:
            task.cancel()
        await asyncio.gather(*self._turns, return_exceptions=True)

    async def _take(self, turn: Turn) -> None:
        """Answer a turn; put it back if that fails, and call a person if it fails again and again."""
        try:
            await self._answer(turn)
        except asyncio.CancelledError:
            await asyncio.shield(self._store.release(turn, counts=False))
            raise
        except Exception as error:
            log.error("A turn failed: %s", describe(error), exc_info=log.isEnabledFor(logging.DEBUG))
            await self._store.release(turn, RETRY_SECONDS * _attempts(turn))

    # --- answer --------------------------------------------------------------------------------------

    async def _answer(self, turn: Turn) -> None:
        platform = self._platforms[platform_of(turn.conversation)]
        turn = await self._named(turn, platform)
        if turn.case and turn.case.state is CaseState.CLAIMED:
            decision = relay(turn, Facts(platform.limit, self._agents))
        else:
            async with platform.working(turn.newest.place, turn.newest.id):
                decision = await self._decision(turn, platform)
        decision = replace(decision, tokens=self._counter.count(decision.said))
        if not await self._store.decide(turn, decision):
            # A person took over meanwhile: the next claim sees their case and relays the words.
            await self._store.release(turn, counts=False)

    async def _decision(self, turn: Turn, platform: Platform) -> Decision:
        answered = await self._reply(turn)
        facts = Facts(platform.limit, self._agents)
        if answered.answer.action is Action.ESCALATE and self._agents:
            where = await platform.where(turn.newest.place)
            link = await platform.link(turn.newest.id)
            facts = replace(facts, where=where, link=link)
        return outcome(turn, answered, facts)

    async def _reply(self, turn: Turn) -> Answered:
        """Return the answer: a failed turn's, the one to an open offer, or the answerer's."""
        if _attempts(turn) > MAX_ATTEMPTS:
            failed = Answer("", Action.ESCALATE, Reason.TURN_FAILED)
            return Answered(failed, await self._answerer.contact(), turn.start)
        if turn.case and turn.case.state is CaseState.OFFERED:
            if takes_offer(turn.newest.text):
                taken = Answer("", Action.ESCALATE, turn.case.reason)
                return Answered(taken, await self._answerer.contact(), turn.start)
            if declines_offer(turn.newest.text):
                return Answered(Answer(words.DECLINED), "", turn.start)
        return await self._answerer.answer(turn)

    async def _named(self, turn: Turn, platform: Platform) -> Turn:
        """Fill in the names of the people of a turn, asking the platform for those that are not known."""
        authors = {message.author.id: message.author for message in turn.waiting + turn.history}
        names = await self._store.names(authors)
        newest = turn.newest.author
        if newest.id not in names:
            names[newest.id] = await platform.person(newest)
            await self._store.remember_name(Author(newest.id, names[newest.id]))

        def named(message: StoredMessage) -> StoredMessage:
            name = names.get(message.author.id, message.author.name)
            return replace(message, author=Author(message.author.id, name))

        return replace(
            turn,
            waiting=tuple(map(named, turn.waiting)),
            history=tuple(map(named, turn.history)),
        )

    # --- agents --------------------------------------------------------------------------------------

    async def agent_says(self, conversation: str, customer: Author, agent: Author, text: str) -> None:
        """Pass an agent's words to the customer; the agent owns the case from then on."""
        found = await self._store.open_cases(conversation)
        case = next((case for case in found if case.customer.id == customer.id), None) or Case(
            conversation,
            customer,
            Reason.TAKEN_OVER,
            "",
            CaseState.OFFERED,
            place=conversation,
        )
        post = Post(new_key(), case.place, words.from_agent(agent.name, text))
        await self._store.say_as_agent(
            conversation,
            agent,
            text,
            self._counter.count(text),
            post,
            cases.step(case, CaseState.CLAIMED, agent.id),
        )
        self._outbox.wake()

    async def resolve(self, conversation: str, agent: Author) -> bool:
        """Close the case of a conversation and tell the customer; return False if none is open."""
        for case in await self._store.open_cases(conversation):
            if case.state is not CaseState.OFFERED:
                post = Post(new_key(), case.place, words.RESOLVED)
                closed = cases.step(case, CaseState.RESOLVED)
                await self._store.step_case(closed, agent.id, "resolved", [post])
                self._outbox.wake()
                return True
        return False

    async def settled(self) -> None:
        """Return once everything that was received is answered and sent."""
        while not await self._store.idle(tuple(self._platforms)):
            await asyncio.sleep(SETTLED_POLL_SECONDS)


def _attempts(turn: Turn) -> int:
    return max(message.attempts for message in turn.waiting)
