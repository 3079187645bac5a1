"""Queries about what a turn came to, unless people took over. Each runs inside its caller's transaction."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence, Set
from dataclasses import asdict, dataclass, replace

from sqlite_utils import Database

from core.handover import Change
from core.messages import Answer, Case, Post, Turn, platform_of
from core.outage import Struck
from core.store import languages
from core.store.cases import apply_change, case_for, open_cases, strike
from core.store.database import first
from core.store.forgotten import is_forgotten
from core.store.live import close_left
from core.store.pauses import pause
from core.store.posts import ANSWERED, add_posts, drop_word
from core.window import in_force


@dataclass(frozen=True, slots=True)
class Decision:
    """What a turn came to: everything that its one transaction writes.

    Attributes:
        answer: What was decided; None where the words only went to the agent who owns the case.
        said: All that the customer reads of it; becomes the assistant's message of the turn, unless empty.
        tokens: How many tokens that has.
        posts: What goes to the platforms, in this order.
        change: What becomes of the case, if the turn opens or changes one.
        window: The first turn that later prompts still see.
        mute: Whether the bot is to be quiet there until it is mentioned.
        struck: Who is put on the notice that the bot can't answer.
        by_agent: Whether the turn's messages turned out to be an agent's.
        language: In which the customer was spoken to; empty: as before.
        pause: Whether nothing more is taken in from its customer there until they were quiet for a while.
    """

    answer: Answer | None
    said: str = ""
    tokens: int = 0
    posts: Sequence[Post] = ()
    change: Change | None = None
    window: int = 0
    mute: bool = False
    struck: Struck | None = None
    by_agent: bool = False
    language: str = ""
    pause: bool = False


class OthersWrote(Exception):
    """Other people wrote in a conversation while a turn of it was answered: an agent may have."""

    def __init__(self, people: Set[str]) -> None:
        super().__init__(f"{len(people)} other people wrote")
        self.people = people


def check_others(db: Database, turn: Turn, decision: Decision, customers: Set[str]) -> None:
    """Raise OthersWrote if an answer might talk over an agent; see `Store.decide`."""
    if decision.answer is not None:
        _check_others(db, turn, customers)


def _check_others(db: Database, turn: Turn, customers: Set[str]) -> None:
    if turn.shared:
        return
    waiting = db.execute(
        "SELECT DISTINCT author FROM messages WHERE conversation = ? AND turn IS NULL AND role = 'customer' "
        "AND author != ?",
        [turn.conversation, turn.customer],
    )
    if unknown := {row[0] for row in waiting} - customers:
        raise OthersWrote(unknown)


def decide(db: Database, turn: Turn, decision: Decision) -> bool:
    """Write what a turn came to; return False if it was not ours to decide any more."""
    if _moved_on(db, turn) or is_forgotten(db, turn.customer, turn.newest.sent_at):
        return False
    # A reply that is seen already is not made anew from other words.
    if not any(post.live for post in decision.posts) and _reworded(db, turn):
        return False
    if not _end(db, turn.id, decision.answer):
        return False
    drop_word(db, turn.newest.place, ANSWERED)
    if decision.said:
        _add_reply(db, turn, decision.said, decision.tokens)
    add_posts(db, decision.posts, turn.id)
    close_left(db)
    if decision.change:
        case = apply_change(db, decision.change, turn.id)
        if decision.answer is None:
            db.execute('UPDATE turns SET "case" = ? WHERE id = ?', [case, turn.id])
    if decision.struck:
        strike(db, decision.struck)
    if decision.by_agent:
        db.execute(
            "UPDATE messages SET role = 'agent' WHERE conversation = ? AND turn = ? AND role = 'customer'",
            [turn.conversation, turn.id],
        )
    _remember(db, turn, decision)
    return True


def _end(db: Database, turn: int, answer: Answer | None) -> bool:
    """Close a claimed turn with what was decided; return False if it is not claimed any more."""
    withheld = [asdict(one) for one in answer.withheld] if answer else []
    ended = db.execute(
        "UPDATE turns SET state = 'decided', action = ?, reason = ?, sources = ?, withheld = ?, "
        "decided_at = ? WHERE id = ? AND state = 'claimed'",
        [
            answer.action if answer else None,
            answer.reason if answer else None,
            json.dumps([passage.id for passage in answer.sources]) if answer else None,
            json.dumps(withheld) if withheld else None,
            time.time(),
            turn,
        ],
    )
    return ended.rowcount == 1


def _remember(db: Database, turn: Turn, decision: Decision) -> None:
    """Keep what a decision means for what its customer, or the conversation, says next."""
    if decision.language:
        languages.keep(db, turn.id, turn.conversation, decision.language)
    if decision.mute:
        db.execute("UPDATE conversations SET muted = 1 WHERE id = ?", [turn.conversation])
    if decision.pause:
        pause(db, turn.conversation, turn.customer)
    _move_window(db, turn, decision.window)


def say_meanwhile(db: Database, turn: Turn, word: Post) -> bool:
    """Put a word into the outbox that a turn takes longer, if it is the bot's to answer still."""
    claimed = "SELECT 1 FROM turns WHERE id = ? AND conversation = ? AND state = 'claimed'"
    case = case_for(open_cases(db, turn.conversation), turn.customer, shared=turn.shared)
    if (case and case.is_with_people) or not first(db, claimed, [turn.id, turn.conversation]):
        return False
    add_posts(db, [word], None)
    return True


def overtaken(db: Database, turn: Turn, customers: Set[str] | None) -> bool:
    """Say whether people answer a turn by now.

    Raises:
        OthersWrote: See `check_others`.
    """
    if customers is not None:
        _check_others(db, turn, customers)
    case = case_for(open_cases(db, turn.conversation), turn.customer, shared=turn.shared)
    return case is not None and case.is_with_people


def _move_window(db: Database, turn: Turn, window: int) -> None:
    """Write which turns later prompts see, unless the conversation was begun afresh meanwhile."""
    if turn.begins:
        db.execute(
            'UPDATE conversations SET "window" = ?, previous_session = session, session = ? '
            'WHERE id = ? AND "window" <= ?',
            [turn.id, turn.id, turn.conversation, turn.id],
        )
    if window > turn.start:
        summary = in_force(turn.summaries, turn.summary, turn.start, window)
        db.execute(
            'UPDATE conversations SET "window" = ?, summary = ? WHERE id = ? AND "window" < ?',
            [window, summary.before if summary else 0, turn.conversation, window],
        )


def _moved_on(db: Database, turn: Turn) -> bool:
    """Say whether the case is no longer as it was when the turn was claimed: a person may have taken it."""
    now = case_for(open_cases(db, turn.conversation), turn.customer, shared=turn.shared)
    return _stand(now) != _stand(turn.case)


def _stand(case: Case | None) -> object:
    return replace(case, thread="") if case else None  # the card may be posted meanwhile


def _reworded(db: Database, turn: Turn) -> bool:
    """Say whether a message of a turn was edited or deleted since the turn was claimed."""
    query = (
        "SELECT id, text, audience FROM messages WHERE conversation = ? AND turn = ? AND role = 'customer'"
    )
    now = db.execute(query, [turn.conversation, turn.id])
    return set(now) != {(message.id, message.text, message.audience) for message in turn.waiting}


def _add_reply(db: Database, turn: Turn, text: str, tokens: int) -> None:
    db.execute(
        "INSERT INTO messages(id, conversation, platform, place, role, author, author_name, text, "
        "tokens, position, sent_at, turn) VALUES (?, ?, ?, ?, 'assistant', '', '', ?, ?, 0, ?, ?)",
        [
            f"{platform_of(turn.conversation)}:reply/{turn.id}",
            turn.conversation,
            platform_of(turn.conversation),
            turn.newest.place,
            text,
            tokens,
            time.time(),
            turn.id,
        ],
    )
