"""A case on the stage: what customers and agents write and press, and what each of them reads of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core import words
from core.messages import Press as Button
from core.phrases import ENGLISH
from tests.discord_.conftest import ADA, DANA, MENTION, TEAM, Frontdesk, texts
from tests.simulators.discord import DiscordSimulator, Post
from tests.simulators.discord_interactions import Press

WANTED = "I want to talk to a human"
DELIVERED, THANKED = "\N{WHITE HEAVY CHECK MARK}", "\N{HEAVY BLACK HEART}\ufe0f"
CLAIM, RESOLVE = words.LABELS[Button.CLAIM], words.LABELS[Button.RESOLVE]
GIVE_BACK, REOPEN = words.LABELS[Button.GIVE_BACK], words.LABELS[Button.REOPEN]
SEND, YES, NO = words.LABELS[Button.SEND], ENGLISH.label(Button.YES), ENGLISH.label(Button.NO)
SEND_OVER = words.LABELS[Button.SEND_OVER]
GOOD, BAD = ENGLISH.label(Button.GOOD), ENGLISH.label(Button.BAD)
WAITING_BUTTONS = [CLAIM, RESOLVE, GIVE_BACK]
TAKE_OVER = words.LABELS[Button.TAKE_OVER]
CLAIMED_BUTTONS = [TAKE_OVER, RESOLVE, GIVE_BACK]


def labels(post: Post) -> list[str]:
    """What can be pressed below a post."""
    return [button.label for button in post.buttons]


@dataclass
class Case:
    """A case whose customer writes in one channel and whose card stands in another.

    Whatever somebody does here, all that comes of it has happened when the call returns.
    """

    discord: DiscordSimulator
    us: Frontdesk
    place: int
    card: Post
    customer: int = ADA

    @property
    def thread(self) -> int:
        """The thread below the card: it has the card's id."""
        return self.card.id

    @property
    def status(self) -> str:
        """The card's last line."""
        return self.card.content.split("\n")[-1]

    @property
    def read(self) -> list[str]:
        """What the customer reads, since the hand-over was told of."""
        said = texts([post for post in self.discord.posts(self.place) if not post.deleted])
        return said[said.index(ENGLISH.told) + 1 :]

    @property
    def below(self) -> list[str]:
        """What agents read of us below the card, behind the transcript."""
        return texts([post for post in self.discord.posts(self.thread)[1:] if not post.deleted])

    async def says(self, text: str, who: int | None = None, place: int | None = None, **more: Any) -> int:
        """Let the customer (or somebody else there) write."""
        message = await self.discord.say(place or self.place, who or self.customer, text, **more)
        await self.us.received(message)
        await self.us.settled()
        return message

    async def agent(self, text: str, who: int = DANA, **more: Any) -> int:
        """Let an agent write below the card."""
        return await self.says(text, who, self.thread, **more)

    async def press(self, button: str, who: int = DANA, on: Post | None = None, **more: Any) -> Press:
        """Let somebody press a button, on the card unless another post is given."""
        press = await self.discord.press((on or self.card).id, who, button, **more)
        assert press.acked
        await self.us.settled()
        return press

    async def claimed(self, who: int = DANA) -> Case:
        """Let an agent claim the case."""
        assert (await self.press(CLAIM, who)).reply is None
        return self

    def marks(self, message: int) -> set[str]:
        """The reactions on an agent's message below the card."""
        return set(self.discord.reactions(self.thread, message))


async def called(
    discord: DiscordSimulator, us: Frontdesk, text: str = WANTED, who: int = ADA, place: int | None = None
) -> Case:
    """Let a customer ask for a person, in a direct message or with a mention in a channel."""
    before = len(discord.posts(TEAM))
    where = discord.open_dm(who) if place is None else place
    message = await discord.say(where, who, text if place is None else f"{MENTION} {text}")
    cards = await discord.wait_posts(TEAM, before + 1)
    await us.settled()
    return Case(discord, us, where if place is None else message, cards[before], who)
