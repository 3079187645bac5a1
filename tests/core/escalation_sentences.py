"""Reads what people write, by language and by what it says: tests/fixtures/escalation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "fixtures" / "escalation"
LANGUAGES = sorted(path.stem for path in FOLDER.glob("*.txt"))


def sentences(kind: str) -> list[str]:
    """Return the sentences of a kind in every language."""
    return [text for language in LANGUAGES for listed, text in _listed(language) if listed == kind]


def kinds(language: str) -> set[str]:
    return {kind for kind, _ in _listed(language)}


def _listed(language: str) -> Iterator[tuple[str, str]]:
    kind = ""
    for line in (FOLDER / f"{language}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            kind = line.strip("[]")
        elif line:
            yield kind, line
