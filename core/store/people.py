"""Queries about what people made of a case, and said in it. Each runs inside its caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlite_utils import Database

from core import words
from core.cards import transcribed
from core.cases import step
from core.handover import Change, Note, closing_words
from core.markdown import escape
from core.messages import Case, CaseState, Post, Role, platform_of
from core.phrases import own_words
from core.posts import new_key
from core.store.cases import apply_change, find_cases, open_cases, save_case
from core.store.database import files_as_json, first, whole
from core.store.inbox import ensure_conversation
from core.store.posts import add_posts, shown_of
from core.store.summaries import leave_behind


def _last_turn(db: Database, conversation: str) -> int | None:
    row = first(db, "SELECT max(id) FROM turns WHERE conversation = ?", [conversation])
    return row[0] if row else None


def start_afresh(db: Database, conversation: str, now: float) -> None:
    """Move the window behind the last turn, and cancel open offers."""
    ensure_conversation(db, conversation, "", shared=False)
    _begin_behind_last_turn(db, conversation)
    db.execute("UPDATE conversations SET afresh_at = ? WHERE id = ?", [now, conversation])
    for case in open_cases(db, conversation):
        if case.state is CaseState.OFFERED:
            cancelled = step(case, CaseState.CANCELLED, now)
            apply_change(db, Change(cancelled, case.customer.id, "new session"), None)


def _begin_behind_last_turn(db: Database, conversation: str) -> None:
    after = (_last_turn(db, conversation) or 0) + 1
    db.execute('UPDATE conversations SET "window" = ? WHERE id = ?', [after, conversation])
    leave_behind(db, conversation, after)


def change_case(db: Database, change: Change, now: float, instead_of: Sequence[Case] = ()) -> None:
    """Store what people, or time, made of a case, and what they said to its customer.

    An offer that is open besides (`instead_of`) ends if the case is open now.
    """
    case, said = change.case, change.passed_on or change.closes
    turn = None
    for offer in () if case.is_closed else instead_of:
        apply_change(
            db, Change(step(offer, CaseState.CANCELLED, now), change.who, "another was reopened"), None
        )
    if change.closes and not case.shared:
        # What comes next is another matter; what others said in a shared channel goes on.
        _begin_behind_last_turn(db, case.conversation)
    if said:
        turn = _said_by_agent(db, said, case, now)
    apply_change(db, change, turn)
    if change.passed_on:
        db.execute("UPDATE notes SET text = '', files = '' WHERE id = ?", [change.passed_on.id])


def requote(db: Database, conversation: str, old: str, new: str) -> None:
    """Bring a message's new words to where the cases of its conversation quote it.

    These are their questions and answers, their cards and transcripts, and the notes that closed them.
    """
    for case in find_cases(db, "conversation = ?", [conversation]) if old.strip() else []:
        changed = replace(
            case,
            question=_swapped(case.question, old, new, "\n\n"),
            answer=new if case.answer == old else case.answer,
            body=_requoted(case.body, old, new),
        )
        if changed != case:
            save_case(db, changed)
            _requote_closing(db, changed)
        add_posts(db, _requoted_posts(db, case, old, new), None)


def _requote_closing(db: Database, case: Case) -> None:
    text = closing_words(case)
    # At most one token a byte; the words are few, and counting them anew is not worth the way.
    db.execute(
        "UPDATE messages SET text = ?, tokens = ? WHERE conversation = ? AND role = 'agent' "
        "AND id LIKE '%:agent/%' "
        'AND turn IN (SELECT id FROM turns WHERE conversation = ? AND "case" = ?)',
        [text, len(text.encode()), case.conversation, case.conversation, case.id],
    )


def _requoted_posts(db: Database, case: Case, old: str, new: str) -> list[Post]:
    """Return the edits of the card and the transcript of a case that quote a message."""
    edits = []
    for post in shown_of(db, case.ping):
        line, instead = (words.transcribed(transcribed(Role.CUSTOMER, text)) for text in (old, new))
        text = _requoted(post.text, old, new)
        text = f"{text}\n\n".replace(f"{line}\n\n", f"{instead}\n\n").removesuffix("\n\n")
        if text != post.text:
            edits.append(
                Post(new_key(), post.place, text, edits=post.edits or post.key, buttons=post.buttons)
            )
    return edits


def _requoted(text: str, old: str, new: str) -> str:
    """Return a card with a message's new words; of the old ones it quotes what was the customer's own."""
    before, after = own_words(old), own_words(new)
    return _swapped(text, _quoted(before), _quoted(after), "\n") if before else text


def _quoted(text: str) -> str:
    return "\n".join(words.quoted(escape(text)))


def _swapped(text: str, old: str, new: str, between: str) -> str:
    """Return a text with one of its parts replaced by another; `between` stands between two of them."""
    framed = f"{between}{text}{between}".replace(f"{between}{old}{between}", f"{between}{new}{between}")
    return framed.removeprefix(between).removesuffix(between)


def _said_by_agent(db: Database, said: Note, case: Case, now: float) -> int:
    """Store an agent's words as a turn of their own; return its number."""
    platform = platform_of(case.conversation)
    turn = db.execute(
        "INSERT INTO turns(conversation, platform, customer, state, claimed_at, decided_at, "
        "\"case\") VALUES (?, ?, ?, 'decided', ?, ?, ?)",
        [case.conversation, platform, case.customer.id, now, now, case.id],
    ).lastrowid
    assert turn is not None
    db.execute(
        "INSERT INTO messages(id, conversation, platform, place, role, author, author_name, text, "
        "tokens, position, sent_at, turn, files) VALUES (?, ?, ?, ?, 'agent', ?, ?, ?, ?, 0, ?, ?, ?)",
        [
            said.id or f"{platform}:agent/{turn}",
            case.conversation,
            platform,
            case.place,
            said.author.id,
            said.author.name,
            whole(said.text),
            said.tokens,
            now,
            turn,
            files_as_json(said.files),
        ],
    )
    return turn
