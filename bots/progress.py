"""How far a long piece of work has come: a bar on a terminal, else a line in the log now and then."""

from __future__ import annotations

import logging
import sys
import time
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

log = logging.getLogger(__name__)

# Work that is done sooner is not mentioned; a log gets a line no more often than every LOGGED_SECONDS.
SHOWN_SECONDS = 1.0
LOGGED_SECONDS = 10.0


class Telling:
    """Tells how far one piece of work has come, on standard error.

    Args:
        what: Its name.
        bar: Whether a bar may be drawn: not beside what else is on the terminal.
    """

    def __init__(self, what: str, *, bar: bool = True) -> None:
        self._what = what
        self._shown = bar and sys.stderr.isatty()
        self._bar: ProgressBar[int] | None = None
        self._due = 0.0

    def __call__(self, done: int, total: int) -> None:
        """Hear how much is done, and of how much."""
        now = time.monotonic()
        if not self._due:
            self._due = now + (SHOWN_SECONDS if self._shown else LOGGED_SECONDS)
        if self._shown:
            self._draw(done, total, now)
        elif now >= self._due:
            self._due = now + LOGGED_SECONDS
            log.info("%s: %d of %d.", self._what, done, total)

    def _draw(self, done: int, total: int, now: float) -> None:
        if self._bar is None:
            if now < self._due or done >= total:
                return
            self._bar = click.progressbar(length=total, label=self._what, file=sys.stderr, show_pos=True)
            self._bar.__enter__()
        self._bar.length = total
        self._bar.update(done - self._bar.pos)
        if done >= total:
            self._bar.render_finish()
            self._bar, self._due = None, 0.0
