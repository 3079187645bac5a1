"""Takes turns: claims them from the store, answers each, and puts back what fails."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence, Set
from dataclasses import replace
from functools import partial

from core import words
from core.agency import Agency
from core.answering import Answered, Answerer
from core.bursts import Bursts, quiet, unless
from core.draft import Draft
from core.faults import describe
from core.handover import Around
from core.insist import insist
from core.joining import Joining
from core.messages import Action, Answer, Author, Reason, StoredMessage, Turn, original, platform_of
from core.outcome import Facts, after_resolution, outcome, overheard
from core.patience import Patience
from core.ports import Counter, Platform, Takes, Trouble
from core.posts import Cut
from core.relay import broken_off, relay, taken_over
from core.store import Decision, OthersWrote, OutboxRow, Store
from core.waiting import wait_for

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
RETRY_SECONDS = 2.0
# A turn starts over when its customer goes on writing: after so much quiet, so often at most, and without
# waiting longer than that for the quiet.
QUIET_SECONDS = 0.5
MAX_RESTARTS = 2
MAX_BURST_SECONDS = 10.0
# How long a stop waits until what was being answered is put back.
PUT_BACK_SECONDS = 2.0
# How long a customer's turn waits for that of an agent who wrote while it was answered.
AGENT_FIRST_SECONDS = 0.5


class Worker:
    """Answers one turn at a time per conversation, many conversations at once."""

    def __init__(
        self,
        store: Store,
        answerer: Answerer,
        counter: Counter,
        platforms: Mapping[str, Platform],
        bursts: Bursts,
        agency: Agency | None,
        turns_at_once: int,
        answer_within: float,
        send: Callable[[Sequence[OutboxRow]], None],
        case_changed: Callable[[], None],
        decided: Callable[[str], None] = lambda conversation: None,
        read: Callable[[Platform, Turn, Takes], Awaitable[Turn]] | None = None,
    ) -> None:
        self._store = store
        self._answerer = answerer
        self._counter = counter
        self._platforms = platforms
        self._bursts = bursts
        self._agency = agency
        self._turns_at_once = turns_at_once
        self._answer_within = answer_within
        self._send = send
        self._case_changed = case_changed
        self._patience = Patience(store, platforms, send, answerer.says)
        self._joining = Joining(store, counter)
        self._decided = decided
        self._read = read
        self._woken = asyncio.Event()
        self._turns: set[asyncio.Task[None]] = set()
        self._stopping = False
        # Whether anything may wait that a turn which ends could be followed by.
        self._left = True

    def wake(self) -> None:
        """Look for turns now."""
        self._woken.set()

    def stop(self) -> None:
        """Claim nothing more."""
        self._stopping = True
        self.wake()

    async def run(self) -> None:
        """Claim and answer until `stop` is called; what is being answered then goes on, see `finish`."""
        names = tuple(self._platforms)
        left_over = await insist(lambda: self._store.release_left_over(names))
        if left_over:
            log.info("Taking up %d turns that were interrupted.", left_over)
        while not self._stopping:
            self._woken.clear()
            self._left, next_one = True, None
            room, oldest = self._turns_at_once - len(self._turns), time.time() - self._answer_within
            if room > 0:
                claim = partial(self._store.claim_all, names, room, oldest)
                claimed = await insist(claim)
                self._left, next_one = claimed.left, claimed.next_at
                for turn in claimed.turns:
                    self._start(turn)
            await wait_for(self._woken, until=next_one)

    async def finish(self, seconds: float) -> None:
        """Wait for what is being answered, then put it back."""
        if self._turns:
            await asyncio.wait(self._turns, timeout=seconds)
        for task in self._turns:
            task.cancel()
        if self._turns:
            # What can't be put back now, as the database is held or full, is put back at the next start.
            await asyncio.wait(self._turns, timeout=PUT_BACK_SECONDS)
        await self._patience.finish(seconds)

    def _start(self, turn: Turn) -> None:
        task = asyncio.create_task(self._take(turn))
        self._turns.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._turns.discard(task)
        if self._left:
            self._woken.set()

    async def _take(self, turn: Turn) -> None:
        """Answer a turn; put it back if that fails, and call a person if it fails again and again."""
        try:
            await self._answer(turn)
        except asyncio.CancelledError:
            await asyncio.shield(self._release(turn))
            raise
        except sqlite3.OperationalError:
            # Not the turn's fault: it is claimed again as soon as the database can be used.
            await self._release(turn)
        except Exception as error:
            log.error("A turn failed: %s", describe(error), exc_info=log.isEnabledFor(logging.DEBUG))
            await self._release(turn, RETRY_SECONDS * _attempts(turn), counts=True)

    async def _release(self, turn: Turn, delay: float = 0.0, *, counts: bool = False) -> None:
        await insist(lambda: self._store.release(turn, delay, counts=counts))
        self._left = True

    # --- one turn ------------------------------------------------------------------------------------

    async def _answer(self, turn: Turn) -> None:
        platform = self._platforms[platform_of(turn.conversation)]
        since = asyncio.get_running_loop().time()
        # From here on, what is edited or deleted in the conversation begins the turn again.
        whose = turn.conversation, turn.customer
        with self._bursts.watch(whose) as changed, self._patience.asked(turn) as patience:
            if turn.unread and await self._joining.put_back(turn, platform, at_last=_attempts(turn) > 1):
                self._left = True
                return
            around = await self._agency.around(turn.newest.place) if self._agency else None
            turn = await self._named(turn, platform)
            if around and (decision := await self._between_people(turn, platform, around)):
                await self._decide(turn, decision)
                return
            async with contextlib.AsyncExitStack() as working:
                await working.enter_async_context(
                    platform.working(turn.newest.place, original(turn.newest.id))
                )

                async def seen() -> None:
                    """Leave the signs that an answer is being made: it is seen now."""
                    patience.cancel()
                    await working.aclose()

                def draft(turn: Turn, changed: asyncio.Event) -> Draft:
                    with_people = partial(self._with_people, turn)
                    return Draft(turn, platform, self._store, since, changed, with_people, seen)

                answered = await self._answered(turn, platform, around, changed, draft)
        if answered:
            await self._decide(*answered)

    async def _between_people(self, turn: Turn, platform: Platform, around: Around) -> Decision | None:
        """Return what becomes of a turn that is not the bot's to answer, or None if it is."""
        assert self._agency is not None
        at_last = _attempts(turn) >= MAX_ATTEMPTS
        if turn.stranger and await self._is_agent(turn.newest.author, at_last=at_last):
            link = await platform.link(original(turn.newest.id))
            return taken_over(turn, around, await platform.where(turn.newest.place), link)
        if turn.case and turn.case.is_with_people and self._agency.serves(turn.case):
            return relay(turn, turn.case, around)
        return None if turn.is_chatter else after_resolution(turn, around)

    async def _is_agent(self, person: Author, *, at_last: bool = True) -> bool:
        """Say whether somebody is an agent; if that can't be known, no, or later unless it is `at_last`."""
        assert self._agency is not None
        try:
            return await self._agency.is_agent(person)
        except Trouble as error:
            log.warning("Whether somebody is an agent is not known: %s", error)
            if not at_last:
                raise
            return False

    async def _answered(
        self,
        turn: Turn,
        platform: Platform,
        around: Around | None,
        changed: asyncio.Event,
        draft_of: Callable[[Turn, asyncio.Event], Draft],
    ) -> tuple[Turn, Decision, Draft] | None:
        """Answer a turn, from the start again with what its customer writes before anything is seen of it.

        Args:
            turn: What was claimed.
            platform: The customer's.
            around: What the handling of cases depends on, if there are agents.
            changed: Is set by everything that the customer writes, edits or deletes.
            draft_of: Makes the draft of the reply to a turn.

        Returns:
            The turn as it was answered, what it comes to, and the draft of the reply; None if all of the
            turn was deleted.
        """
        for _ in range(MAX_RESTARTS):
            draft = draft_of(turn, changed)
            work = self._decision(turn, platform, around, draft)
            decision = await unless(changed, work, lambda draft=draft: draft.committed)  # type: ignore[misc]
            if decision is not None:
                return decision
            await quiet(changed, QUIET_SECONDS, MAX_BURST_SECONDS)
            claimed = turn
            extended = await insist(lambda claimed=claimed: self._store.extend(claimed))  # type: ignore[misc]
            if extended is None:
                await self._remove_left()
                return None
            turn = extended
        return await self._decision(turn, platform, around, draft_of(turn, asyncio.Event()))

    async def _decision(
        self, turn: Turn, platform: Platform, around: Around | None, draft: Draft
    ) -> tuple[Turn, Decision, Draft]:
        turn = await self._named(turn, platform)
        if turn.is_chatter:  # perhaps by an edit while it was being answered
            return turn, overheard(turn), draft
        try:
            answered = await self._reply(turn, platform, draft)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if not draft.overtaken or (task and task.uncancel()):
                draft.drop()
                raise
            # What the model would have said is not asked for: who answers now decides.
            answered = await self._answerer.as_said(turn, Answer(draft.said))
        except BaseException:
            draft.drop()
            raise
        await draft.finish()
        if draft.said:  # what was edited or deleted meanwhile does not reach the agents either
            turn = await insist(lambda: self._store.as_it_is_now(turn, words.DELETED))
        facts = Facts(platform.limit, around, begun=draft.begun)
        if answered.answer.action is Action.ESCALATE and around:
            where = await platform.where(turn.newest.place)
            link = await platform.link(original(turn.newest.id))
            facts = replace(facts, where=where, link=link)
        return turn, outcome(turn, answered, facts), draft

    async def _reply(self, turn: Turn, platform: Platform, draft: Draft) -> Answered:
        """Return the answer: a failed turn's, or the answerer's."""
        if _attempts(turn) > MAX_ATTEMPTS:
            failed = Answer("", Action.ESCALATE, Reason.TURN_FAILED)
            return await self._answerer.as_said(turn, failed)
        read = partial(self._read, platform) if self._read else None
        return await self._answerer.answer(turn, draft, read)

    async def _with_people(self, turn: Turn) -> bool:
        """Say whether a person answers the customer of a turn by now."""
        customers: Set[str] | None = set() if self._agency else None
        while True:
            try:
                return await self._store.overtaken(turn, customers)
            except OthersWrote as error:
                if await self._any_agent(error.people):
                    return True
                customers = {*(customers or ()), *error.people}

    async def _named(self, turn: Turn, platform: Platform) -> Turn:
        """Fill in the name of the customer if it is not known, by asking the platform."""
        if turn.newest.author.name:
            return turn
        customer = Author(turn.customer, await platform.person(turn.newest.author))
        if customer.name not in customer.id:  # else it could not be asked for, and is asked next time
            await self._store.remember_name(customer)

        def named(message: StoredMessage) -> StoredMessage:
            return replace(message, author=customer) if message.author.id == customer.id else message

        return replace(turn, waiting=tuple(map(named, turn.waiting)), history=tuple(map(named, turn.history)))

    async def _decide(
        self, turn: Turn, decision: Decision, draft: Draft | None = None, *, closes: bool = False
    ) -> None:
        """Write what a turn comes to, and send it.

        Args:
            turn: The turn.
            decision: What it comes to.
            draft: The draft of the reply, if there is one.
            closes: Whether it only closes what was seen of a reply: agents may have written meanwhile.
        """
        decision = replace(decision, tokens=self._counter.count(decision.said))
        customers: Set[str] | None = set() if self._agency and not closes else None
        while True:
            decide = partial(self._store.decide, turn, decision, tuple(self._platforms), customers)
            try:
                rows = await insist(decide)
            except OthersWrote as error:
                if await self._any_agent(error.people):
                    if draft and draft.said:  # their words are the next turn, and take over what was said
                        await self._close(turn, draft, draft.cut())
                    else:  # their words come first; the customer's are relayed then
                        await self._release(turn, AGENT_FIRST_SECONDS)
                    return
                customers = {*(customers or ()), *error.people}
            else:
                break
        if rows is None:
            # A person took over meanwhile: the next claim sees their case and relays the words.
            if draft and draft.said:
                await self._break_off(turn, decision, draft)
            else:
                await self._release(turn)
        else:
            self._patience.answered(turn)
            self._send(rows)
            self._decided(turn.conversation)
            if decision.change:
                self._case_changed()

    async def _break_off(self, turn: Turn, decision: Decision, draft: Draft) -> None:
        """End a reply of which its customer has read something, while people take the case over."""
        extended = await insist(lambda: self._store.extend(turn))
        if extended is None:
            await self._remove_left()
            return
        case = extended.case
        if self._agency and case and case.is_with_people and self._agency.serves(case):
            around = await self._agency.around(extended.newest.place)
            await self._close(extended, draft, draft.cut(), relay(extended, case, around))
        else:  # an offer came to its end, and no person came
            whole = decision.answer.text if decision.answer else ""
            cut = replace(draft.cut(), text=whole or draft.said, closed=True)
            await self._close(extended, draft, cut)

    async def _close(self, turn: Turn, draft: Draft, cut: Cut, relayed: Decision | None = None) -> None:
        """Close a reply where it was broken off; `relayed`: what becomes of the customer's words."""
        said = await self._answerer.as_said(turn, Answer(cut.text))
        closing = broken_off(turn, cut, said.phrases, relayed)
        closing = replace(closing, language=closing.language or said.language)
        await self._decide(turn, closing, draft, closes=True)

    async def _remove_left(self) -> None:
        """Send what removes the beginning of a reply whose question is gone."""
        names = tuple(self._platforms)
        self._send(await insist(lambda: self._store.take_posts(names)))

    async def _any_agent(self, people: Set[str]) -> bool:
        return any([await self._is_agent(Author(person)) for person in people])


def _attempts(turn: Turn) -> int:
    return max(message.attempts for message in turn.waiting)
