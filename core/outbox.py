"""Sends what was decided: in order per place, many places at once, each post effectively once."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

from core import words
from core.faults import describe
from core.insist import insist
from core.markdown import escape, excerpt, unescape
from core.messages import Agents, Post, platform_of
from core.plain import plainer
from core.ports import BadForm, Platform, Refused, TryLater, Unknown
from core.posts import new_key
from core.store import OutboxRow, Store
from core.waiting import wait_for

log = logging.getLogger(__name__)

# About four minutes in all, then whoever waits is told otherwise.
MAX_TRIES = 8
LONGEST_WAIT = 60.0
# How long a request whose connection broke may still be on its way, before the platform is asked.
IN_FLIGHT_SECONDS = 2.0
EXCERPT = 300


class Outbox:
    """Takes posts from the store and gives them to their platforms."""

    def __init__(self, store: Store, platforms: Mapping[str, Platform], agents: Agents | None = None) -> None:
        self._store = store
        self._platforms = platforms
        self._agents = agents
        self._woken = asyncio.Event()
        self._sending: set[asyncio.Task[None]] = set()
        self._stopping = False

    def wake(self) -> None:
        """Look for posts now."""
        self._woken.set()

    def send(self, rows: Sequence[OutboxRow]) -> None:
        """Send posts that were taken from the store already."""
        for row in rows:
            self._start(row)

    async def take_up(self) -> None:
        """Settle what a process which is gone was sending; before anything is decided."""
        names = tuple(self._platforms)
        self.send(await insist(lambda: self._store.doubtful_posts(names)))

    async def run(self) -> None:
        """Send until `stop` is called; what is being sent then goes on, see `finish`."""
        names = tuple(self._platforms)
        while True:
            last = self._stopping
            self._woken.clear()
            self.send(await insist(lambda: self._store.take_posts(names)))
            if last:
                return
            await wait_for(self._woken, until=await insist(lambda: self._store.next_post(names)))

    def stop(self) -> None:
        """Let `run` take what waits now, and nothing after that."""
        self._stopping = True
        self.wake()

    async def finish(self, seconds: float) -> None:
        """Wait for what is being sent, then give it up: the store knows that it is in doubt."""
        if self._sending:
            await asyncio.wait(self._sending, timeout=seconds)
        for task in self._sending:
            task.cancel()
        await asyncio.gather(*self._sending, return_exceptions=True)

    def _start(self, row: OutboxRow) -> None:
        task = asyncio.create_task(self._doubted(row) if row.doubtful else self._send(row))
        self._sending.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error(
                "A post could not be recorded and is looked up at the next start: %s",
                describe(error),
            )

    def _platform(self, row: OutboxRow) -> Platform:
        return self._platforms[platform_of(row.post.place)]

    async def _send(self, row: OutboxRow) -> None:
        try:
            ref = await self._done(row)
        except TryLater as error:
            await self._again(row, error)
        except BadForm as error:
            await self._plainer(row, error)
        except Refused as error:
            await self._refused(row, error)
        except Unknown:
            await self._doubted(row)
        except Exception as error:
            await self._give_up(row, describe(error))
        else:
            await self._posted(row, ref)

    async def _refused(self, row: OutboxRow, error: Refused) -> None:
        if row.ref:
            await self._anew(row)
        else:
            await self._give_up(row, str(error))

    async def _anew(self, row: OutboxRow) -> None:
        """Post a reply of which what was seen can't be changed any more, or is gone; its end is not lost."""
        if not row.post.text:
            await self._posted(row, row.ref)
            return
        log.info("A reply could not be ended where it was begun; it is posted anew.")
        await insist(lambda: self._store.post_anew(row))
        await self._send(replace(row, ref="", post=replace(row.post, live=False)))

    async def _done(self, row: OutboxRow) -> str:
        """Do what a row says; return the reference of what is on the platform."""
        platform, post = self._platform(row), row.post
        if row.ref:
            await platform.edit(row.ref, replace(post, edits=post.key))
            return row.ref
        if post.edits:
            await platform.edit(row.edits, post)
            return row.edits
        if post.sign:
            await platform.react(post.reply_to, post.sign)
            return ""
        return await platform.post(self._placed(row))

    def _placed(self, row: OutboxRow) -> Post:
        """Return a row's post with the place where it really goes: below another one, if it says so."""
        if not row.under:
            return row.post
        return replace(row.post, place=self._platform(row).below(row.under))

    async def _posted(self, row: OutboxRow, ref: str) -> None:
        thread = self._platform(row).below(ref) if row.post.buttons and ref else ""
        if await insist(lambda: self._store.posted(row, ref, thread)):
            self.wake()

    async def _later(self, row: OutboxRow, not_before: float, why: str) -> None:
        await insist(lambda: self._store.try_later(row, not_before, why))
        self.wake()

    async def _doubted(self, row: OutboxRow) -> None:
        await asyncio.sleep(IN_FLIGHT_SECONDS)
        post = row.post
        if post.edits or post.sign or row.ref:  # twice does no harm
            await self._again(row, TryLater("the connection broke"))
        elif post.only:
            await self._posted(row, "")  # a hint that can't be looked up, and is not worth a second one
        else:
            await self._settle(row)

    async def _settle(self, row: OutboxRow) -> None:
        """Find out whether a post in doubt is on its platform; send it again only if it surely is not."""
        post = self._placed(row)
        for attempt in range(MAX_TRIES):
            try:
                known = await insist(lambda: self._store.known_refs(row.post.place, row.created_at - 60))
                ref = await self._platform(row).find(post, row.created_at, known)
            except (TryLater, Unknown) as error:
                await asyncio.sleep(_delay(attempt, getattr(error, "after", 1.0)))
            except Refused as error:
                await self._give_up(row, f"may be posted or not: {error}")
                return
            else:
                await self._record(row, ref)
                return
        await self._give_up(row, "may be posted or not: the platform could not be asked")

    async def _record(self, row: OutboxRow, ref: str | None) -> None:
        if row.post.live and ref:  # its first words may be all that is seen
            await insist(lambda: self._store.began(row.post.key, ref))
            await self._send(replace(row, ref=ref, doubtful=False))
        elif row.post.live and not row.post.text:
            await self._posted(row, "")  # nothing is left to be removed
        elif ref is None and row.attempts + 1 >= MAX_TRIES:
            await self._give_up(row, "the connection broke every time")
        elif ref is None:
            await self._later(row, 0.0, "was not posted before")
        else:
            await self._posted(row, ref)

    async def _again(self, row: OutboxRow, error: TryLater) -> None:
        if row.attempts + 1 >= MAX_TRIES:
            await self._give_up(row, str(error))
        else:
            await self._later(row, time.time() + _delay(row.attempts, error.after), str(error))

    async def _plainer(self, row: OutboxRow, error: BadForm) -> None:
        """Send a post that was refused for its form again, plain: the same row, so that it stays one."""
        limit = self._platform(row).limit
        parts = plainer(row.post, limit, was_plain=row.plain, buttons=error.buttons)
        if not parts:
            await self._refused(row, error)
            return
        log.warning("A post to %s was refused for its form and is sent plain: %s", row.post.place, error)
        await insist(lambda: self._store.post_plainer(row, parts, str(error)))
        self.wake()

    async def _give_up(self, row: OutboxRow, why: str) -> None:
        """Leave a post; the agents hear of one that a customer was to read and nothing stands in for."""
        post = row.post
        log.error("A post to %s could not be made: %s", post.place, why)
        instead = []
        # Of an agent's own words the agent hears where they were written.
        silent = post.sign or post.edits or post.only or (post.carries and not post.under) or not post.text
        if self._agents and post.under and (post.carries or post.mention) and not silent:
            text = words.not_below(escape(excerpt(unescape(post.text), EXCERPT)))
            instead = [Post(new_key(), post.place, text, self._agents.mention)]
        elif self._agents and post.place != self._agents.place and not silent and not post.under:
            where = await self._platform(row).where(row.post.place)
            text = words.in_doubt(escape(where), escape(excerpt(row.post.text, EXCERPT)))
            instead = [Post(new_key(), self._agents.place, text, self._agents.mention)]
        await insist(lambda: self._store.failed(row, why, instead))
        self.wake()


def _delay(attempts: int, wished: float) -> float:
    return min(max(wished, 2.0**attempts / 2), LONGEST_WAIT)
