"""A trouble that lasts is logged once, not each time that it is met."""

from __future__ import annotations

import logging


class Lasting:
    """Troubles by what they befall, each as it was logged last."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def level(self, what: str, trouble: str) -> int:
        """Return how loud a trouble is logged: as a warning, and where it is still the same only to debug."""
        known, self._known[what] = self._known.get(what), trouble
        return logging.DEBUG if known == trouble else logging.WARNING

    def over(self, what: str) -> None:
        """Forget the trouble of something that works again: the next one is news."""
        self._known.pop(what, None)
