"""What the agents are told of a model that fails: what only people can mend, once a while. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from core import words
from core.ports import FaultKind, ModelFault

HOUR = 3_600.0
# How long it is before the same is told again, in seconds.
_AGAIN = {
    FaultKind.QUEUE_FULL: HOUR,
    FaultKind.QUOTA_SPENT: 24 * HOUR,
    FaultKind.BAD_KEY: 24 * HOUR,
    FaultKind.UNKNOWN_MODEL: 24 * HOUR,
}


@dataclass(frozen=True, slots=True)
class ToldFault:
    """What is told, in Markdown, and the key under which it is told once."""

    key: str
    text: str


def told_of(fault: ModelFault, now: float) -> ToldFault | None:
    """Return what the agents are told of a fault, or None.

    What passes by itself is not told, and neither are budgets: the meter does that.

    Args:
        fault: Why the model gave no answer.
        now: Seconds since the epoch.
    """
    again = _AGAIN.get(fault.kind)
    if again is None:
        return None
    return ToldFault(f"model/{fault.kind}/{int(now // again)}", words.MODEL_TROUBLE[fault.kind])
