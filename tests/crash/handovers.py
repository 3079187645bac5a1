"""What agents do with the cases of a siege: claim, answer, edit, take notes, resolve or give back."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from core import words
from core.messages import Press
from tests.crash.conversations import Conversation, numbers
from tests.crash.desks import NAMES, Card, Desk

CLAIM, TAKE_OVER = words.LABELS[Press.CLAIM], words.LABELS[Press.TAKE_OVER]
REOPEN = words.LABELS[Press.REOPEN]
CLOSINGS = (words.LABELS[Press.RESOLVE], words.LABELS[Press.GIVE_BACK])
# How many words an agent has for a customer, at least, before they close a case.
ENOUGH = 2
# A customer's words as they stand below a card; the first ones after the owner's own ping the owner.
_PASSED_ON = re.compile(r"^(?:<@\w+> )?\*{1,2}[a-z]+\d+:\*{1,2} ")


def passed_on(below: Iterable[str]) -> list[int]:
    """Return the numbers of a customer's words that were passed on below a card, in order."""
    return [number for text in below if _PASSED_ON.match(text) for number in numbers(text, "np")]


@dataclass(eq=False)
class Handover:
    """A case from the customer's request on, as the people see it.

    Attributes:
        conversation: Whose customer asked.
        request: The number of the request.
        before: How many cards the customer had before.
        owner: The agent who will claim it.
        card: Its card, once the agents see it.
        claimed: Whether the card said so.
        closing: The button that the owner has decided to press.
        closed: Whether the card says so.
        said: The owner's words to the customer: their ids by number.
        edits: The newest edit by the number of these words.
        unsaid: Numbers of words that may not reach the customer.
        heard: The customer's words that were written while people surely had the case.
    """

    conversation: Conversation
    request: int
    before: int
    owner: str
    card: Card | None = None
    claimed: bool = False
    closing: str = ""
    closed: bool = False
    said: dict[int, str] = field(default_factory=dict)
    edits: dict[int, int] = field(default_factory=dict)
    unsaid: list[int] = field(default_factory=list)
    heard: list[int] = field(default_factory=list)
    pressing: asyncio.Task[None] | None = None
    pressed: bool = False  # so that the owner may own the case, whatever the card says

    @property
    def with_people(self) -> bool:
        """Whether what the customer writes now must reach the people."""
        return self.card is not None and not self.closing


class Team:
    """The agents: they see their place and do something about it, one step at a time."""

    def __init__(self, desk: Desk, chance: random.Random, number: Callable[[], int]) -> None:
        self.desk = desk
        self.all: list[Handover] = []
        self.open: list[Handover] = []
        self._random = chance
        self._number = number

    def asked(self, conversation: Conversation, request: int) -> None:
        """Note that a customer asked for a person."""
        before = sum(handover.conversation is conversation for handover in self.all)
        handover = Handover(conversation, request, before, self._random.choice(NAMES))
        self.all.append(handover)
        self.open.append(handover)

    def of(self, conversation: Conversation) -> Handover | None:
        """Return the hand-over of a conversation that is not closed."""
        return next((one for one in self.open if one.conversation is conversation), None)

    def has_asked(self, conversation: Conversation) -> bool:
        """Say whether a customer ever asked for a person."""
        return any(one.conversation is conversation for one in self.all)

    def look(self) -> None:
        """See how the cards stand."""
        if not self.open:
            return
        by_customer: dict[str, list[Card]] = {}
        for card in self.desk.cards():
            by_customer.setdefault(customer_of(card), []).append(card)
        for handover in list(self.open):
            cards = by_customer.get(handover.conversation.name, [])
            if len(cards) <= handover.before:
                continue
            handover.card = card = cards[handover.before]
            handover.claimed |= TAKE_OVER in card.labels
            handover.closed = REOPEN in card.labels
            if handover.closed:
                self.open.remove(handover)

    async def step(self, *, deliver: bool = True, hurry: bool = False) -> bool:
        """Let some agent do something; return False if there is nothing to do.

        Args:
            deliver: Whether it reaches Frontdesk; else it can only be read back, and nothing is pressed.
            hurry: Whether to get to the end of the cases.
        """
        self.look()
        self._random.shuffle(self.open)
        for handover in self.open:
            if await self._step(handover, deliver, hurry):
                return True
        return False

    async def _step(self, handover: Handover, deliver: bool, hurry: bool) -> bool:
        card = handover.card
        if card is None or self.desk.below(card.id) is None:
            return False
        what = self._random.random()
        if handover.closing:
            return deliver and self._press(handover, handover.closing)
        if not handover.claimed:
            if what < 0.4 and not hurry:
                await self._keep_to_themselves(handover, what < 0.25, deliver)
                return True
            return deliver and self._press(handover, CLAIM)
        if len(handover.said) >= ENOUGH and (hurry or what < 0.35):
            if not self.is_settled(handover):
                return False
            if deliver:
                handover.closing = self._random.choice(CLOSINGS)
                return self._press(handover, handover.closing)
        if what < 0.5 and not hurry:
            await self._keep_to_themselves(handover, what < 0.42, deliver)
        elif what < 0.65 and handover.said and not hurry:
            await self._edit(handover)
        else:
            await self._answer(handover, deliver)
        return True

    def is_settled(self, handover: Handover) -> bool:
        """Say whether the owner sees that all was delivered, and the customer's words are all there."""
        assert handover.card is not None
        below = self.desk.below(handover.card.id) or []
        marked = all(self.desk.is_marked(handover.card.id, id) for id in handover.said.values())
        return marked and set(handover.heard) <= set(passed_on(below))

    def _press(self, handover: Handover, label: str) -> bool:
        """Press, unless an earlier press may still be acknowledged."""
        if handover.pressing and not handover.pressing.done():
            return False
        assert handover.card is not None
        press = self.desk.press(handover.card.id, handover.owner, label)
        handover.pressing, handover.pressed = asyncio.create_task(press), True
        return True

    async def _keep_to_themselves(self, handover: Handover, note: bool, deliver: bool) -> None:
        """Write what no customer may read: a note, or words of somebody who has not claimed the case."""
        number = self._number()
        handover.unsaid.append(number)
        others = [name for name in NAMES if name != handover.owner]
        text = f"// between us, x{number}" if note else f"shall I take this, u{number}"
        who = self._random.choice(others) if handover.pressed and not note else handover.owner
        assert handover.card is not None
        await self.desk.say(handover.card.id, who, text, deliver=deliver)

    async def _answer(self, handover: Handover, deliver: bool) -> None:
        number = self._number()
        assert handover.card is not None
        text = f"please see a{number}"
        handover.said[number] = await self.desk.say(handover.card.id, handover.owner, text, deliver=deliver)

    async def _edit(self, handover: Handover) -> None:
        number, edit = self._random.choice(list(handover.said)[-2:]), self._number()
        handover.edits[number] = edit
        await self.desk.edit(handover.said[number], f"please see a{number}, or rather e{edit}")

    async def killed(self) -> None:
        """Give up what was pressed: nobody will acknowledge it."""
        presses = [handover.pressing for handover in self.open if handover.pressing]
        for press in presses:
            press.cancel()
        await asyncio.gather(*presses, return_exceptions=True)
        for handover in self.open:
            handover.pressing = None


def customer_of(card: Card) -> str:
    """Return the customer's name on a card: the first of its bold words."""
    found = re.search(r"\*{1,2}([a-z]+\d+)\*{1,2} in ", card.text)
    return found[1] if found else ""
