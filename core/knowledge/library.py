"""The knowledge folder as the desk uses it: always as it is on disk now, searched off the event loop."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

import frontmatter

from core.knowledge.articles import Article, parse
from core.knowledge.files import Entry, Stamp, Unreadable, read_text, scan
from core.knowledge.index import Index
from core.knowledge.watched import Watched
from core.language import languages_of
from core.messages import Findings, Passage
from core.policy import DEFAULT_POLICY, Policy
from core.policy_file import WrongPolicy, parse_policy

T = TypeVar("T")

log = logging.getLogger(__name__)

# The folder is looked at for changes no more often than this.
FRESH_SECONDS = 1.0

# So many passages, at most, tell which languages the articles are in.
SAMPLE = 60

INSTRUCTIONS = "instructions.md"
POLICY = "escalation.toml"
DEFAULT_CONTACT = "Please write to our support team and we will get back to you."


class KnowledgeMissing(Exception):
    """There is nothing to answer from; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Instructions:
    """What `instructions.md` says.

    Attributes:
        text: For the model.
        contact: How customers reach a person where none can be called.
        company: Its name; may be empty.
        languages: Which languages the articles are in, as ISO 639-1 codes; empty where that is not said.
    """

    text: str
    contact: str
    company: str
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What one turn may use: instructions, the whole folder in a stable order, policy, search results.

    `languages` are those of the articles, the most used first; empty where that is not clear.
    """

    instructions: Instructions
    passages: tuple[Passage, ...]
    policy: Policy = DEFAULT_POLICY
    findings: Findings = field(default_factory=Findings)
    languages: tuple[str, ...] = ()


class Library:
    """Reads the folder at the start and again, within a second, whenever a file has changed.

    All work is done in one thread of its own, one piece after another: the index belongs to one thread
    at a time, and the event loop never waits for a disk.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._instructions = Watched(folder / INSTRUCTIONS, parse_instructions)
        self._policy = Watched(folder / POLICY, _parse_policy, DEFAULT_POLICY)
        self._articles_path = folder / "articles"
        self._index = Index()
        self._articles: dict[str, Article] = {}
        self._stamps: dict[str, Stamp] = {}
        self._warned: set[tuple[str, Stamp]] = set()
        self._passages: tuple[Passage, ...] = ()
        self._languages: tuple[str, ...] = ()
        self._knowledge: Knowledge | None = None
        self._refreshed = 0.0
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="knowledge")

    async def open(self) -> int:
        """Read everything for the first time and return the number of articles.

        Raises:
            KnowledgeMissing: The folder, its instructions or all articles are missing or unreadable, or
                `escalation.toml` is there and wrong.
        """
        await self._run(self._refresh)
        await self._run(self._read_policy)
        if not self._articles:
            raise KnowledgeMissing(
                f"No article could be read in {self._articles_path}. Put your help articles there "
                "(.md, .txt or .html), or point KNOWLEDGE_DIR at a folder that has articles/."
            )
        return len(self._articles)

    async def look_up(self, question: str, earlier: Sequence[str] = (), limit: int = 10) -> Knowledge:
        """Return what the folder says now about a question; see `Index.search`."""

        def work() -> Knowledge:
            return replace(self._known(), findings=self._index.search(question, earlier, limit))

        return await self._run(work)

    def understands(self, language: str) -> bool:
        """Say whether a question in a language that the articles are not in is found by its meaning."""
        return False

    async def read(self) -> Knowledge:
        """Return what the folder says now, without a search."""
        if self._knowledge and self._is_fresh():
            return self._knowledge
        return await self._run(self._known)

    async def instructions(self) -> Instructions:
        """Return the instructions as they are now."""
        return (await self.read()).instructions

    async def policy(self) -> Policy:
        """Return what `escalation.toml` says now."""
        return (await self.read()).policy

    def close(self) -> None:
        """Stop the thread and free the index."""
        self._thread.shutdown(wait=True)
        self._index.close()

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _is_fresh(self) -> bool:
        return time.monotonic() - self._refreshed < FRESH_SECONDS

    def _known(self) -> Knowledge:
        if not (self._knowledge and self._is_fresh()):
            self._refresh()
        assert self._knowledge is not None
        return self._knowledge

    def _refresh(self) -> None:
        instructions, policy = self._read_instructions(), self._read_policy()
        entries = list(scan(self._articles_path))
        readable = {entry.path: entry for entry in entries if not entry.trouble}
        for entry in entries:
            if entry.trouble:
                self._warn(entry, entry.trouble)
        gone = self._stamps.keys() - readable.keys()
        changed = [e for e in readable.values() if self._stamps.get(e.path) != e.stamp]
        for path in gone:
            self._forget(path)
        for entry in changed:
            self._forget(entry.path)
            self._read_article(entry)
        if gone or changed:
            self._passages = tuple(
                passage for path in sorted(self._articles) for passage in self._articles[path].passages
            )
            self._languages = languages_of(sample(self._passages))
        self._knowledge = Knowledge(
            instructions, self._passages, policy, languages=instructions.languages or self._languages
        )
        self._refreshed = time.monotonic()

    def _read_article(self, entry: Entry) -> None:
        self._stamps[entry.path] = entry.stamp
        try:
            article = parse(entry.path, read_text(self._articles_path / entry.path))
        except Unreadable as error:
            self._warn(entry, str(error))
            return
        self._articles[entry.path] = article
        self._index.add(article)

    def _forget(self, path: str) -> None:
        self._stamps.pop(path, None)
        if self._articles.pop(path, None):
            self._index.remove(path)

    def _warn(self, entry: Entry, trouble: str) -> None:
        if (entry.path, entry.stamp) not in self._warned:
            self._warned.add((entry.path, entry.stamp))
            name = entry.path.encode(errors="replace").decode()
            log.warning("The article %s is left out: it %s.", name, trouble)

    def _read_instructions(self) -> Instructions:
        try:
            return self._instructions.read()
        except Unreadable as error:
            raise KnowledgeMissing(
                f"{self._folder / INSTRUCTIONS} can't be used ({error}). It holds the voice and rules of "
                "your bot; copy the sample from the project, or set KNOWLEDGE_DIR."
            ) from None

    def _read_policy(self) -> Policy:
        try:
            return self._policy.read()
        except Unreadable as error:
            raise KnowledgeMissing(
                f"{self._folder / POLICY} can't be used: {error}. It says when people are called; the sample "
                "in the project explains each entry. Without the file Frontdesk goes by its defaults."
            ) from None


def sample(passages: Sequence[Passage]) -> list[str]:
    """Return the texts of a few passages, evenly spread: enough to tell their languages."""
    return [passage.text for passage in passages[:: len(passages) // SAMPLE + 1]]


def _parse_policy(text: str) -> Policy:
    try:
        return parse_policy(text)
    except WrongPolicy as error:
        raise Unreadable(str(error)) from None


def parse_instructions(text: str) -> Instructions:
    """Split `instructions.md` into the facts of its front matter and the text.

    The facts are `contact`, `company` and `language` (one ISO 639-1 code, or a list of them).

    Raises:
        Unreadable: The front matter is not YAML, or there is no text.
    """
    try:
        metadata, body = frontmatter.parse(text)
    except Exception:  # besides YAMLError, PyYAML lets through what its converters raise
        raise Unreadable("its front matter is not valid YAML") from None
    if not body.strip():
        raise Unreadable("it has no text below its front matter")
    contact = " ".join(str(metadata.get("contact") or DEFAULT_CONTACT).split())
    company = str(metadata.get("company") or "").strip()
    return Instructions(body.strip(), contact, company, _codes(metadata.get("language")))


def _codes(value: object) -> tuple[str, ...]:
    """Return language codes as front matter gives them: `de`, `de-AT`, `de, en` or a list."""
    # YAML 1.1 reads Norwegian's code as "no".
    given = ["no" if one is False else str(one) for one in (value if isinstance(value, list) else [value])]
    codes = re.findall(r"\b([a-z]{2})(?:[-_][a-z]+)?\b", " ".join(given).lower()) if value is not None else []
    return tuple(dict.fromkeys(codes))
