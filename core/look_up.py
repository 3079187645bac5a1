"""From a turn to what the articles say about it, also in another language than theirs."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Sequence
from dataclasses import replace

from core.escalation import small_talk
from core.knowledge import Library
from core.knowledge.library import Knowledge
from core.knowledge.query import Said
from core.knowledge.terms import words_of
from core.knowledge.words import STOP_WORDS
from core.language import OWN_NAMES, language_of
from core.messages import Audience, Found, Part, Role, Turn, own_words
from core.ports import Asker, Clerk, Counter, ModelFault
from core.translation import translated, translating

log = logging.getLogger(__name__)

# A customer waits for the translation before the answer is begun.
PATIENCE_SECONDS = 10.0
# Translations that are kept for the tries after the first.
REMEMBERED = 256
# A message of more questions than this is looked for as one.
QUESTIONS_AT_MOST = 3

# Of a file that came without a question so many characters are looked for: of a log, its last few lines.
END_OF_FILE = 300

# A question begins where a sentence or line before it ends.
_QUESTION = re.compile(r"(?:[^.!?？。！\n]|[.!?](?=\S))+[?？]")


class LookUp:
    """Searches the library for a turn; knows neither platforms nor the store.

    A question in the language of the articles, or in one that is not clear, is looked for as it is. Another
    one is translated first if there is a clerk; else the search by meaning has to understand it. Where
    neither can, an answer must not rest on what is found: words that two languages share are chance.
    """

    def __init__(self, library: Library, clerk: Clerk | None = None, counter: Counter | None = None) -> None:
        """Make one; a `clerk` translates, and a `counter` counts what that costs: both or neither."""
        self._library = library
        self._clerk = clerk
        self._counter = counter
        self._translations: dict[tuple[str, ...], str] = {}

    async def of(self, turn: Turn, *, quoting: bool = False) -> Knowledge:
        """Return what the folder says now about a turn.

        Args:
            turn: Whose words are looked for, with those of its customer before them.
            quoting: Whether no model reads what is found: of several questions each is looked for alone too,
                and the clerk is not asked, only what it translated before is used.
        """
        # What was said to people is no question to the articles.
        said = [
            Said(m.text, ours=m.role is not Role.CUSTOMER)
            for m in turn.history
            if not m.to_people and m.audience is not Audience.OTHERS
        ]
        earlier = [one.text for one in said if not one.ours]
        text = asked_for(turn)
        language, spoken = language_of(text, earlier), (await self._library.read()).languages
        if not language or not spoken or language in spoken or small_talk(text):
            knowledge = await self._library.look_up(text, said)
            return await self._with_parts(knowledge, text, said) if quoting else knowledge
        asker = Asker(turn.customer, turn.conversation, turn.newest.place)
        question = await self._translation(text, earlier, spoken[0], asker, ask=not quoting)
        if question:
            return await self._library.look_up(question)
        knowledge = await self._library.look_up(text, said)
        if self._library.multilingual:
            return knowledge
        return _unread(knowledge, spoken[0])

    def forget(self) -> None:
        """Drop the translations that are kept: they are customers' words."""
        self._translations.clear()

    async def _with_parts(self, knowledge: Knowledge, text: str, said: Sequence[Said]) -> Knowledge:
        """Return what was found, with what is found for each question where a message asks several."""
        asked = questions(text)
        if len(asked) < 2:
            return knowledge
        parts = []
        for number, question in enumerate(asked):
            found = (await self._library.look_up(question, said)).findings
            if not found.usable:  # "and what does that cost?" needs the question before it
                found = (await self._library.look_up(question, [*said, *map(Said, asked[:number])])).findings
            parts.append(Part(question, found))
        return replace(knowledge, findings=replace(knowledge.findings, parts=tuple(parts)))

    async def _translation(
        self, question: str, earlier: Sequence[str], language: str, asker: Asker, *, ask: bool
    ) -> str:
        """Return a question in a language, from memory if it is there; empty if it can't be had."""
        key = (language, question, *earlier)
        if key in self._translations:
            return self._translations[key]
        if not ask or self._clerk is None or self._counter is None:
            return ""
        task = translating(question, earlier, language, self._counter, asker)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                text = translated(await self._clerk.write(task), language)
        except (ModelFault, TimeoutError) as fault:
            log.warning("A question could not be translated (%s).", fault or "it took too long")
            return ""
        if len(self._translations) >= REMEMBERED:
            del self._translations[next(iter(self._translations))]
        self._translations[key] = text
        return text


def asked_for(turn: Turn) -> str:
    """Return the words that are looked for: a customer's own, or the end of what they sent without any."""
    own = "\n".join(filter(None, map(own_words, turn.waiting)))
    if own or not any(message.files for message in turn.waiting):
        return own
    read = [one.text for message in turn.waiting for one in message.readings if one.text]
    return read[-1][-END_OF_FILE:] if read else ""


def questions(text: str) -> list[str]:
    """Return the questions of a message that asks a few of them, in order; else nothing.

    Words before a question mark that say nothing to look for ("right?") are no question of their own.
    """
    asked = [" ".join(part.split()) for part in _QUESTION.findall(text)]
    telling = [question for question in asked if set(words_of(question)) - STOP_WORDS]
    return telling if len(telling) <= QUESTIONS_AT_MOST else []


def _unread(knowledge: Knowledge, language: str) -> Knowledge:
    """Return what was found for a question that the search can't read: nothing that an answer may rest on."""
    found = tuple(Found(one.passage, one.score, used=False) for one in knowledge.findings.found)
    findings = replace(
        knowledge.findings, found=found, answerable=0.0, unread=OWN_NAMES.get(language, language)
    )
    return replace(knowledge, findings=findings)
