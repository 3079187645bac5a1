"""What is too old to be answered: one digest for the agents, one line of apology for each customer. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from core import words
from core.markdown import escape, excerpt
from core.messages import Agents, Post, Turn
from core.phrases import ENGLISH, Phrases
from core.posts import joined, new_key
from core.splitting import split

EXCERPT = 200


def late_posts(
    turns: Sequence[Turn],
    names: Mapping[str, str],
    places: Mapping[str, str],
    contact: str,
    agents: Agents | None,
    limit: int,
    says: Callable[[Turn], Phrases] = lambda turn: ENGLISH,
) -> list[Post]:
    """Return the digest, and the apologies, which promise a person only once the digest is posted.

    Args:
        turns: What was not answered.
        names: People's names by id.
        places: Words for places.
        contact: How customers reach a person where none can be called.
        agents: Whom the digest is for.
        limit: Characters that fit one post in the agents' place.
        says: What the bot itself says to a turn's customer.
    """

    def alone(turn: Turn) -> str:
        return joined(says(turn).late_alone, contact)

    if agents is None:
        return [_apology(turn, alone(turn)) for turn in turns]
    entries = [
        (
            turn.customer,
            words.late_entry(
                escape(names.get(turn.customer, turn.customer)),
                escape(places.get(turn.newest.place, turn.newest.place)),
                escape(excerpt(turn.text, EXCERPT)),
            ),
        )
        for turn in turns
    ]
    digest = [
        Post(
            new_key(),
            agents.place,
            "\n\n".join(text for _, text in part),
            mention="" if number else agents.mention,
            names=tuple(dict.fromkeys(customer for customer, _ in part if customer)),
        )
        for number, part in enumerate(_parts([("", words.digest(len(turns))), *entries], limit))
    ]
    return digest + [_apology(turn, says(turn).late, digest[0].key, alone(turn)) for turn in turns]


def _parts(entries: Sequence[tuple[str, str]], limit: int) -> list[list[tuple[str, str]]]:
    """Return what fits one post each, so that nobody's words are spread over several."""
    parts: list[list[tuple[str, str]]] = [[]]
    for customer, text in entries:
        short = split(text, limit)[0]
        if parts[-1] and sum(len(one) + 2 for _, one in parts[-1]) + len(short) > limit:
            parts.append([])
        parts[-1].append((customer, short))
    return parts


def _apology(turn: Turn, text: str, after: str = "", otherwise: str = "") -> Post:
    newest = turn.newest
    return Post(new_key(), newest.place, text, "", newest.id, after, otherwise)
