"""Exceptions in words: for whoever runs Frontdesk, and for a log, without the words of customers."""

from __future__ import annotations

import traceback


class Mendable(Exception):
    """Something that whoever runs Frontdesk can mend; the text says what is wrong and what to do."""


def describe(error: BaseException) -> str:
    """Return an exception's kind and the place in our code that it came from, without its message.

    Messages of libraries can hold what was sent, so they are left out.
    """
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if "site-packages" not in f.filename] or list(frames)
    where = f" at {ours[-1].filename.rpartition('/')[2]}:{ours[-1].lineno}" if ours else ""
    return f"{type(error).__name__}{where}"
