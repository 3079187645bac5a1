"""When somebody writes to the bot like a machine that answers everything. Pure.

Other bots are known by their platform and never heard. What is left are machines behind a person's account: a
script with somebody's token, a bridge to another chat, an answering machine. Each of their words costs an
answer, and each answer brings more words: the rules here end that within a few posts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.messages import Exchange

# So many answered turns within so many seconds are more than a lively customer has: they read what is said.
# One each five seconds for a minute, one each 24 seconds for ten minutes, a hundred a day.
PACES: Sequence[tuple[int, float]] = ((12, 60.0), (25, 600.0), (100, 86_400.0))
# So often in a row somebody says again what the bot has just said; people quote it once, with a question.
ECHOES = 3
# So often in a row somebody says the same; of words shorter than that ("yes") people do.
REPEATS = 5
SHORTEST_REPEAT = 20
# A text that has so much of another one's words, and hardly more, says it again.
ALIKE = 0.8
FEWEST_WORDS = 4
# How long the bot is quiet, since the machine's last word.
PAUSE_SECONDS = 600.0


def is_loop(exchanges: Sequence[Exchange], asked: str, at: float) -> bool:
    """Say whether somebody writes like a machine.

    Args:
        exchanges: Their answered turns in the conversation, the newest first.
        asked: What they write now.
        at: When, in seconds since the epoch.
    """
    return (
        any(sum(at - one.at < span for one in exchanges) >= most for most, span in PACES)
        or _echoes(exchanges, asked)
        or _repeats(exchanges, asked)
    )


def _echoes(exchanges: Sequence[Exchange], asked: str) -> bool:
    if len(exchanges) < ECHOES:
        return False
    texts = [asked, *(one.asked for one in exchanges)]
    return all(_says_again(text, one.said) for text, one in zip(texts[:ECHOES], exchanges, strict=False))


def _says_again(text: str, said: str) -> bool:
    words, before = _words(text), _words(said)
    if len(before) < FEWEST_WORDS or len(words) * ALIKE > len(before):
        return False
    return len(words & before) >= ALIKE * len(before)


def _repeats(exchanges: Sequence[Exchange], asked: str) -> bool:
    if len(asked) < SHORTEST_REPEAT or len(exchanges) < REPEATS - 1:
        return False
    return all(_plain(one.asked) == _plain(asked) for one in exchanges[: REPEATS - 1])


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
