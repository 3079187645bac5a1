"""What comes in, by every door: words, edits, presses, commands, thumbs; and what those who ask are told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core import words
from core.addressing import Addressing
from core.attendance import Attendance
from core.backstage import Backstage
from core.bursts import Bursts
from core.commands import Commands
from core.feedback import Feedback
from core.forgetting import Forgetting
from core.handover import NewWords, reworded
from core.home import Home
from core.lobby import Lobby
from core.messages import (
    Aside,
    Author,
    IncomingCommand,
    IncomingMessage,
    IncomingPress,
    IncomingReaction,
    Post,
    Press,
    platform_of,
)
from core.outbox import Outbox
from core.phrases import Phrases
from core.ports import Counter, Platform
from core.posts import new_key
from core.store import Store
from core.summaries import Summaries
from core.thumbs import PRESSES
from core.worker import Worker


class Reception:
    """The half of the desk that takes in. Its parts are made by the other half."""

    forgetting: Forgetting
    _store: Store
    _counter: Counter
    _platforms: dict[str, Platform]
    _bursts: Bursts
    _outbox: Outbox
    _worker: Worker
    _backstage: Backstage
    _addressing: Addressing
    _commands: Commands
    _lobby: Lobby
    _feedback: Feedback
    _attendance: Attendance
    _summaries: Summaries | None

    def _said(self, conversation: str) -> None:
        """Take note that a turn was decided, or that words were changed or taken back."""
        if self._summaries:
            self._summaries.wake(conversation)

    # --- what people write ---------------------------------------------------------------------------

    async def receive(self, message: IncomingMessage) -> bool:
        """Store a message, or the newer words of one that is known.

        Once this returns it is safe, and the platform may be told so.

        Returns:
            False for a message that was received, or deleted, before.
        """
        return await self._taken_in(message, live=True)

    async def _receive_below(self, message: IncomingMessage, opening: Sequence[Post]) -> bool:
        """Receive a message whose words are posted above its answer."""
        new = await self._received(message, live=True, opening=opening)
        self._outbox.wake()
        return new

    async def take_back(self, message: IncomingMessage) -> bool:
        """Receive a message that was read back; of one that is known, the words are brought up to date."""
        return await self._taken_in(message, live=False)

    async def _taken_in(self, message: IncomingMessage, *, live: bool) -> bool:
        new = await self._received(message, live=live)
        if not new and (at := message.edited_at):
            to_others, mentions = message.to_others, message.mentions
            await self.edit(message.id, message.text, at, to_others=to_others, mentions=mentions)
        return new

    async def _received(self, message: IncomingMessage, *, live: bool, opening: Sequence[Post] = ()) -> bool:
        tokens = self._counter.count(message.text)
        # The worker's look comes right behind the message, mostly in the same transaction.
        self._worker.wake()
        receipt = await self._store.add(message, tokens, opening)
        if receipt.case:
            if live:  # what was written before, while we were away, comes first
                await self._store.until_let_go(message.answer_place)
            return await self._backstage.hear(receipt.case, message, tokens)
        # What is said to others is no part of what is being answered.
        if (receipt.new or receipt.grew) and not message.to_others:
            self._bursts.changed((message.conversation, message.author.id))
        return receipt.new

    async def edit(
        self, id: str, text: str, at: float, *, to_others: bool = False, mentions: bool = False
    ) -> None:
        """Replace a message's words; a reply that is not shown yet is made from the new ones.

        Args:
            id: The message's.
            text: Its words now.
            at: When they were edited, by the platform's clock. An edit that is not newer than the last one
                known is a second delivery, and changes nothing.
            to_others: Whether they are said to other people now; words that no longer are get an answer.
            mentions: Whether they mention the bot now.
        """
        tokens = self._counter.count(text)
        whose = await self._store.edit(
            id, text, tokens, at, self._reworded, to_others=to_others, mentions=mentions
        )
        if whose:
            self._bursts.changed(whose)
            self._said(whose[0])
            self._worker.wake()
        self._outbox.wake()

    async def delete(self, id: str) -> None:
        """Remove a message's words; it is not answered if it was not yet."""
        tokens = self._counter.count(words.DELETED)
        if whose := await self._store.delete(id, words.DELETED, tokens, self._reworded):
            self._bursts.changed(whose)
            self._said(whose[0])
        self._outbox.wake()

    def _reworded(self, new: NewWords) -> Sequence[Post]:
        return reworded(new, lambda place: self._platforms[platform_of(place)].limit)

    async def start_afresh(self, conversation: str) -> None:
        """Forget, for later answers, what was said in a conversation so far."""
        await self._store.start_afresh(conversation)
        self._outbox.wake()  # an open offer lost its buttons

    # --- what they press, and tell us to do ----------------------------------------------------------

    async def press(self, press: IncomingPress) -> Aside:
        """Do what a button says; return what the presser alone is told, which may be nothing."""
        if press.press in {Press.FORGET, Press.KEEP}:
            return await self.forgetting.pressed(press)
        if press.press in PRESSES:
            return await self._feedback.press(press)
        return await self._backstage.press(press)

    async def command(self, command: IncomingCommand) -> Aside:
        """Do what a command says; return what its giver alone is told, which may be nothing."""
        return await self._commands.do(command)

    async def react(self, reaction: IncomingReaction) -> None:
        """Keep what a thumb on one of our posts says."""
        await self._feedback.react(reaction)

    async def welcome(self, place: str) -> tuple[str, ...]:
        """Greet in a place that somebody opened, once, and return the questions to suggest there."""
        return await self._lobby.welcome(place)

    async def home(self, person: Author, prefix: str) -> Home:
        """Return the page that a platform shows a person; `prefix` stands before its commands' names."""
        return await self._lobby.home(person, prefix)

    # --- what adapters ask ---------------------------------------------------------------------------

    async def says(self, who: str, conversation: str = "") -> Phrases:
        """Return what the bot itself says to somebody, in a conversation if one is named."""
        return await self._addressing.to(who, conversation)

    async def phrases(self) -> Mapping[str, Phrases]:
        """Return what the bot itself says, by language."""
        return await self._addressing.phrases()

    async def say_once(self, key: str, place: str, text: str) -> None:
        """Post words in a place, unless that was done under this key before."""
        if await self._store.tell_once(key, (), [Post(new_key(), place, text)]):
            self._outbox.wake()

    async def serves(self, conversation: str, place: str = "") -> bool:
        """Say whether a conversation is one of ours already, or its place the thread of a case."""
        return await self._store.serves(conversation, place)

    async def conversations(self, platform: str, since: float) -> list[str]:
        """Return a platform's conversations in which something was said since then, newest first."""
        return await self._store.conversations(platform, since)

    def reconnected(self, platform: str) -> None:
        """Tell that a connection came back: what was missed is read back before its places go on."""
        self._attendance.connected(platform)
