"""The knowledge folder as the desk uses it: always as it is on disk now, searched off the event loop."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from core.faults import describe
from core.knowledge.catalog import Catalog
from core.knowledge.companions import Companions, KnowledgeMissing
from core.knowledge.finding import found, found_by_meaning
from core.knowledge.instructions import Instructions
from core.knowledge.meaning import Meaning
from core.knowledge.query import Said, understood
from core.knowledge.synonyms import NO_SYNONYMS
from core.knowledge.view import Unsound, View
from core.language import languages_of
from core.messages import Findings, Passage
from core.phrases import PHRASES, Phrases
from core.policy import DEFAULT_POLICY, Policy
from core.ports import Embedder, Progress, untold

T = TypeVar("T")

log = logging.getLogger(__name__)

# The folder is looked at for changes no more often than this, and less often where a look takes longer than
# LOOK_SECONDS: it never takes more than a tenth of the time.
FRESH_SECONDS = 1.0
LOOK_SECONDS = 0.1
# For how long a turn waits for what has changed; then it goes by what was read before.
PATIENCE = 0.5
# After how long what was read can be searched, the first time (nobody searches yet) and later; and how long
# to wait for another process, or a document, before looking again.
FIRST_SECONDS, ROUND_SECONDS, BREATH = 10.0, 1.0, 0.1
# A folder of more characters fits no prompt.
MOST_WHOLE = 200_000

# So many articles, at most, tell which languages the articles are in.
SAMPLE = 60

VECTORS = "vectors.db"


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What one turn may use: instructions, the whole folder in a stable order, policy, search results.

    `languages` are those of the articles, the most used first; empty where that is not clear.
    `passages` is None where the folder is too large for any prompt. `phrases` are what the bot itself says,
    by language.
    """

    instructions: Instructions
    passages: tuple[Passage, ...] | None
    policy: Policy = DEFAULT_POLICY
    findings: Findings = field(default_factory=Findings)
    languages: tuple[str, ...] = ()
    phrases: Mapping[str, Phrases] = field(default_factory=lambda: PHRASES)


class Library:
    """Reads the folder at the start and again, within a second, whenever a file has changed.

    Files are read in one thread and searched for in another: a search never waits for a disk, a long
    document or ten thousand new files, and the event loop for neither.

    Args:
        folder: With `articles/`, `instructions.md` and, if people want it, `escalation.toml`.
        index_dir: Where indexes are kept; None: in memory.
        embedder: Puts meaning into vectors; None: articles are found by words alone.
        threshold: The `answerable` from which an answer may rest on a passage; None: as it was measured.
        most_whole: The whole folder is at hand (`Knowledge.passages`) up to so many characters.
        progress: Told how the first reading goes, in a thread of its own.
    """

    def __init__(
        self,
        folder: Path,
        index_dir: Path | None = None,
        embedder: Embedder | None = None,
        *,
        threshold: float | None = None,
        most_whole: int = MOST_WHOLE,
        progress: Progress = untold,
    ) -> None:
        self._folder = folder
        self._index_folder = index_dir / _name_of(folder) if index_dir else None
        self._most_whole = most_whole
        self._progress = progress
        self._companions = Companions(folder)
        self._synonyms = NO_SYNONYMS
        self._threshold = threshold
        self._articles_path = folder / "articles"
        self._catalog: Catalog | None = None
        self._passages: tuple[View, tuple[Passage, ...] | None] | None = None
        self._languages: tuple[View, tuple[str, ...]] | None = None
        self._knowledge: Knowledge | None = None
        self._updating: asyncio.Task[None] | None = None
        self._began = self._due = 0.0
        self._closed = False
        self._last_trouble: type[Exception] | None = None
        self._files = ThreadPoolExecutor(max_workers=1, thread_name_prefix="files")
        self._search = ThreadPoolExecutor(max_workers=1, thread_name_prefix="search")
        self._meaning: Meaning | None = None
        if embedder:
            path = self._index_folder / VECTORS if self._index_folder else None
            self._meaning = Meaning(embedder, path, self._in_search)
        self._following: asyncio.Task[None] | None = None
        self._followed_view: View | None = None

    async def open(self) -> int:
        """Read what is not in the index yet, and return the number of articles.

        Raises:
            KnowledgeMissing: The folder, its instructions or all articles are missing or unreadable, or
                `escalation.toml` is there and wrong.
        """
        try:
            await self._current()
        except OSError as error:
            raise KnowledgeMissing(
                f"{self._articles_path} can't be read ({error.strerror}). Check KNOWLEDGE_DIR and its rights."
            ) from None
        assert self._catalog
        articles = len(self._catalog.view.files)
        if not articles:
            raise KnowledgeMissing(
                f"No article could be read in {self._articles_path}. Put your help articles there "
                "(.md, .txt, .html or .csv), or point KNOWLEDGE_DIR at a folder that has articles/."
            )
        return articles

    async def look_up(self, question: str, earlier: Sequence[Said | str] = (), limit: int = 10) -> Knowledge:
        """Return what the folder says now about a question.

        Args:
            question: The customer's words.
            earlier: What was said before, oldest first; a plain string is a customer's.
            limit: The most passages to return.
        """
        knowledge = await self._current()
        said = [Said(one) if isinstance(one, str) else one for one in earlier]
        try:
            findings = await self._find(question, said, limit)
        except Unsound as error:
            log.warning("The search index is damaged (%s); it is made anew.", error)
            await self._in(self._files, self._renew)
            findings = await self._find(question, said, limit)
        return replace(knowledge, findings=findings)

    async def _find(self, question: str, earlier: Sequence[Said], limit: int) -> Findings:
        assert self._catalog
        view, synonyms, threshold = self._catalog.view, self._synonyms, self._threshold
        query = await self._in_search(partial(understood, question, earlier, view, synonyms))
        meant = await self._meaning.of(query.texts) if self._meaning else None
        if self._meaning is None or self._meaning.vectors is None or meant is None:
            return await self._in_search(partial(found, view, query, limit, threshold))
        vectors = self._meaning.vectors
        return await self._in_search(partial(found_by_meaning, view, query, limit, threshold, vectors, meant))

    async def passages(self) -> tuple[Passage, ...]:
        """Return all passages, article by article; not for turns: of a large folder they take a while."""
        await self._current()
        assert self._catalog
        return await self._in_search(self._catalog.view.every_passage)

    async def articles(self) -> set[str]:
        """Return the paths of all articles."""
        await self._current()
        assert self._catalog
        return set(self._catalog.view.files)

    async def size(self) -> int:
        """Return how many passages there are."""
        await self._current()
        assert self._catalog
        return self._catalog.view.size

    async def missing_vectors(self) -> int:
        """Return how many passages can't be found by their meaning yet; 0 where none is to be."""
        await self._followed()
        return self._meaning.missing if self._meaning else 0

    async def make_vectors(self, progress: Progress) -> None:
        """Make the vectors that are missing, or those that can be made."""
        await self._followed()
        if self._meaning:
            await self._meaning.make(progress)

    def keep_making_vectors(self, progress: Progress) -> None:
        """Make the vectors that are missing, now and after every change, in the background."""
        if self._meaning:
            self._meaning.keep_making(progress)

    async def _followed(self) -> None:
        await self._current()
        if self._following:
            await self._following

    @property
    def multilingual(self) -> bool:
        """Whether a question in another language than the articles' is found by its meaning."""
        return self._meaning is not None and self._meaning.multilingual

    async def read(self) -> Knowledge:
        """Return what the folder says now, without a search."""
        return await self._current()

    async def instructions(self) -> Instructions:
        """Return the instructions as they are now."""
        return (await self.read()).instructions

    async def policy(self) -> Policy:
        """Return what `escalation.toml` says now."""
        return (await self.read()).policy

    def close(self) -> None:
        """Stop the threads; what is not read yet is left for the next start."""
        if self._catalog:
            self._catalog.close()
        self._closed = True
        if self._following:
            self._following.cancel()
        self._files.shutdown(wait=True, cancel_futures=True)
        self._search.shutdown(wait=True, cancel_futures=True)
        if self._meaning:
            self._meaning.close()

    async def _in_search(self, work: Callable[[], T]) -> T:
        return await self._in(self._search, work)

    @staticmethod
    async def _in(thread: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(thread, work)

    async def _current(self) -> Knowledge:
        """Look whether something has changed; wait a moment until it is read, the first time to the end."""
        if self._updating is None and time.monotonic() >= self._due:
            self._began = time.monotonic()
            self._updating = asyncio.create_task(self._update())
        if self._updating is not None:
            if self._knowledge is None:
                await asyncio.shield(self._updating)
            else:
                await asyncio.wait({self._updating}, timeout=self._began + PATIENCE - time.monotonic())
        assert self._knowledge
        return self._knowledge

    async def _update(self) -> None:
        try:
            is_more = True
            while is_more and not self._closed:
                is_more = await self._in(self._files, self._read_on)
                if self._catalog and not self._closed:
                    self._follow(self._catalog.view)
                await asyncio.sleep(BREATH if is_more else 0)
        except Exception as error:
            if self._knowledge is None:
                raise
            if type(error) is not self._last_trouble:
                log.error(
                    "The knowledge folder can't be looked at (%s); what was read before stays.",
                    describe(error),
                )
            self._last_trouble = type(error)
        else:
            self._last_trouble = None
        finally:
            self._updating = None

    def _follow(self, view: View) -> None:
        """Let the vectors be those of a new view, one view after another."""
        if self._meaning is None or view is self._followed_view:
            return
        meaning, before = self._meaning, self._following

        async def follow() -> None:
            if before:
                await before
            await meaning.follow(view)

        self._followed_view = view
        self._following = asyncio.create_task(follow())

    def _read_on(self) -> bool:
        """Take up what has changed, for a while; return whether there is more."""
        instructions, policy = self._companions.instructions(), self._companions.policy()
        self._synonyms = self._companions.synonyms()
        if self._catalog is None:
            self._catalog = Catalog(self._articles_path, self._index_folder)
        is_first = self._knowledge is None
        progress = self._progress if is_first else untold
        is_more = self._catalog.update(FIRST_SECONDS if is_first else ROUND_SECONDS, progress)
        if not (is_first and is_more):
            view = self._catalog.view
            languages = instructions.languages or self._spoken(view)
            self._knowledge = Knowledge(
                instructions,
                self._whole(view),
                policy,
                languages=languages,
                phrases=self._companions.phrases(),
            )
        self._due = time.monotonic() + FRESH_SECONDS * max(1.0, self._catalog.looked / LOOK_SECONDS)
        return is_more

    def _renew(self) -> None:
        assert self._catalog
        self._catalog.renew()
        while self._catalog.update(FIRST_SECONDS, untold) and not self._closed:
            time.sleep(BREATH)

    def _whole(self, view: View) -> tuple[Passage, ...] | None:
        """Return all passages where they are few, the same object as long as nothing changes."""
        if self._passages is None or self._passages[0] is not view:
            is_small = sum(filed.characters for filed in view.files.values()) <= self._most_whole
            self._passages = view, view.every_passage() if is_small else None
        return self._passages[1]

    def _spoken(self, view: View) -> tuple[str, ...]:
        """Return the languages of the articles, told by a few of them and only when something has changed."""
        if self._languages is None or self._languages[0] is not view:
            first = [filed.keys[0] for _, filed in sorted(view.files.items())]
            few = view.with_keys(first[:: len(first) // SAMPLE + 1])
            texts = [passage.text for passage in few.values()]
            self._languages = view, languages_of(texts)
        return self._languages[1]


def _name_of(folder: Path) -> str:
    return hashlib.sha256(str(folder.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:16]
