"""The knowledge folder: files become articles, articles become passages, passages are found."""

from core.knowledge.companions import KnowledgeMissing
from core.knowledge.instructions import Instructions
from core.knowledge.library import Library

__all__ = ["Instructions", "KnowledgeMissing", "Library"]
