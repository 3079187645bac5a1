"""One reply while it is being written: shown once it takes long, and again as it grows."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from core.faults import describe
from core.insist import insist
from core.messages import Action, Post, Turn, original
from core.ports import Opening, Platform, Refused, Sentence, TryLater, Unknown
from core.posts import Cut, new_key
from core.splitting import finished, split
from core.store import Store
from core.tables import without_tables
from core.written_out import without_html

log = logging.getLogger(__name__)

# An answer that is ready within this time after its turn was claimed is one post.
FIRST_SECONDS = 1.5
# How often it grows then: Slack and Discord take about one edit a second.
EVERY_SECONDS = 1.0
# How often it is looked, while there is nothing new to show, whether a person answers by now.
LOOK_SECONDS = 1.0

_SHOWN = {Action.ANSWER, Action.CLARIFY}


# --- what is shown, and when: pure -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a reply has come. Times are seconds of one clock.

    Attributes:
        since: When its turn was claimed.
        action: What it does; None until that is known.
        text: Its words so far, as Markdown.
        shown: What of them was shown.
        shown_at: When.
        not_before: The platform wants to be left alone until then.
    """

    since: float
    action: Action | None = None
    text: str = ""
    shown: str = ""
    shown_at: float = 0.0
    not_before: float = 0.0


def visible(progress: Progress, limit: int) -> str:
    """Return what can be shown of a reply so far: what its first post will begin with.

    A table or code that is not finished waits: it would change its look. What is shown only ever grows.

    Args:
        progress: See there.
        limit: Characters that fit one post.
    """
    if progress.action not in _SHOWN:
        return progress.shown
    parts = split(without_tables(without_html(finished(progress.text))), limit)
    first = parts[0].rstrip() if parts else ""
    return first if first.startswith(progress.shown) else progress.shown


def due(progress: Progress, limit: int) -> float | None:
    """Return when the next words are to be shown; None while there are none."""
    if visible(progress, limit) == progress.shown:
        return None
    wished = progress.shown_at + EVERY_SECONDS if progress.shown else progress.since + FIRST_SECONDS
    return max(wished, progress.not_before)


# --- showing it --------------------------------------------------------------------------------------


class Draft:
    """Shows one reply on its platform while the model writes it.

    Attributes:
        key: Names its post.
        committed: Whether something of it was shown, or is about to be: it is not begun anew any more.
        overtaken: Whether a person answers the customer by now; the task that hears the reply is cancelled.
    """

    def __init__(
        self,
        turn: Turn,
        platform: Platform,
        store: Store,
        since: float,
        changed: asyncio.Event,
        with_people: Callable[[], Awaitable[bool]],
        first: Callable[[], Awaitable[None]],
    ) -> None:
        """Make the draft of a reply.

        Args:
            turn: What is answered.
            platform: The customer's.
            store: Keeps the reply's post from before it is seen.
            since: When the turn was claimed, by the loop's clock.
            changed: Is set by what restarts a turn of which nothing was shown.
            with_people: Says whether a person answers the customer by now.
            first: Is called just before something is seen.
        """
        self.key = turn.live or new_key()
        self.committed = self.overtaken = False
        self._turn = turn
        self._platform = platform
        self._store = store
        self._changed = changed
        self._with_people = with_people
        self._first = first
        self._progress = Progress(since)
        self._ref = ""
        self._kept = False
        # What an earlier try may have shown is only ended: nobody knows how far it came.
        self._over = bool(turn.live)
        self._timer: asyncio.TimerHandle | None = None
        self._showing: asyncio.Task[None] | None = None
        self._hearing: asyncio.Task[object] | None = None

    @property
    def begun(self) -> str:
        """The key of the post that something may be seen of; empty where none is."""
        return self.key if self._kept or self._turn.live else ""

    @property
    def said(self) -> str:
        """What the customer may have read of it."""
        return self._progress.shown if self._kept else ""

    def cut(self) -> Cut:
        """Return what is seen of it, for it to be closed there."""
        return Cut(self.begun, self.said, self._platform.limit)

    def hear(self, piece: Opening | Sentence) -> None:
        """Take the next words."""
        self._hearing = asyncio.current_task()
        if isinstance(piece, Opening):
            self._progress = replace(self._progress, action=piece.action)
        else:
            self._progress = replace(self._progress, text=self._progress.text + piece.text)
        self._plan()

    async def finish(self) -> None:
        """Show nothing more; return once nothing is on its way."""
        self._over, self._hearing = True, None
        if self._timer:
            self._timer.cancel()
        if self._showing:
            try:
                await asyncio.wait({self._showing})
            except asyncio.CancelledError:
                self.drop()
                raise

    def drop(self) -> None:
        """Give up at once: what is on its way may or may not be seen."""
        self._over = True
        if self._timer:
            self._timer.cancel()
        if self._showing:
            self._showing.cancel()

    def _plan(self) -> None:
        if self._over or self._showing:
            return
        loop = asyncio.get_running_loop()
        at = due(self._progress, self._platform.limit)
        if at is None and self._kept:
            at = loop.time() + LOOK_SECONDS
        if at is None or (self._timer and self._timer.when() <= at):
            return
        if self._timer:
            self._timer.cancel()
        self._timer = loop.call_at(at, self._start)

    def _start(self) -> None:
        self._timer = None
        self._showing = asyncio.create_task(self._show())
        self._showing.add_done_callback(self._ended)

    def _ended(self, showing: asyncio.Task[None]) -> None:
        self._showing = None
        if not showing.cancelled():
            if error := showing.exception():
                self._over = True  # its end does not depend on this
                log.error("A reply could not be shown while it is written: %s", describe(error))
            self._plan()

    async def _show(self) -> None:
        text = visible(self._progress, self._platform.limit)
        if self._changed.is_set() and not self.committed:
            self._over = True  # the turn begins anew
            return
        self.committed = True  # in one step with the look at what changed: either restarts it or is too late
        newest = self._turn.newest
        post = Post(self.key, newest.place, text, reply_to=original(newest.id), live=True)
        before = self._progress
        try:
            if not self._kept:
                await self._begin(post)
            elif await self._with_people():
                self._over = self.overtaken = True
                if self._hearing:
                    self._hearing.cancel()
            elif text != before.shown:
                self._progress = replace(self._progress, shown=text)
                await self._platform.show(self._ref, post)
        except TryLater as error:
            self._progress = replace(self._progress, shown=before.shown)
            self._wait(error.after)
        except Refused:
            self._progress = replace(self._progress, shown=before.shown)
            self._over = True
        except Unknown:
            self._over = True  # what is seen is found out when it ends
        else:
            if text != before.shown:
                self._wait(0.0)

    def _wait(self, seconds: float) -> None:
        now = asyncio.get_running_loop().time()
        self._progress = replace(self._progress, shown_at=now, not_before=now + seconds)

    async def _begin(self, post: Post) -> None:
        if not await insist(lambda: self._store.begin(self._turn, post)):
            self.committed = False
            raise TryLater("another post goes there first", EVERY_SECONDS)
        self._kept = True
        self._progress = replace(self._progress, shown=post.text)
        await self._first()
        try:
            ref = await self._platform.begin(post, self._turn.customer)
        except (TryLater, Refused):
            await insist(lambda: self._store.not_begun(self.key))
            self._kept = self.committed = False
            raise
        self._ref = ref
        await insist(lambda: self._store.began(self.key, ref))
