"""What a claim is, and what is compared of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

# What is compared: `("time", 1209600.0)` for two weeks.
Key = tuple[str | float, ...]
# That something costs nothing.
NO_COST: Key = ("free",)


class Kind(StrEnum):
    """The sorts of claims that must be supported."""

    LINK = "link"
    EMAIL = "email"
    PHONE = "phone"
    SOURCE = "source"
    CODE = "code"
    DATE = "date"
    TIME = "time"
    PRICE = "price"
    PERCENTAGE = "percentage"
    MEASURE = "measure"
    NUMBER = "number"
    PROMISE = "promise"


@dataclass(frozen=True, slots=True)
class Claim:
    """Something that a text states.

    Attributes:
        kind: What sort it is of.
        text: The claim alone, as it is written but for case and marks (`30 days`).
        needs: Any one of these, with all of its keys, supports it.
        states: What it supports itself, where it stands in an article.
        weighs: Whether it must be supported; else it only supports, as the number of a step does.
    """

    kind: Kind
    text: str
    needs: tuple[tuple[Key, ...], ...]
    states: tuple[Key, ...]
    weighs: bool = True


def plain(kind: Kind, text: str, *keys: Key) -> Claim:
    """Return a claim that any of the keys supports, and that states all of them."""
    return Claim(kind, text, tuple((key,) for key in keys), keys)
