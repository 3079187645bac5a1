"""What goes wrong with a platform or a model, as the core hears of it."""

from __future__ import annotations

from enum import StrEnum

from core.messages import Usage


class Trouble(Exception):
    """A platform or a model did not do what it was asked; the text is for whoever runs Frontdesk."""


class TryLater(Trouble):
    """Not now: nothing was posted. `after` says in how many seconds to try again."""

    def __init__(self, why: str, after: float = 1.0) -> None:
        super().__init__(why)
        self.after = after


class Refused(Trouble):
    """The platform said no, and will say no again."""


class TooLarge(Refused):
    """A file has more bytes than were asked for."""


class BadForm(Refused):
    """The platform refuses the form of a post; `buttons` says whether its buttons may be the trouble."""

    def __init__(self, why: str, *, buttons: bool = False) -> None:
        super().__init__(why)
        self.buttons = buttons


class Unknown(Trouble):
    """The connection broke in the middle: it may have been posted."""


class EmbeddingFault(Trouble):
    """No vectors could be had: what is searched by words goes on without."""


class FaultKind(StrEnum):
    """Why a model gave no answer: a closed list, without any provider's words."""

    TRANSIENT = "transient"
    TIMEOUT = "timeout"
    RATE_LIMITED = "rate_limited"
    QUOTA_SPENT = "quota_spent"
    BAD_KEY = "bad_key"
    UNKNOWN_MODEL = "unknown_model"
    WRONG_PARAMETER = "wrong_parameter"
    PROMPT_TOO_LONG = "prompt_too_long"
    NO_ANSWER = "no_answer"
    BUDGET = "budget"
    BUSY = "busy"
    QUEUE_FULL = "queue_full"
    OTHER = "other"


class ModelFault(Trouble):
    """The model gave no answer; `usage` is what the tries cost, `kind` why."""

    def __init__(self, why: str, usage: Usage | None = None, kind: FaultKind = FaultKind.OTHER) -> None:
        super().__init__(why)
        self.usage = usage or Usage()
        self.kind = kind
