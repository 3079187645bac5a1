"""Promises of deeds: what a reply says that somebody has done or will do, though nobody does. Pure.

The bot can answer and bring in a person; it can't refund, cancel or look into an account. What the company
does by its own rules ("we pay your refund within 5 business days") is no promise: it stands in an article.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.grounding.claims import Claim, Key, Kind
from core.grounding.promises_en import ENGLISH, done_by_rule, promised_of_us
from core.grounding.promises_other import OTHERS
from core.grounding.wording import Pattern
from core.messages import Action

# One of these stands in whatever one of the patterns finds; in most sentences none does.
_HINT = re.compile(
    r"\b(?:i|let me|allow me|me to|been|was|were|consider|going to|your|will"
    r"|ich|wir haben|haben wir|wurden?|je|nous|votre|he|hemos"
    r"|voy|puedo|su|vou|posso|foi|já|\w+[eíd]i|substituí|excluí|redefini|corrigi|transferi|abri|\w*pasar\w*|\w*escalar\w*"
    r"|\w*derivar\w*|transferir\w*)\b|we['’ ]|['’]ll\b|j['’]ai|[ぁ-ん]",
    re.IGNORECASE,
)
_ENDS = ".!?\n。"


def promises(text: str, action: Action) -> list[Claim]:
    """Return the promise that a sentence makes, if it makes one that an answer of this action can't keep."""
    if not _HINT.search(text):
        return []
    text = text.replace("’", "'")
    for pattern in (*ENGLISH, *OTHERS):
        found = pattern.words.search(text)
        if found is None or _is_rule(pattern, text, found) or _is_kept(pattern, action):
            continue
        verb = promised_of_us(found[0])
        return [Claim(Kind.PROMISE, found[0].strip(), ((_deed(verb),),) if verb else (), ())]
    return []


def deeds(text: str) -> Iterator[Key]:
    """Yield what a text says that the company does by its rules: "we e-mail you a link"."""
    return map(_deed, done_by_rule(text))


def _deed(verb: str) -> Key:
    return ("we", verb)


def _is_kept(pattern: Pattern, action: Action) -> bool:
    """Say whether an answer does what it promises: calls a person, or offers to."""
    is_offer = action is Action.OFFER_HUMAN and not pattern.done
    return pattern.handover and (action is Action.ESCALATE or is_offer)


def _is_rule(pattern: Pattern, text: str, found: re.Match[str]) -> bool:
    """Say whether words that look like a promise tell what happens in a case: "once we've shipped it"."""
    if pattern.unless is None:
        return False
    begin = max(text.rfind(mark, 0, found.start()) for mark in _ENDS) + 1
    if pattern.done:
        end = found.end()
    else:
        end = min((at for mark in _ENDS if (at := text.find(mark, found.end())) >= 0), default=len(text))
    return bool(pattern.unless.search(text, begin, end))
