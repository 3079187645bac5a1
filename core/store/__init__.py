"""The SQLite file: messages, turns, posts, cases, usage. Each public method is one transaction."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sqlite_utils import Database

from core.handover import Change, Note
from core.messages import (
    Author,
    Case,
    CaseState,
    CaseStep,
    IncomingMessage,
    Post,
    Press,
    Reading,
    Reason,
    SaidBefore,
    StoredMessage,
    Summary,
    Turn,
    Usage,
    original,
)
from core.posts import new_key
from core.presses import Pressed
from core.store import (
    cases,
    changes,
    forgetting,
    history,
    inbox,
    joining,
    live,
    people,
    posts,
    questions,
    ratings,
    summaries,
    sweeping,
    turns,
    usage,
)
from core.store.commits import GroupCommit
from core.store.database import StoreUnusable, connect, copy, first, marks
from core.store.forgetting import Card, Holdings, Removed
from core.store.forgotten import is_forgotten, is_gone
from core.store.posts import OutboxRow, Reword
from core.store.questions import CustomerTurn
from core.store.summaries import Material
from core.store.turns import Claimed, Decision, OthersWrote
from core.store.usage import Bill, By, Limit, Planned, Reserved, Settled, Spending
from core.thumbs import Given

__all__ = [
    "By",
    "Claimed",
    "CustomerTurn",
    "Decision",
    "Holdings",
    "Limit",
    "Material",
    "OthersWrote",
    "OutboxRow",
    "Planned",
    "Receipt",
    "Removed",
    "Reserved",
    "Settled",
    "Spending",
    "Store",
    "StoreUnusable",
]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a message: whether it was new, or the case in whose thread it was written.

    `grew` says that it was known, and waits with files now that it was first delivered without.
    """

    new: bool
    case: Case | None = None
    grew: bool = False


class Store:
    """One SQLite file, one connection, one thread that uses it."""

    def __init__(
        self, db: Database, thread: ThreadPoolExecutor, session_seconds: float | None = None
    ) -> None:
        self._db = db
        self._session_seconds = session_seconds
        self._thread = thread
        self._commits = GroupCommit(db, thread)
        self._held: set[str] = set()
        self._let_go = asyncio.Event()
        # Whether the file was written anew since somebody was forgotten.
        self._is_rewritten = False

    @classmethod
    async def open(cls, path: Path, session_seconds: float | None = None) -> Store:
        """Open the file, create it or bring its tables up to date.

        Args:
            path: The file.
            session_seconds: After how long a silence a turn that is claimed begins a session of its own;
                None: never.

        Raises:
            StoreUnusable: It is no database, damaged, locked, not writable, or of a newer Frontdesk.
        """
        thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        try:
            db = await asyncio.get_running_loop().run_in_executor(thread, connect, path)
        except BaseException:
            thread.shutdown(wait=False)
            raise
        return cls(db, thread, session_seconds)

    async def close(self) -> None:
        """Finish what is under way and close the file."""
        self._commits.begin(asyncio.get_running_loop())
        await self._run(lambda db: db.close())
        self._thread.shutdown(wait=True)

    async def _run(self, work: Callable[[Database], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, self._db)

    async def _write(self, work: Callable[[Database], T], *, durable: bool = True) -> T:
        """Do some work in a transaction of its own, committed together with what else waits.

        Args:
            work: What to do.
            durable: Whether it must survive a loss of power. What only says who is at work on what need
                not: at the next start it is found out anew. A killed process loses neither.
        """
        return await self._commits.run(work, durable=durable)

    # --- the inbox -----------------------------------------------------------------------------------

    async def add(self, message: IncomingMessage, tokens: int, opening: Sequence[Post] = ()) -> Receipt:
        """Store a customer's message, unless its id is known already (a second delivery).

        What was written in the thread of a case is left to `hear`. With a new message goes what is posted
        above its answer.
        """

        def work(db: Database) -> Receipt:
            if case := cases.case_below(db, message.answer_place):
                return Receipt(new=False, case=case)
            if is_forgotten(db, message.author.id, message.sent_at):
                changes.bury(db, message.id, None, time.time())  # nor is a later edit of it taken in
                return Receipt(new=False)
            if inbox.add(db, message, tokens):
                posts.add_posts(db, opening, None)
                return Receipt(new=True)
            return Receipt(new=False, grew=inbox.add_files(db, message, tokens))

        return await self._write(work)

    async def keep_readings(self, message: str, readings: Sequence[Reading]) -> None:
        """Keep what the files of a message say, for later turns; nothing of a message that is gone."""
        await self._write(lambda db: inbox.keep_readings(db, message, readings))

    async def serves(self, conversation: str, place: str = "") -> bool:
        """Say whether anything was ever stored in a conversation, or its place is the thread of a case."""
        query = (
            "SELECT 1 FROM conversations WHERE id = ? UNION ALL SELECT 1 FROM cases "
            "WHERE thread = ? AND thread != ''"
        )
        arguments = [conversation, place or conversation]
        return await self._run(lambda db: first(db, query, arguments) is not None)

    async def claim(
        self, platforms: Sequence[str], now: float | None = None, oldest: float = 0.0
    ) -> Turn | None:
        """Claim what one customer has waiting in the conversation that waits longest, or return None.

        Args:
            platforms: Whose conversations.
            now: The time, in seconds since the epoch.
            oldest: What was written before this time is passed over; see `late`.
        """
        moment = time.time() if now is None else now
        session = self._session_seconds
        return await self._write(
            lambda db: turns.claim(db, platforms, moment, oldest, session), durable=False
        )

    async def claim_all(self, platforms: Sequence[str], most: int, oldest: float = 0.0) -> Claimed:
        """Claim all that can be claimed now, so many turns at most; see `claim`."""
        now, session = time.time(), self._session_seconds
        return await self._write(
            lambda db: turns.claim_all(db, platforms, most, now, oldest, session), durable=False
        )

    async def extend(self, turn: Turn) -> Turn | None:
        """Bring a claimed turn up to date; None, and no turn any more, if its messages were all deleted."""
        session = self._session_seconds
        return await self._write(lambda db: turns.extend(db, turn, session), durable=False)

    async def edit(
        self, id: str, text: str, tokens: int, at: float, reword: Reword, *, to_others: bool = False
    ) -> tuple[str, str] | None:
        """Replace a message's words by those of an edit at a time, and where they were passed on to.

        The message may be still to come. With `to_others` it is said to other people now.

        Returns:
            The message's conversation and author if it is known and its words changed, else None.
        """

        def work(db: Database) -> tuple[str, str] | None:
            before = changes.words_of(db, id)
            if not changes.edit(db, id, text, tokens, at, to_others=to_others):
                return None
            summaries.forget(db, id)
            if before:
                people.requote(db, *before, text)
            posts.carry_over(db, id, text, reword)
            return changes.whose(db, id)

        return await self._write(work)

    async def delete(
        self, id: str, stands_for_it: str, tokens: int, reword: Reword
    ) -> tuple[str, str] | None:
        """Remove a message's words, also of one that is still to come; returns as `edit` does."""

        def work(db: Database) -> tuple[str, str] | None:
            posts.carry_over(db, id, None, reword)
            summaries.forget(db, id)
            if before := changes.words_of(db, id):
                people.requote(db, *before, stands_for_it)
            whose = changes.delete(db, id, stands_for_it, tokens)
            live.close_left(db)
            return whose

        return await self._write(work)

    async def hold(self, place: str) -> None:
        """Let the turns of a place (with what is below it), or of a whole platform, wait."""
        query = "INSERT INTO held(place) VALUES (?) ON CONFLICT(place) DO NOTHING"
        self._held.add(place)
        await self._run(lambda db: db.execute(query, [place]))

    async def let_go(self, place: str) -> None:
        """End a hold."""
        await self._run(lambda db: db.execute("DELETE FROM held WHERE place = ?", [place]))
        self._held.discard(place)
        self._let_go.set()

    async def until_let_go(self, place: str) -> None:
        """Return once neither a place nor what is above it is held."""
        while any(place == held or place.startswith((f"{held}:", f"{held}/")) for held in self._held):
            self._let_go.clear()
            await self._let_go.wait()

    async def late(self, platforms: Sequence[str], oldest: float) -> list[Turn]:
        """Return what was written before `oldest` and still waits, a turn per customer and conversation."""
        return await self._run(lambda db: turns.late(db, platforms, oldest))

    async def settle_late(self, late: Sequence[Turn], new_posts: Sequence[Post]) -> None:
        """Close late turns as not answered, and post what is said of them."""

        def work(db: Database) -> None:
            if not all(turns.still_waits(db, turn) for turn in late):
                return  # somebody was forgotten meanwhile: what is posted would quote them
            for turn in late:
                turns.settle(db, turn, Reason.LATE)
            posts.add_posts(db, new_posts, None)

        await self._write(work)

    async def last_seen(self, platform: str) -> float | None:
        """Return until when everything that a platform delivered is in the inbox, if it ever was."""
        query = "SELECT at FROM seen WHERE platform = ?"
        row = await self._run(lambda db: first(db, query, [platform]))
        return row[0] if row else None

    async def saw(self, platform: str, at: float) -> None:
        """Record that everything that a platform delivered until then is in the inbox."""
        query = (
            "INSERT INTO seen(platform, at) VALUES (?, ?) "
            "ON CONFLICT(platform) DO UPDATE SET at = max(at, excluded.at)"
        )
        await self._write(lambda db: db.execute(query, [platform, at]))

    async def conversations(self, platform: str, since: float) -> list[str]:
        """Return the conversations of a platform in which something was said since then, newest first.

        The threads of cases come behind them.
        """
        query = (
            "SELECT conversation FROM messages WHERE platform = ? GROUP BY conversation "
            "HAVING max(sent_at) >= ? ORDER BY max(sent_at) DESC"
        )
        # Nothing is left to see of when those wrote who were forgotten.
        emptied = (
            "SELECT conversation FROM turns WHERE platform = ? AND claimed_at >= ? AND NOT EXISTS "
            "(SELECT 1 FROM messages WHERE messages.conversation = turns.conversation) "
            "GROUP BY conversation"
        )
        threads = "SELECT thread FROM cases WHERE substr(thread, 1, ?) = ? AND max(since, spoke_at) >= ?"

        def work(db: Database) -> list[str]:
            theirs = db.execute(query, [platform, since]).fetchall()
            gone = db.execute(emptied, [platform, since]).fetchall()
            ours = db.execute(threads, [len(platform) + 1, f"{platform}:", since]).fetchall()
            return [row[0] for row in [*theirs, *gone, *ours]]

        return await self._run(work)

    async def backup(self, path: Path) -> None:
        """Write a consistent copy of the file, while it is in use."""
        await self._run(lambda db: copy(db, path))

    async def next_waiting(self, platforms: Sequence[str]) -> float | None:
        """Return when the next message that was put back may be claimed again, or None."""
        return await self._run(lambda db: turns.next_waiting(db, platforms))

    async def decide(
        self,
        turn: Turn,
        decision: Decision,
        platforms: Sequence[str] = (),
        customers: Set[str] | None = None,
    ) -> list[OutboxRow] | None:
        """Write what a turn came to; return None, and write nothing, if it was no longer ours to decide.

        That is so when a person has taken the conversation over since the turn was claimed.

        Args:
            turn: The turn.
            decision: What it came to.
            platforms: Whose posts are to be sent.
            customers: Who is known to be no agent, for an answer that is not to talk over one; None where
                there are no agents.

        Returns:
            The posts of these platforms that can be sent now, as `take_posts` does: a reply need not wait
            for the disk once more.

        Raises:
            OthersWrote: People of whom that is not known wrote in the conversation meanwhile.
        """

        def work(db: Database) -> list[OutboxRow] | None:
            if customers is not None:
                turns.check_others(db, turn, decision, customers)
            if not turns.decide(db, turn, decision):
                return None
            return posts.take_posts(db, platforms, time.time())

        return await self._write(work)

    async def say_meanwhile(self, turn: Turn, word: Post, platforms: Sequence[str]) -> list[OutboxRow]:
        """Post a word to the customer of a turn that takes long, unless it is decided or with people by now.

        Args:
            turn: A claimed turn.
            word: Its key is a `word_key`: what comes of the turn before it is posted drops it.
            platforms: Whose posts are to be sent.

        Returns:
            As `decide`; nothing where the word is not posted.
        """

        def work(db: Database) -> list[OutboxRow]:
            if not turns.say_meanwhile(db, turn, word):
                return []
            return posts.take_posts(db, platforms, time.time())

        return await self._write(work)

    async def release(self, turn: Turn, delay: float = 0.0, *, counts: bool = True) -> None:
        """Put a turn's messages back to be claimed again, after `delay` seconds.

        Args:
            turn: A claimed turn.
            delay: Seconds to wait before it is claimed again.
            counts: Whether the try counts as failed; a clean shutdown does not.
        """
        await self._write(lambda db: turns.release(db, [turn.id], time.time() + delay, counts=counts))

    async def join(self, turn: Turn, said: Sequence[tuple[SaidBefore, int]]) -> bool:
        """Store what was said before the bot was called, with its tokens, as history of a claimed turn.

        It is not looked for again.

        Returns:
            Whether there was anything; the turn is put back then, to be claimed with it.
        """

        def work(db: Database) -> bool:
            found = joining.join(db, turn, said)
            if found:
                turns.release(db, [turn.id], 0.0, counts=False)
            return found

        return await self._write(work)

    async def release_left_over(self, platforms: Sequence[str]) -> int:
        """Put back the turns that a process which is gone had claimed; return how many there were."""
        query = f"SELECT id FROM turns WHERE state = 'claimed' AND platform IN ({marks(platforms)})"

        def work(db: Database) -> int:
            ids = [row[0] for row in db.execute(query, list(platforms))]
            turns.release(db, ids, 0.0, counts=True)
            return len(ids)

        return await self._write(work)

    # --- conversations -------------------------------------------------------------------------------

    async def history(self, conversation: str) -> list[StoredMessage]:
        """Return what was said in a conversation and answered, oldest first, the whole of it."""
        return await self._run(lambda db: history.history(db, conversation, 0, before=None))

    async def language(self, who: str, conversation: str = "") -> str:
        """Return the language of a conversation, or the one in which somebody was spoken to last.

        Empty where neither is known.
        """
        query = (
            "SELECT language FROM conversations WHERE id = ? AND language != '' UNION ALL "
            "SELECT language FROM (SELECT language FROM turns JOIN conversations ON conversations.id = "
            "turns.conversation WHERE turns.customer = ? AND language != '' ORDER BY turns.id DESC LIMIT 1) "
            "LIMIT 1"
        )
        row = await self._run(lambda db: first(db, query, [conversation, who]))
        return str(row[0]) if row else ""

    async def start_afresh(self, conversation: str) -> None:
        """Let later prompts begin after what was said so far, and take back an open offer."""
        await self._write(lambda db: people.start_afresh(db, conversation, time.time()))

    async def unsummarised(self, conversation: str) -> Material | None:
        """Return what the next summary of a conversation may be made of, if anything was said there."""
        return await self._run(lambda db: summaries.material(db, conversation))

    async def keep_summary(self, conversation: str, revision: int, summary: Summary) -> bool:
        """Store a summary; return False, and store nothing, if it may tell of words taken back meanwhile.

        Args:
            conversation: Whose.
            revision: The conversation's when what the summary is made of was read.
            summary: What to store.
        """
        return await self._write(lambda db: summaries.keep(db, conversation, revision, summary))

    # --- cases ---------------------------------------------------------------------------------------

    async def open_cases(self, conversation: str) -> list[Case]:
        """Return the open cases of a conversation, the newest first."""
        return await self._run(lambda db: cases.open_cases(db, conversation))

    async def cases(self, states: Iterable[CaseState] = tuple(CaseState)) -> list[Case]:
        """Return all cases in some states, the newest first."""
        wanted = list(states)
        among = f"state IN ({marks(wanted)})"
        return await self._run(lambda db: cases.find_cases(db, among, [*wanted]))

    async def case(self, key: str) -> Case | None:
        """Return the case with a key."""
        return await self._run(lambda db: cases.case_of(db, key))

    async def case_below(self, place: str) -> Case | None:
        """Return the case in whose thread a place is."""
        return await self._run(lambda db: cases.case_below(db, place))

    async def steps(self, case: Case) -> list[CaseStep]:
        """Return a case's steps, in order."""
        return await self._run(lambda db: cases.steps_of(db, case.id))

    async def said_in(self, case: Case) -> list[StoredMessage]:
        """Return what a case's customer and its agents said to each other; nothing that stayed internal."""
        return await self._run(lambda db: questions.said_in_case(db, case.id))

    async def customer_turns(self, reasons: Sequence[Reason], since: float) -> list[CustomerTurn]:
        """Return what customers asked wherever the articles failed them; see `questions.customer_turns`."""
        return await self._run(lambda db: questions.customer_turns(db, reasons, since))

    async def change(self, key: str, apply: Callable[[Case], Change | None]) -> bool:
        """Change a case by what a pure function makes of it as it is now; return whether it did."""

        def work(db: Database) -> bool:
            case = cases.case_of(db, key)
            change = apply(case) if case else None
            if change:
                people.change_case(db, change, time.time())
            return change is not None

        return await self._write(work)

    async def press(
        self, key: str, note: str, apply: Callable[[Case, Note | None, bool], Pressed]
    ) -> Pressed | None:
        """Do what a press on a button of a case says; return None if there is no such case.

        Args:
            key: The case's.
            note: The id of the agent's message that the button stands below; may be empty.
            apply: Pure; from the case, that message, and whether its customer has another open case.
        """

        def work(db: Database) -> Pressed | None:
            case = cases.case_of(db, key)
            if case is None:
                return None
            found = cases.open_cases(db, case.conversation)
            others = [c for c in found if c.customer.id == case.customer.id and c.id != case.id]
            busy = any(other.is_with_people for other in others)
            pressed = apply(case, cases.note_of(db, note, case.id), busy)
            if pressed.change:
                people.change_case(db, pressed.change, time.time(), instead_of=others)
            return pressed

        return await self._write(work)

    async def hear(
        self, key: str, message: IncomingMessage, tokens: int, apply: Callable[[Case, str], Change]
    ) -> bool:
        """Take what an agent wrote in the thread of a case; return False if it is known already.

        Args:
            key: The case's.
            message: What was written.
            tokens: How many tokens it has.
            apply: Pure; from the case as it is now and the message's last words to what becomes of them.
        """

        def work(db: Database) -> bool:
            last, case = changes.last_words(db, message.id), cases.case_of(db, key)
            text = last.text if last else message.text
            if case is None or text is None:
                return False
            change = apply(case, text)
            kept, files = (text, message.files) if change.keeps else ("", ())
            note = Note(message.id, message.author, kept, tokens, files)
            if not cases.add_note(db, note, case.id, time.time()):
                return False
            people.change_case(db, change, time.time())
            return True

        return await self._write(work)

    async def newest_of(self, case: Case) -> str | None:
        """Return the id of the last message that a case's customer wrote in its conversation."""
        query = (
            "SELECT id FROM messages WHERE conversation = ? AND author = ? AND role = 'customer' "
            "ORDER BY seq DESC LIMIT 1"
        )
        row = await self._run(lambda db: first(db, query, [case.conversation, case.customer.id]))
        return original(row[0]) if row else None

    async def names(self, ids: Iterable[str]) -> dict[str, str]:
        """Return the known names of people by their ids."""
        wanted = list(dict.fromkeys(ids))
        query = f"SELECT id, name FROM people WHERE id IN ({marks(wanted)})"
        return await self._run(lambda db: dict(db.execute(query, wanted).fetchall()))

    async def remember_name(self, author: Author) -> None:
        """Keep the name that people know an author by."""

        def work(db: Database) -> None:
            # It may have been asked for while they were forgotten.
            if not is_gone(db, author.id):
                inbox.remember_name(db, author)

        await self._write(work)

    # --- being forgotten -----------------------------------------------------------------------------

    async def holdings(self, who: str) -> Holdings:
        """Return how much is kept of a customer, by their id."""
        return await self._run(lambda db: forgetting.holdings(db, who))

    async def wish_to_be_forgotten(self, who: str, at: float) -> None:
        """Keep a customer's wish until it is carried out."""
        await self._write(lambda db: forgetting.ask(db, who, at))

    async def keep(self, who: str) -> None:
        """Drop a customer's wish to be forgotten, if it was not carried out yet."""
        await self._write(lambda db: forgetting.keep(db, who))

    async def wishes(self) -> list[str]:
        """Return who waits to be forgotten, the oldest wish first."""
        return await self._run(forgetting.wishes)

    async def is_under_way(self, who: str) -> bool:
        """Say whether an answer to a customer is being made or sent, or what came of their case."""
        return await self._run(lambda db: forgetting.is_under_way(db, who))

    async def forget(
        self, who: str, card: Card, asked_at: float | None = None, news: str = ""
    ) -> Removed | None:
        """Remove the words of a customer who wishes it from every table; the figures stay, and the ids.

        Args:
            who: The customer's id.
            card: Pure; from a case to the edits that bring its card up to date.
            asked_at: When they wished it; None if that is known. It is kept until it can be done.
            news: What is posted to the customer where their last case was answered; may be empty.

        Returns:
            What was removed; None, and nothing is, while people deal with them, or if they no longer
            wish it.
        """

        def work(db: Database) -> Removed | None:
            if asked_at is not None:
                forgetting.ask(db, who, asked_at)
            if who not in forgetting.wishes(db) or forgetting.is_with_people(db, who):
                return None
            removed = forgetting.forget(db, who, card)
            if news and (last := removed.last):
                only = who if last.shared else ""
                posts.add_posts(db, [Post(new_key(), last.place, news, only=only)], None)
            self._is_rewritten = False
            return removed

        return await self._write(work)

    async def is_unswept(self) -> bool:
        """Say whether words that were removed may still be in the file's bytes."""
        return await self._run(sweeping.is_unswept)

    async def size(self) -> int:
        """Return how large the file is, in bytes."""
        query = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
        return int((await self._run(lambda db: first(db, query, [])))[0])

    async def sweep(self) -> bool:
        """Write the file anew without what was removed; return False if another process reads it just now.

        Nothing else can use the file meanwhile.

        Raises:
            sqlite3.OperationalError: There is no room, or another process writes.
        """

        def work(db: Database) -> bool:
            if not self._is_rewritten:
                sweeping.rewrite(db)
                self._is_rewritten = True
            return sweeping.empty_log(db)

        return await self._run(work)

    # --- what customers make of answers ---------------------------------------------------------------

    async def given(self, key: str) -> Given | None:
        """Return the answer that a post belongs to, by the post's key."""
        return await self._run(lambda db: ratings.given(db, ratings.BY_KEY, key))

    async def given_by_ref(self, ref: str) -> Given | None:
        """Return the answer that a post belongs to, by the post's reference."""
        return await self._run(lambda db: ratings.given(db, ratings.BY_REF, ref))

    async def rate(self, turn: int, press: Press, at: float) -> None:
        """Keep with an answer whether it was helpful; who changes their mind is believed."""
        await self._write(lambda db: ratings.rate(db, turn, press, at))

    async def unrate(self, turn: int, press: Press, at: float) -> None:
        """Take back what was said of an answer, if that was said last."""
        await self._write(lambda db: ratings.unrate(db, turn, press, at))

    async def ratings(self, since: float) -> dict[Press, int]:
        """Return how many answers since a time were rated, and how."""
        return await self._run(lambda db: ratings.ratings(db, since))

    # --- what calls to models cost --------------------------------------------------------------------

    async def reserve(self, call: Planned, limits: Sequence[Limit]) -> Reserved:
        """Set aside what a call may cost, unless that would pass a limit; many at once pass none either."""
        return await self._write(lambda db: usage.reserve(db, call, limits), durable=False)

    async def settle(self, number: int, used: Usage | None, bill: Bill) -> Settled | None:
        """Book what a call cost in the place of what was set aside; see `usage.settle`.

        Nobody waits for it but the next reservation, which is written behind it: mostly it goes with a reply.
        """
        return await self._commits.run(
            lambda db: usage.settle(db, number, used, bill), durable=False, hurried=False
        )

    async def settle_left_over(self) -> int:
        """Book what a process which is gone had set aside; return how many calls that were."""
        return await self._write(usage.settle_left_over)

    async def spent(self, periods: Sequence[str], who: str) -> list[int]:
        """Return what all (`ALL`), or a customer, spent in periods; those without anything are left out."""
        return await self._run(lambda db: usage.spent(db, periods, who))

    async def spending(self, by: By, since: str) -> list[Spending]:
        """Return what the calls from a day on (`2026-11-22`) used, by what they have in common."""
        return await self._run(lambda db: usage.spending(db, by, since))

    async def tell_once(self, key: str, covers: Sequence[str], new_posts: Sequence[Post]) -> bool:
        """Put posts into the outbox unless that was done under this key; see `usage.tell_once`."""
        return await self._write(lambda db: usage.tell_once(db, key, covers, new_posts))

    # --- replies that are seen while they are written ------------------------------------------------

    async def begin(self, turn: Turn, post: Post) -> bool:
        """Keep a reply to a turn before its first words are shown; False if it can't be begun now."""
        return await self._write(lambda db: live.begin(db, turn.id, turn.newest.id, post))

    async def began(self, key: str, ref: str) -> None:
        """Record the reference of a reply whose first words are seen."""
        await self._write(lambda db: live.began(db, key, ref), durable=False)

    async def not_begun(self, key: str) -> None:
        """Forget that a reply was begun: nothing of it is seen for sure."""
        await self._write(lambda db: live.not_begun(db, key), durable=False)

    async def post_anew(self, row: OutboxRow) -> None:
        """Let a reply that is gone from its platform be posted as any other."""
        await self._write(lambda db: live.anew(db, row.post.key))

    async def as_it_is_now(self, turn: Turn, gone: str) -> Turn:
        """Return a claimed turn with its messages' words of now; `gone` stands for a deleted message."""
        return await self._run(lambda db: turns.as_it_is_now(db, turn, gone))

    async def overtaken(self, turn: Turn, customers: Set[str] | None) -> bool:
        """Say whether people answer a turn by now; arguments and OthersWrote as for `decide`."""
        return await self._run(lambda db: turns.overtaken(db, turn, customers))

    # --- the outbox ----------------------------------------------------------------------------------

    async def take_posts(self, platforms: Sequence[str], now: float | None = None) -> list[OutboxRow]:
        """Mark what can be sent now as being sent, and return it: the first open post of each place.

        A post that waits for another one holds up nothing behind it.
        """
        moment = time.time() if now is None else now
        return await self._write(lambda db: posts.take_posts(db, platforms, moment))

    async def doubtful_posts(self, platforms: Sequence[str]) -> list[OutboxRow]:
        """Return the posts that a process which is gone was sending: they may be on their platform."""
        among = f"platform IN ({marks(platforms)})"
        query = (
            f"SELECT {posts.COLUMNS} FROM posts AS p WHERE {posts.OPEN} AND state = 'sending' AND live != 1 "
            f"AND {among}"
        )
        rows = await self._run(lambda db: list(db.query(query, list(platforms))))
        return [posts.outbox_row(row, doubtful=True) for row in rows]

    async def next_post(self, platforms: Sequence[str]) -> float | None:
        """Return when the next post that has to wait may be tried again, or None."""
        return await self._run(lambda db: posts.next_post(db, platforms))

    async def posted(self, row: OutboxRow, ref: str, thread: str = "") -> bool:
        """Record that a post is on its platform; return whether others wait, perhaps for this one.

        `thread` is the place below the post, if it has buttons.
        """
        query = "UPDATE posts SET state = 'posted', ref = ?, posted_at = ?, error = NULL WHERE id = ?"

        def work(db: Database) -> bool:
            db.execute(query, [ref, time.time(), row.id])
            if thread:
                db.execute(
                    "UPDATE cases SET thread = ? WHERE ping = ? AND ping != ''", [thread, row.post.key]
                )
            return posts.any_waiting(db)

        return await self._write(work, durable=False)

    async def try_later(self, row: OutboxRow, not_before: float, error: str) -> None:
        """Record that a post is not on its platform and when to try it again."""
        await self._write(lambda db: posts.try_later(db, row, not_before, error))

    async def post_plainer(self, row: OutboxRow, parts: Sequence[Post], error: str) -> None:
        """Send a post that was refused for its form again in a plainer one, as one post or several."""
        await self._write(lambda db: posts.post_plainer(db, row, parts, error))

    async def failed(self, row: OutboxRow, error: str, instead: Sequence[Post] = ()) -> None:
        """Record that a post can't be posted, and what is posted about that.

        What waited for it says what it says otherwise.
        """

        def work(db: Database) -> None:
            posts.failed(db, row.post.key, error)
            if not posts.is_erased(db, row):
                posts.add_posts(db, posts.naming(db, row, instead), None)

        await self._write(work)

    async def known_refs(self, place: str, since: float) -> set[str]:
        """Return the references of what is known to be posted in a place since then."""
        query = "SELECT ref FROM posts WHERE place = ? AND ref IS NOT NULL AND posted_at >= ?"
        return await self._run(lambda db: {row[0] for row in db.execute(query, [place, since])})

    async def idle(self, platforms: Sequence[str]) -> bool:
        """Say whether nothing waits to be answered or sent on these platforms."""
        among = f"platform IN ({marks(platforms)})"
        query = (
            f"SELECT 1 FROM messages WHERE turn IS NULL AND role = 'customer' AND {among} "
            f"UNION ALL SELECT 1 FROM turns WHERE state = 'claimed' AND {among}"
        )

        def work(db: Database) -> bool:
            if first(db, query, [*platforms, *platforms]):
                return False
            return not posts.any_under_way(db, platforms, time.time())

        return await self._run(work)
