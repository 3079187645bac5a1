"""What of a conversation stays in the prompt, and what is folded into a summary when. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.messages import Role, StoredMessage, Summary, platform_of

# When the history outgrows its share, the oldest turns leave until it fills this part of it.
KEPT = 0.8
# Where a summary is kept: when the history fills this part of its share, the turns that make up `FOLDED` of
# the share are folded into it, so that it is ready when they leave. A little more than would have to leave:
# what comes before the summary is ready leaves room for itself.
READY_AT = 0.7
FOLDED = 0.3


@dataclass(frozen=True, slots=True)
class Costs:
    """Messages of a conversation, oldest first, and what each costs in a prompt, in tokens."""

    messages: Sequence[StoredMessage]
    tokens: Sequence[int]


def whole_pairs(history: Sequence[StoredMessage], start: int, *, shared: bool) -> list[StoredMessage]:
    """Return a history without the answers whose questions left it before.

    An answer belongs to the question that its customer put last, also where others wrote between them. What
    is kept of a closed case names both and may stand alone. Nothing has left before the turn 0.

    Args:
        history: What was said from the turn `start` on, oldest first.
        start: The first turn inside the window.
        shared: Whether customers there ask beside each other, so that each has answers of their own.
    """
    if start == 0:
        return list(history)
    asked: set[str] = set()
    kept: list[StoredMessage] = []
    for message in history:
        stream = message.whose if shared else ""
        if message.role is Role.CUSTOMER:
            asked.add(stream)
        if stream in asked or is_closing_note(message):
            kept.append(message)
    return kept


def is_closing_note(message: StoredMessage) -> bool:
    """Say whether a message is what is kept of a closed case: its question and what was said last."""
    return message.role is Role.AGENT and message.id.startswith(f"{platform_of(message.id)}:agent/")


def first_kept(said: Costs, start: int, share: int, *, shared: bool) -> int:
    """Return the first turn of a history that stays in the prompt.

    While everything fits `share` tokens, that is `start`. When it no longer does, the oldest turns leave
    together, whole (questions with their answers), until the rest fills KEPT of the share: the prefix of the
    prompt then stays the same until the next block leaves.
    """
    if sum(said.tokens) <= share:
        return start
    for turn in _turns_that_ask(said.messages):
        if turn > start and _cost_from(said, turn, shared=shared) <= share * KEPT:
            return turn
    return said.messages[-1].turn + 1


def _turns_that_ask(history: Sequence[StoredMessage]) -> list[int]:
    """Return the turns that a block may end before, in order."""
    return sorted({message.turn for message in history if message.role is Role.CUSTOMER})


def _cost_from(said: Costs, turn: int, *, shared: bool) -> int:
    rest = [message for message in said.messages if message.turn >= turn]
    ids = {message.id for message in whole_pairs(rest, turn, shared=shared)}
    pairs = zip(said.messages, said.tokens, strict=True)
    return sum(cost for message, cost in pairs if message.turn >= turn and message.id in ids)


def fold_before(said: Costs, start: int, share: int) -> int:
    """Return the turn before which everything is to be in a summary by now.

    That is `start`, the first turn inside the window, or where the next block will end once the history
    comes near its share.
    """
    by_turn: dict[int, int] = {}
    for message, cost in zip(said.messages, said.tokens, strict=True):
        if message.turn >= start:
            by_turn[message.turn] = by_turn.get(message.turn, 0) + cost
    if sum(by_turn.values()) < share * READY_AT:
        return start
    asking, leaving = set(_turns_that_ask(said.messages)), 0
    for turn in sorted(by_turn):
        if turn in asking and leaving >= share * FOLDED:
            return turn
        leaving += by_turn[turn]
    return start


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
