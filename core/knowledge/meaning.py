"""What passages and questions mean, as vectors that are kept up with the folder."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from core.knowledge.vectors import Runs, Vectors, fill, key_of
from core.knowledge.view import View, embedded
from core.lasting import Lasting
from core.ports import Embedder, EmbeddingFault, Progress

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

log = logging.getLogger(__name__)

# After how long vectors are asked for again where none could be had.
RETRY_SECONDS = 60.0


class Meaning:
    """The vectors of one folder's passages.

    Args:
        embedder: Makes them.
        path: The file that they are kept in; None: in memory.
        runs: Runs work in the thread that searches.
    """

    def __init__(self, embedder: Embedder, path: Path | None, runs: Runs) -> None:
        self._embedder = embedder
        self._path = path
        self._runs = runs
        self._view: View | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._followed = asyncio.Event()
        self._troubles = Lasting()
        self.vectors: Vectors | None = None

    async def follow(self, view: View) -> None:
        """Hear which passages there are now."""
        if self._view is view:
            return
        if self.vectors is None:
            # Reading many takes a while, in which words are searched.
            self.vectors = await asyncio.to_thread(Vectors, self._path, self._embedder.name)
        await self._runs(partial(self._use, self.vectors, view))
        self._followed.set()

    def _use(self, vectors: Vectors, view: View) -> None:
        vectors.use(key for filed in view.files.values() for key in filed.keys)
        self._view = view

    async def of(self, texts: Sequence[str]) -> NDArray[numpy.float32] | None:
        """Return the vector of length 1 in the middle of what texts mean; None if it can't be had."""
        if self.vectors is None or not self.vectors.made or not texts:
            return None
        try:
            rows = await self._embedder.embed(texts, urgent=True)
        except EmbeddingFault as fault:
            self._tell(fault)
            return None
        self._troubles.over("embedding")
        middle: NDArray[numpy.float32] = rows.sum(axis=0)
        length = float((middle @ middle) ** 0.5)
        return middle / length if length else None

    @property
    def multilingual(self) -> bool:
        """Whether questions in other languages than the passages' are understood."""
        return self._embedder.multilingual and self.vectors is not None and self.vectors.made > 0

    @property
    def missing(self) -> int:
        """How many passages' vectors are to be made."""
        return self.vectors.size - self.vectors.made if self.vectors else 0

    async def make(self, progress: Progress | None = None) -> bool:
        """Make the vectors that are missing; return whether all could be made."""
        if self.vectors is None:
            return True
        try:
            await fill(self.vectors, self._embedder, self._texts_of, self._runs, progress)
        except EmbeddingFault as fault:
            self._tell(fault)
            return False
        self._troubles.over("embedding")
        return True

    def keep_making(self, progress: Progress) -> None:
        """Make what is missing from now on, in the background."""
        self._keeping = self._keeping or asyncio.create_task(self._keep_making(progress))

    async def _keep_making(self, progress: Progress) -> None:
        while True:
            self._followed.clear()
            if self.missing and not await self.make(progress):
                await asyncio.sleep(RETRY_SECONDS)
            else:
                await self._followed.wait()

    def close(self) -> None:
        """Stop; what was made is kept."""
        if self._keeping:
            self._keeping.cancel()
        if self.vectors:
            self.vectors.close()

    def _texts_of(self, keys: Sequence[bytes]) -> Mapping[bytes, str]:
        if self._view is None or not keys:
            return {}
        texts = (embedded(passage) for passage in self._view.with_keys(keys).values())
        return {key_of(text): text for text in texts}

    def _tell(self, fault: EmbeddingFault) -> None:
        level = self._troubles.level("embedding", str(fault))
        log.log(
            level, "What questions mean can't be compared (%s); articles are found by words alone.", fault
        )
