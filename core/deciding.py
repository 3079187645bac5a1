"""What a turn came to is written and sent, unless a person took over meanwhile: then they go on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import replace
from functools import partial

from core.again import Again
from core.agency import Agency
from core.answering import Answerer
from core.draft import Draft
from core.insist import insist
from core.messages import Answer, Turn
from core.patience import Patience
from core.ports import Counter, Platform
from core.posts import Cut
from core.relay import broken_off, relay
from core.store import Decision, OthersWrote, OutboxRow, Store

# How long a customer's turn waits for that of an agent who wrote while it was answered.
AGENT_FIRST_SECONDS = 0.5


class Deciding:
    """Writes decisions; ends replies that were seen in part where people go on."""

    def __init__(
        self,
        store: Store,
        answerer: Answerer,
        counter: Counter,
        platforms: Mapping[str, Platform],
        agency: Agency | None,
        patience: Patience,
        send: Callable[[Sequence[OutboxRow]], None],
        case_changed: Callable[[], None],
        decided: Callable[[str], None],
    ) -> None:
        """Make it.

        Args:
            store: Keeps what is decided.
            answerer: Knows what is said in the customer's language where a reply is broken off.
            counter: Counts the tokens of what is said.
            platforms: By name; what is decided for them is sent at once.
            agency: The agents, if there are any.
            patience: Hears which turns are answered.
            send: Takes posts to their platforms.
            case_changed: Is told that a case was opened or changed.
            decided: Is told of each decision, by its conversation.
        """
        self._store = store
        self._answerer = answerer
        self._counter = counter
        self._platforms = platforms
        self._agency = agency
        self._patience = patience
        self._send = send
        self._case_changed = case_changed
        self._decided = decided

    async def decide(
        self, turn: Turn, decision: Decision, draft: Draft | None = None, *, closes: bool = False
    ) -> Again | None:
        """Write what a turn comes to, and send it.

        Args:
            turn: The turn.
            decision: What it comes to.
            draft: The draft of the reply, if there is one.
            closes: Whether it only closes what was seen of a reply: agents may have written meanwhile.

        Returns:
            None; or, where people come first and nothing was seen of a reply, how the turn is to be put
            back: it is relayed to them then.
        """
        decision = replace(decision, tokens=self._counter.count(decision.said))
        seen = draft if draft and draft.said else None
        try:
            rows = await self._written(turn, decision, closes=closes)
        except OthersWrote:  # an agent's words are the next turn, and take over what was said
            if seen is None:
                return Again(AGENT_FIRST_SECONDS)
            return await self._close(turn, seen, seen.cut())
        if rows is None:  # a person took over: the next claim sees their case and relays the words
            return await self._break_off(turn, decision, seen) if seen else Again()
        self._patience.answered(turn)
        self._send(rows)
        self._decided(turn.conversation)
        if decision.change:
            self._case_changed()
        return None

    async def with_people(self, turn: Turn) -> bool:
        """Say whether a person answers the customer of a turn by now."""
        customers: Set[str] | None = set() if self._agency else None
        while True:
            try:
                return await self._store.overtaken(turn, customers)
            except OthersWrote as error:
                if await self._any_agent(error.people):
                    return True
                customers = {*(customers or ()), *error.people}

    async def remove_left(self) -> None:
        """Send what removes the beginning of a reply whose question is gone."""
        names = tuple(self._platforms)
        self._send(await insist(lambda: self._store.take_posts(names)))

    async def _written(self, turn: Turn, decision: Decision, *, closes: bool) -> list[OutboxRow] | None:
        """Write a decision; return what the store does.

        Raises:
            OthersWrote: An agent wrote meanwhile.
        """
        customers: Set[str] | None = set() if self._agency and not closes else None
        while True:
            decide = partial(self._store.decide, turn, decision, tuple(self._platforms), customers)
            try:
                return await insist(decide)
            except OthersWrote as error:
                if await self._any_agent(error.people):
                    raise
                customers = {*(customers or ()), *error.people}

    async def _any_agent(self, people: Set[str]) -> bool:
        return self._agency is not None and await self._agency.any_agent(people)

    async def _break_off(self, turn: Turn, decision: Decision, draft: Draft) -> Again | None:
        """End a reply of which its customer has read something, while people take the case over."""
        extended = await insist(lambda: self._store.extend(turn))
        if extended is None:
            await self.remove_left()
            return None
        case = extended.case
        if self._agency and case and case.is_with_people and self._agency.serves(case):
            around = await self._agency.around(extended.newest.place)
            return await self._close(extended, draft, draft.cut(), relay(extended, case, around))
        # An offer came to its end, and no person came.
        whole = decision.answer.text if decision.answer else ""
        return await self._close(extended, draft, replace(draft.cut(), text=whole or draft.said, closed=True))

    async def _close(
        self, turn: Turn, draft: Draft, cut: Cut, relayed: Decision | None = None
    ) -> Again | None:
        """Close a reply where it was broken off; `relayed`: what becomes of the customer's words."""
        said = await self._answerer.as_said(turn, Answer(cut.text))
        closing = broken_off(turn, cut, said.phrases, relayed)
        closing = replace(closing, language=closing.language or said.language)
        return await self.decide(turn, closing, draft, closes=True)
