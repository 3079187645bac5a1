"""What of a conversation stays in the prompt, and what is folded into a summary when. Pure."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

from core.messages import Role, StoredMessage, Summary, platform_of

# When the history outgrows its share, the oldest turns leave until it fills this part of it.
KEPT = 0.8
# Where a summary is kept: when the history fills this part of its share, the turns that make up `FOLDED` of
# the share are folded into it, so that it is ready when they leave. A little more than would have to leave:
# what comes before the summary is ready leaves room for itself.
READY_AT = 0.7
FOLDED = 0.3
# What is folded at once, where several blocks are to be made up for.
FOLDED_AT_ONCE = 0.6


@dataclass(frozen=True, slots=True)
class Costs:
    """Messages of a conversation, oldest first, and what each costs in a prompt, in tokens."""

    messages: Sequence[StoredMessage]
    tokens: Sequence[int]


def whole_pairs(history: Sequence[StoredMessage], start: int) -> list[StoredMessage]:
    """Return a history without the answers whose questions left it before.

    An answer belongs to the question that its customer put last, also where others wrote between them. What
    is kept of a closed case names both and may stand alone. Nothing has left before the turn 0.

    Args:
        history: What was said from the turn `start` on, oldest first.
        start: The first turn inside the window.
    """
    if start == 0:
        return list(history)
    asked: set[str] = set()
    kept: list[StoredMessage] = []
    for message in history:
        if message.role is Role.CUSTOMER:
            asked.add(message.whose or message.author.id)
        if _is_answer_to(message, asked) or is_closing_note(message):
            kept.append(message)
    return kept


def _is_answer_to(message: StoredMessage, asked: Set[str]) -> bool:
    """Say whether a message is of one of these customers, or said to one."""
    if message.role is Role.CUSTOMER or message.whose in asked:
        return True
    # The turn of an agent who wrote among the customers is nobody's else.
    return bool(asked) and message.whose in {"", message.author.id}


def is_closing_note(message: StoredMessage) -> bool:
    """Say whether a message is what is kept of a closed case: its question and what was said last."""
    return message.role is Role.AGENT and message.id.startswith(f"{platform_of(message.id)}:agent/")


def first_kept(said: Costs, start: int, share: int) -> int:
    """Return the first turn of a history that stays in the prompt.

    While everything fits `share` tokens, that is `start`. When it no longer does, the oldest turns leave
    together, whole (questions with their answers), until the rest fills KEPT of the share: the prefix of the
    prompt then stays the same until the next block leaves.
    """
    if sum(said.tokens) <= share:
        return start
    for turn in _turns_that_ask(said.messages):
        if turn > start and _cost_from(said, turn) <= share * KEPT:
            return turn
    return said.messages[-1].turn + 1


def _turns_that_ask(history: Sequence[StoredMessage]) -> list[int]:
    """Return the turns that a block may end before, in order."""
    return sorted({message.turn for message in history if message.role is Role.CUSTOMER})


def _cost_from(said: Costs, turn: int) -> int:
    rest = [message for message in said.messages if message.turn >= turn]
    ids = {message.id for message in whole_pairs(rest, turn)}
    pairs = zip(said.messages, said.tokens, strict=True)
    return sum(cost for message, cost in pairs if message.turn >= turn and message.id in ids)


@dataclass(frozen=True, slots=True)
class Fold:
    """Messages that are to be folded into a summary, which then covers all turns before one."""

    messages: tuple[StoredMessage, ...]
    before: int


def next_fold(said: Costs, last: Summary | None, window: int, share: int) -> Fold | None:
    """Return what is to be folded into a summary now, the oldest first; None if nothing is.

    That is what left the window already; or, once the history comes near its share, the block that will leave
    next.

    Args:
        said: What is in no summary yet, oldest first, to the end.
        last: The summary that goes farthest.
        window: The first turn inside the window.
        share: How many tokens the history may have.
    """
    if last and last.before > window:
        return None  # what leaves next is ready
    left = any(message.turn < window for message in said.messages)
    before = window if left else _next_block(said, window, share)
    taken: list[StoredMessage] = []
    tokens = 0
    for message, cost in zip(said.messages, said.tokens, strict=True):
        new_turn = bool(taken) and message.turn != taken[-1].turn
        if message.turn >= before:
            break
        if new_turn and tokens > share * FOLDED_AT_ONCE:
            before = message.turn
            break
        taken.append(message)
        tokens += cost
    return Fold(tuple(taken), before) if taken else None


def _next_block(said: Costs, window: int, share: int) -> int:
    """Return the turn before which the next block will end, or `window` if that is not near."""
    by_turn: dict[int, int] = {}
    for message, cost in zip(said.messages, said.tokens, strict=True):
        by_turn[message.turn] = by_turn.get(message.turn, 0) + cost
    if sum(by_turn.values()) < share * READY_AT:
        return window
    asking, leaving = set(_turns_that_ask(said.messages)), 0
    for turn in sorted(by_turn):
        if turn in asking and leaving >= share * FOLDED:
            return turn
        leaving += by_turn[turn]
    return window


def newest(summaries: Sequence[Summary]) -> Summary | None:
    """Return the summary that goes farthest."""
    return max(summaries, key=lambda summary: summary.before, default=None)


def in_force(summaries: Sequence[Summary], current: int, start: int, window: int) -> Summary | None:
    """Return the summary that a prompt holds.

    Between blocks it stays the one that it was, though a newer one may be ready: the prompt's prefix then
    breaks once a block.

    Args:
        summaries: All that are ready.
        current: The `before` of the one that the last prompt held.
        start: Where the window began then.
        window: Where it begins now.
    """
    if window == start:
        return next((summary for summary in summaries if summary.before == current), None)
    return newest([summary for summary in summaries if summary.before <= window])
