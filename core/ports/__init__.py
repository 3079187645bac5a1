"""What a platform, a model and what goes with it must do, in production and in tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.ports.costs import Call, Counter, Meter, Throttle
from core.ports.embedders import Embedder, Progress, untold
from core.ports.models import (
    Asker,
    ChatMessage,
    Clerk,
    Model,
    Opening,
    Piece,
    ReadFiles,
    Request,
    Sentence,
    Takes,
    Task,
    whole,
)
from core.ports.platforms import Platform
from core.ports.troubles import (
    BadForm,
    EmbeddingFault,
    FaultKind,
    ModelFault,
    Refused,
    TooLarge,
    Trouble,
    TryLater,
    Unknown,
)

if TYPE_CHECKING:
    from core.ports.embedders import Vectors as Vectors

__all__ = [
    "Asker",
    "BadForm",
    "Call",
    "ChatMessage",
    "Clerk",
    "Counter",
    "Embedder",
    "EmbeddingFault",
    "FaultKind",
    "Meter",
    "Model",
    "ModelFault",
    "Opening",
    "Piece",
    "Platform",
    "Progress",
    "ReadFiles",
    "Refused",
    "Request",
    "Sentence",
    "Takes",
    "Task",
    "Throttle",
    "TooLarge",
    "Trouble",
    "TryLater",
    "Unknown",
    "untold",
    "whole",
]
