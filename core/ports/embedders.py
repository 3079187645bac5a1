"""What turns texts into vectors must do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # importing numpy takes a tenth of a second that most commands need not wait
    import numpy
    from numpy.typing import NDArray

    Vectors = NDArray[numpy.float32]


# Hears how much of a long piece of work is done, and of how much.
Progress = Callable[[int, int], None]


def untold(done: int, total: int) -> None:
    """Tell nobody of progress."""


class Embedder(Protocol):
    """Puts the meaning of texts into vectors: a small model on this machine, or a provider's."""

    @property
    def name(self) -> str:
        """The model; vectors that were made under different names are never compared."""
        ...

    @property
    def batch(self) -> int:
        """How many texts are best given at once, where nobody waits for them."""
        ...

    @property
    def multilingual(self) -> bool:
        """Whether texts in different languages that mean the same are near each other."""
        ...

    async def embed(self, texts: Sequence[str], *, urgent: bool) -> Vectors:
        """Return one vector of length 1 for each text, as the rows of a float32 array.

        Args:
            texts: Of any length; what is beyond what the model can take is left out.
            urgent: Whether a customer waits for it; else it makes way for those that are.

        Raises:
            EmbeddingFault: They could not be had; says why.
        """
        ...

    async def close(self) -> None:
        """Give back what it holds."""
        ...
