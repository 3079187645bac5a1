"""What a model is told that wrote what its sources do not say. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence

from core.fences import fenced, inert, one_line
from core.grounding import Claim, Kind
from core.messages import Passage
from core.ports import ChatMessage, Opening

# So many passages are shown again, and so many claims named: it is one answer that is mended.
PASSAGES_AT_MOST = 3
CLAIMS_AT_MOST = 10
CLAIM_LENGTH = 80

_CHECKED = "Your reply was checked before it is shown."
_UNSUPPORTED = (
    "These claims of it stand neither in the passages that it names as sources nor in your instructions: "
)
_PROMISED = "These promise what you can't do (you can only answer, or bring in a person): "
_AT_HAND = "The passages that it names:"
_NONE = "It names no sources."
_SHOWN = "The customer has read this much, which stays as it is:"
_NOT_SHOWN = "The customer has read nothing of it yet. Write it anew"
_REST = "Write what comes after it anew, and repeat nothing of it"
_HOW = (
    ", in the same form as before. Name in `sources` the id of every passage that it rests on, and state "
    "only what stands in these. Correct or leave out the rest. If they do not hold what was asked, "
    'say so with "offer_human".'
)


def claim_text(claim: Claim) -> str:
    """Return a claim on one line of bounded length."""
    return one_line(claim.text)[:CLAIM_LENGTH]


def to_mend(opening: Opening, shown: str, held: str, claims: Sequence[Claim]) -> list[ChatMessage]:
    """Return the messages that ask for the rest of a reply once more.

    Args:
        opening: What the reply does, and the passages that it named.
        shown: What the customer has read of it.
        held: The rest, from the first sentence with an unsupported claim.
        claims: All unsupported claims of the rest.
    """
    return [
        {"role": "assistant", "content": _as_json(opening, shown + held)},
        {"role": "user", "content": "\n".join(_lines(opening, shown, claims))},
    ]


def _lines(opening: Opening, shown: str, claims: Sequence[Claim]) -> list[str]:
    lines = [_CHECKED]
    for words, chosen in (
        (_UNSUPPORTED, [claim for claim in claims if claim.kind is not Kind.PROMISE]),
        (_PROMISED, [claim for claim in claims if claim.kind is Kind.PROMISE]),
    ):
        if chosen:
            named = dict.fromkeys(f"“{inert(claim_text(claim))}”" for claim in chosen)
            lines.append(words + ", ".join(list(named)[:CLAIMS_AT_MOST]) + ".")
    if opening.sources:
        lines += [_AT_HAND, *map(_fenced, opening.sources[:PASSAGES_AT_MOST])]
    else:
        lines.append(_NONE)
    lines += [_SHOWN, inert(shown.strip()), _REST + _HOW] if shown else [_NOT_SHOWN + _HOW]
    return lines


def _fenced(passage: Passage) -> str:
    return fenced("passage", passage.text, id=passage.id, heading=passage.heading)


def _as_json(opening: Opening, reply: str) -> str:
    fields = {
        "action": opening.action,
        "reason": opening.reason,
        "sources": [passage.id for passage in opening.sources],
        "reply": reply,
    }
    return json.dumps(fields, ensure_ascii=False)
