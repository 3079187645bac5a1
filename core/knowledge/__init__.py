"""The knowledge folder: files become articles, articles become passages, passages are found."""

from core.knowledge.library import Instructions, KnowledgeMissing, Library

__all__ = ["Instructions", "KnowledgeMissing", "Library"]
