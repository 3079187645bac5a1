"""What an adapter remembers for a while, and not without bound."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """Keeps the newest values by their keys, each for some seconds at most."""

    def __init__(self, most: int, seconds: float = math.inf) -> None:
        """Make one that keeps at most so many, each for so many seconds."""
        self._most = most
        self._seconds = seconds
        self._kept: OrderedDict[K, tuple[float, V]] = OrderedDict()

    def keep(self, key: K, value: V) -> None:
        """Remember a value from now on."""
        self._kept[key] = (time.monotonic(), value)
        self._kept.move_to_end(key)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def get(self, key: K) -> V | None:
        """Return what is remembered for a key; None if nothing is, or no longer."""
        at, value = self._kept.get(key, (-math.inf, None))
        return value if time.monotonic() - at < self._seconds else None
