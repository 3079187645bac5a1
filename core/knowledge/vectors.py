"""What passages mean, as vectors by the hash of their words: made once, and compared with a question.

A vector is kept as whole numbers from -127 to 127: 100,000 of 384 dimensions take 38 MB instead of the 154 of
float32. Each question is compared with every one of them, a block that fits the processor's cache at a
time: that takes 8 ms at this size, and no index that may miss some is needed. What the rounding changes is
printed by `python -m tests.bench.vectors`.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from core.knowledge.vector_file import VectorFile
from core.ports import Embedder

if TYPE_CHECKING:  # importing numpy takes a tenth of a second that folders without vectors need not wait
    import numpy
    from numpy.typing import NDArray

    from core.ports import Vectors as Rows

    Query = NDArray[numpy.float32]

T = TypeVar("T")

KEY_BYTES = 16
LARGEST = 127
# How many numbers are compared at a time: as float32 they take 1.5 MB, which stay in the cache of a core.
BLOCK = 384_000


def key_of(text: str) -> bytes:
    """Return what names a text by its content: 16 bytes of BLAKE2b."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=KEY_BYTES).digest()


class Vectors:
    """The vectors of one embedder, by the keys of their texts. Belongs to one thread at a time."""

    def __init__(self, path: Path | None, embedder: str) -> None:
        """Open or begin the file and read this embedder's vectors.

        Args:
            path: See `VectorFile`.
            embedder: Its name.
        """
        self._embedder = embedder
        self._file = VectorFile(path)
        self._used: dict[bytes, None] = {}
        self._missing: dict[bytes, None] = {}
        self._keys: list[bytes] = []
        self._rows: dict[bytes, int] = {}
        self._shown: NDArray[numpy.intp]
        self._read(self._file.newest(embedder))

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    @property
    def size(self) -> int:
        """How many texts are in use."""
        return len(self._used)

    @property
    def made(self) -> int:
        """How many of them have a vector."""
        return len(self._used) - len(self._missing)

    def use(self, keys: Iterable[bytes]) -> None:
        """Hear which texts the folder holds now, all of them; the others are not found any more."""
        self._used = dict.fromkeys(keys)
        self._look()

    def missing(self, limit: int) -> list[bytes]:
        """Return some of the texts in use that have no vector, at most `limit`; none if all have.

        What another process on the same file made meanwhile is taken over.
        """
        while keys := list(islice(self._missing, limit)):
            found = self._file.find(self._embedder, self._blocks.dimensions, keys)
            if not found:
                break
            self._add(found)
        return keys

    def keep(self, keys: Sequence[bytes], rows: Rows) -> None:
        """Keep the vectors of texts: on disk all of them or none, whatever happens.

        Args:
            keys: The texts.
            rows: A vector of length 1 for each, as the rows of an array.
        """
        self._expect(rows.shape[1])
        made = {key: row.tobytes() for key, row in zip(keys, _rounded(rows), strict=True)}
        self._file.write(self._embedder, self._blocks.dimensions, made)
        self._add(made)

    def nearest(self, query: Query, limit: int) -> list[tuple[bytes, float]]:
        """Return the texts in use that are nearest to a vector of length 1 in meaning, with their cosines.

        Args:
            query: The vector.
            limit: The most to return; the best come first.
        """
        import numpy

        self._expect(len(query))
        cosines = self._blocks.compare(query)[self._shown]
        count = min(limit, len(cosines))
        if not count:
            return []
        best = numpy.argpartition(-cosines, count - 1)[:count]
        best = best[numpy.argsort(-cosines[best], kind="stable")]
        return [(self._keys[self._shown[one]], float(cosines[one])) for one in best]

    def cosines(self, query: Query, keys: Iterable[bytes]) -> dict[bytes, float]:
        """Return the cosine with a vector of length 1 of each of these texts that has a vector."""
        self._expect(len(query))
        known = [key for key in keys if key in self._rows]
        found = self._blocks.compare_some(query, [self._rows[key] for key in known])
        return dict(zip(known, map(float, found), strict=True))

    def tidy(self, now: float) -> None:
        """Drop from the disk what no text in use has needed for a month; `now` in seconds since the epoch."""
        self._file.tidy(self._embedder, self._blocks.dimensions, self._used.keys(), now)

    def _expect(self, dimensions: int) -> None:
        """Go over to vectors of so many dimensions: a provider may serve others under the same name."""
        if dimensions != self._blocks.dimensions:
            self._read(dimensions)

    def _read(self, dimensions: int) -> None:
        self._blocks = _Blocks(dimensions)
        self._keys, self._rows = [], {}
        self._append(self._file.read(self._embedder, dimensions))
        self._look()

    def _add(self, vectors: Mapping[bytes, bytes]) -> None:
        import numpy

        begin = len(self._keys)
        self._append((key, vector) for key, vector in vectors.items() if key not in self._rows)
        for key in vectors:
            self._missing.pop(key, None)
        shown = [row for row in range(begin, len(self._keys)) if self._keys[row] in self._used]
        self._shown = numpy.append(self._shown, numpy.array(shown, numpy.intp))

    def _append(self, vectors: Iterable[tuple[bytes, bytes]]) -> None:
        for key, vector in vectors:
            self._rows[key] = len(self._keys)
            self._keys.append(key)
            self._blocks.append(vector)

    def _look(self) -> None:
        """See which texts in use have a row, and which have none."""
        import numpy

        rows = sorted(self._rows[key] for key in self._used if key in self._rows)
        self._shown = numpy.array(rows, numpy.intp)
        self._missing = dict.fromkeys(key for key in self._used if key not in self._rows)


class _Blocks:
    """Rows of whole numbers, in blocks of one size: adding a row copies no other."""

    def __init__(self, dimensions: int) -> None:
        self.dimensions = dimensions
        self.size = max(1, BLOCK // max(1, dimensions))
        self._count = 0
        self._blocks: list[NDArray[numpy.int8]] = []
        self._lengths: list[NDArray[numpy.float32]] = []

    def append(self, vector: bytes) -> None:
        """Add a row."""
        import numpy

        block, at = divmod(self._count, self.size)
        if not at:
            self._blocks.append(numpy.zeros((self.size, self.dimensions), numpy.int8))
            self._lengths.append(numpy.ones(self.size, numpy.float32))
        row = numpy.frombuffer(vector, numpy.int8)
        self._blocks[block][at] = row
        self._lengths[block][at] = numpy.linalg.norm(row.astype(numpy.float32)) or 1
        self._count += 1

    def compare(self, query: Query) -> Query:
        """Return the cosine of each row with a vector of length 1."""
        import numpy

        room = numpy.empty((self.size, self.dimensions), numpy.float32)
        found = numpy.empty(len(self._blocks) * self.size, numpy.float32)
        for number, (block, lengths) in enumerate(zip(self._blocks, self._lengths, strict=True)):
            part = found[number * self.size : (number + 1) * self.size]
            numpy.copyto(room, block)
            numpy.matmul(room, query, out=part)
            part /= lengths
        return found[: self._count]

    def compare_some(self, query: Query, rows: Sequence[int]) -> Query:
        """Return the cosines of some rows."""
        import numpy

        places = [divmod(row, self.size) for row in rows]
        some = [self._blocks[block][at] for block, at in places]
        lengths = [self._lengths[block][at] for block, at in places]
        if not some:
            return numpy.empty(0, numpy.float32)
        found: Query = numpy.stack(some).astype(numpy.float32) @ query
        found /= numpy.array(lengths, numpy.float32)
        return found


def _rounded(rows: Rows) -> NDArray[numpy.int8]:
    """Return vectors as whole numbers, the largest of each as 127."""
    import numpy

    largest = numpy.abs(rows).max(axis=1, keepdims=True, initial=0)
    scaled = numpy.rint(rows * (LARGEST / numpy.where(largest > 0, largest, 1)))
    return scaled.astype(numpy.int8)


class Runs(Protocol):
    """Runs work in the thread that some vectors belong to."""

    async def __call__(self, work: Callable[[], T], /) -> T:
        """Return what the work returns."""
        ...


async def fill(
    vectors: Vectors,
    embedder: Embedder,
    texts_of: Callable[[Sequence[bytes]], Mapping[bytes, str]],
    runs: Runs,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Make all vectors that are missing, batch by batch, while nobody waits for any; cancel it to stop.

    Args:
        vectors: Are looked at and changed in their own thread only.
        embedder: Whose vectors these are.
        texts_of: Gives the texts of keys in use, there too.
        runs: Runs work in that thread.
        progress: Is told how many of the texts in use have a vector, and how many there are.

    Raises:
        EmbeddingFault: The embedder could make no more. What was made stays; calling it again goes on there.
    """

    def batch() -> Mapping[bytes, str]:
        return texts_of(vectors.missing(embedder.batch))

    def keep(keys: Sequence[bytes], rows: Rows) -> tuple[int, int]:
        vectors.keep(keys, rows)
        return vectors.made, vectors.size

    while texts := await runs(batch):
        rows = await embedder.embed(list(texts.values()), urgent=False)
        done = await runs(partial(keep, list(texts), rows))
        if progress:
            progress(*done)
    await runs(lambda: vectors.tidy(time.time()))
