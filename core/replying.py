"""From a claimed turn to what it comes to: passed on to people, or answered, perhaps seen as it grows."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from core import words
from core.again import Again
from core.agency import Agency
from core.answering import Answered, Answerer
from core.bursts import Bursts, quiet, unless
from core.deciding import Deciding
from core.draft import Draft
from core.handover import Around
from core.insist import insist
from core.joining import Joining
from core.messages import Action, Answer, Author, Reason, StoredMessage, Turn, original, platform_of
from core.outcome import Facts, after_resolution, outcome, overheard
from core.patience import Patience
from core.ports import Platform, Takes
from core.relay import relay, taken_over
from core.store import Decision, Store

MAX_ATTEMPTS = 3
# A turn starts over when its customer goes on writing: after so much quiet, so often at most, and without
# waiting longer than that for the quiet.
QUIET_SECONDS = 0.5
MAX_RESTARTS = 2
MAX_BURST_SECONDS = 10.0

# Reads the files of a turn.
Read = Callable[[Platform, Turn, Takes], Awaitable[Turn]]


@dataclass(frozen=True, slots=True)
class Reply:
    """A turn as it was answered, what it comes to, and the draft of the reply."""

    turn: Turn
    decision: Decision
    draft: Draft


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a turn is answered with: its platform, what handling a case depends on, and when it restarts.

    `draft` makes the draft of the reply to a turn as it is then; it shows nothing once the event is set.
    """

    platform: Platform
    around: Around | None
    changed: asyncio.Event
    draft: Callable[[Turn, asyncio.Event], Draft]


class Replying:
    """Answers one turn at a time of each conversation."""

    def __init__(
        self,
        store: Store,
        answerer: Answerer,
        platforms: Mapping[str, Platform],
        bursts: Bursts,
        agency: Agency | None,
        patience: Patience,
        joining: Joining,
        deciding: Deciding,
        read: Read,
    ) -> None:
        """Make it.

        Args:
            store: Holds the turns.
            answerer: Answers them.
            platforms: By name.
            bursts: Tells what a customer writes while being answered.
            agency: The agents, if there are any.
            patience: Tells customers that it takes long.
            joining: Reads what was said before the bot was called.
            deciding: Writes what a turn comes to.
            read: Reads its files.
        """
        self._store = store
        self._answerer = answerer
        self._platforms = platforms
        self._bursts = bursts
        self._agency = agency
        self._patience = patience
        self._joining = joining
        self._deciding = deciding
        self._read = read

    async def take(self, turn: Turn) -> Again | None:
        """Answer a turn; return None, or how it is to be put back."""
        platform = self._platforms[platform_of(turn.conversation)]
        since = asyncio.get_running_loop().time()
        # From here on, what is edited or deleted in the conversation begins the turn again.
        whose = turn.conversation, turn.customer
        with self._bursts.watch(whose) as changed, self._patience.asked(turn) as patience:
            if turn.unread and (again := await self._read_before(turn, platform)):
                return again
            around = await self._agency.around(turn.newest.place) if self._agency else None
            turn = await self._named(turn, platform)
            if around and (decision := await self._between_people(turn, platform, around)):
                return await self._deciding.decide(turn, decision)
            async with contextlib.AsyncExitStack() as working:
                await working.enter_async_context(
                    platform.working(turn.newest.place, original(turn.newest.id))
                )

                async def seen() -> None:
                    """Leave the signs that an answer is being made: it is seen now."""
                    patience.cancel()
                    await working.aclose()

                def draft(turn: Turn, changed: asyncio.Event) -> Draft:
                    with_people = partial(self._deciding.with_people, turn)
                    return Draft(turn, platform, self._store, since, changed, with_people, seen)

                reply = await self._answered(turn, _Asked(platform, around, changed, draft))
        if reply is None:
            return None
        return await self._deciding.decide(reply.turn, reply.decision, reply.draft)

    async def _read_before(self, turn: Turn, platform: Platform) -> Again | None:
        """Read what was said before the bot was called, if that can be had."""
        return await self._joining.read(turn, platform, at_last=attempts(turn) > 1)

    async def _between_people(self, turn: Turn, platform: Platform, around: Around) -> Decision | None:
        """Return what becomes of a turn that is not the bot's to answer, or None if it is."""
        assert self._agency is not None
        at_last = attempts(turn) >= MAX_ATTEMPTS
        if turn.stranger and await self._agency.tells_agent(turn.newest.author, at_last=at_last):
            link = await platform.link(original(turn.newest.id))
            return taken_over(turn, around, await platform.where(turn.newest.place), link)
        if turn.case and turn.case.is_with_people and self._agency.serves(turn.case):
            return relay(turn, turn.case, around)
        return None if turn.is_chatter else after_resolution(turn, around)

    async def _answered(self, turn: Turn, asked: _Asked) -> Reply | None:
        """Answer a turn, from the start again with what its customer writes before anything is seen of it.

        Returns:
            The reply; None if all of the turn was deleted.
        """
        changed = asked.changed
        for _ in range(MAX_RESTARTS):
            draft = asked.draft(turn, changed)
            work = self._reply(turn, asked, draft)
            reply = await unless(changed, work, lambda draft=draft: draft.committed)  # type: ignore[misc]
            if reply is not None:
                return reply
            await quiet(changed, QUIET_SECONDS, MAX_BURST_SECONDS)
            claimed = turn
            extended = await insist(lambda claimed=claimed: self._store.extend(claimed))  # type: ignore[misc]
            if extended is None:
                await self._deciding.remove_left()
                return None
            turn = extended
        return await self._reply(turn, asked, asked.draft(turn, asyncio.Event()))

    async def _reply(self, turn: Turn, asked: _Asked, draft: Draft) -> Reply:
        turn = await self._named(turn, asked.platform)
        if turn.is_chatter:  # perhaps by an edit while it was being answered
            return Reply(turn, overheard(turn), draft)
        answered = await self._heard(turn, asked.platform, draft)
        await draft.finish()
        if draft.said:  # what was edited or deleted meanwhile does not reach the agents either
            turn = await insist(lambda: self._store.as_it_is_now(turn, words.DELETED))
        facts = Facts(asked.platform.limit, asked.around, begun=draft.begun)
        if answered.answer.action is Action.ESCALATE and asked.around:
            where = await asked.platform.where(turn.newest.place)
            link = await asked.platform.link(original(turn.newest.id))
            facts = replace(facts, where=where, link=link)
        return Reply(turn, outcome(turn, answered, facts), draft)

    async def _heard(self, turn: Turn, platform: Platform, draft: Draft) -> Answered:
        """Return the answer, which the draft hears as it is written; what was said of it, if overtaken."""
        try:
            return await self._answer(turn, platform, draft)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if not draft.overtaken or (task and task.uncancel()):
                draft.drop()
                raise
            # What the model would have said is not asked for: who answers now decides.
            return await self._answerer.as_said(turn, Answer(draft.said))
        except BaseException:
            draft.drop()
            raise

    async def _answer(self, turn: Turn, platform: Platform, draft: Draft) -> Answered:
        """Return the answer: a failed turn's, or the answerer's."""
        if attempts(turn) > MAX_ATTEMPTS:
            failed = Answer("", Action.ESCALATE, Reason.TURN_FAILED)
            return await self._answerer.as_said(turn, failed)
        return await self._answerer.answer(turn, draft, partial(self._read, platform))

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


def attempts(turn: Turn) -> int:
    """Return how often it was tried to answer a turn, this time included."""
    return max(message.attempts for message in turn.waiting)
