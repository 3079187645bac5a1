"""Reads short messages of customers, with the language that each is in: tests/fixtures/languages.txt."""

from __future__ import annotations

from pathlib import Path

FILE = Path(__file__).parents[1] / "fixtures" / "languages.txt"


def messages() -> list[tuple[str, str]]:
    """Return (language, message); the language is empty where nobody can tell it."""
    language, listed = "", []
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("[") and line.endswith("]"):
            language = line.strip("[]")
        elif line:
            listed.append((language, line))
    return listed
