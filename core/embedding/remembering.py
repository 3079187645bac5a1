"""Remembers the last questions' vectors: a turn that is tried again, or goes on, embeds nothing twice."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.ports import Embedder

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    from core.ports import Vectors

# The last questions: 1.5 KB each with the local model, 6 KB with a provider's.
REMEMBERED = 256


class Remembering:
    """An `Embedder` that asks another one only for what it was not asked lately."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: OrderedDict[str, NDArray[numpy.float32]] = OrderedDict()

    @property
    def name(self) -> str:
        """The other one's."""
        return self._embedder.name

    @property
    def batch(self) -> int:
        """The other one's."""
        return self._embedder.batch

    async def embed(self, texts: Sequence[str], *, urgent: bool) -> Vectors:
        """Return one vector of length 1 for each text; see `Embedder`. Only what is urgent is remembered."""
        if not urgent or not texts:
            return await self._embedder.embed(texts, urgent=urgent)
        import numpy

        found = {text: self._known[text] for text in texts if text in self._known}
        if new := [text for text in dict.fromkeys(texts) if text not in found]:
            found.update(zip(new, await self._embedder.embed(new, urgent=True), strict=True))
        for text, row in found.items():
            self._known[text] = row
            self._known.move_to_end(text)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return numpy.stack([found[text] for text in texts])

    async def close(self) -> None:
        """Close the other one."""
        await self._embedder.close()
