"""The folder of drafts on disk. Nothing in it is ever used for an answer."""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path

from core.evaluation.file import append
from core.evaluation.questions import BadLine, parse
from core.learning.writing import Draft, file_of, question_of

EVALUATION = "evaluation.jsonl"
_SLUG_LIMIT = 60
_CASE = re.compile(r"^case: (\d+)$", re.MULTILINE)
# Front matter is at the beginning.
_LOOKED_AT = 4_000


class Drafts:
    """A folder of drafts beside the articles that they are to join."""

    def __init__(self, folder: Path, articles: Path) -> None:
        self.folder = folder
        self._articles = articles

    @property
    def evaluation(self) -> Path:
        """The file of questions that go with the drafts."""
        return self.folder / EVALUATION

    def of_case(self, case: int) -> Path | None:
        """Return the draft that was made of a case, if it is still there."""
        found = (path for path in sorted(self.folder.glob("*.md")) if _case_of(path) == case)
        return next(found, None)

    def add(self, draft: Draft) -> Path:
        """Write a draft and its question, over an earlier one of the same case; return where it is.

        Raises:
            OSError: They can't be written.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.of_case(draft.material.case) or self.folder / self._free_name(draft)
        unfinished = path.with_suffix(".unfinished")
        unfinished.write_text(file_of(draft), encoding="utf-8", newline="\n")
        os.replace(unfinished, path)
        question = question_of(draft, path.name)
        self._forget(question.key)
        append(self.evaluation, question)
        return path

    def _free_name(self, draft: Draft) -> str:
        case = draft.material.case
        slug = _slug(draft.title)
        names = [f"{slug}.md", f"{slug}-case-{case}.md"] if slug else []
        names.append(f"case-{case}.md")
        taken = [name for name in names if (self.folder / name).exists() or (self._articles / name).exists()]
        return next((name for name in names if name not in taken), f"case-{case}-{draft.material.day}.md")

    def _forget(self, key: str) -> None:
        """Take a question out of the file, for a newer one of the same case."""
        if not self.evaluation.exists():
            return
        lines = self.evaluation.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if _key_of(line) != key]
        if kept != lines:
            self.evaluation.write_text("".join(kept), encoding="utf-8", newline="\n")


def _case_of(path: Path) -> int | None:
    with path.open(encoding="utf-8", errors="replace") as file:
        found = _CASE.search(file.read(_LOOKED_AT))
    return int(found[1]) if found else None


def _key_of(line: str) -> str:
    try:
        return parse(line)[0].key
    except BadLine:
        return ""


def _slug(title: str) -> str:
    """Return a title as a file name that every system takes; empty where its script is not Latin."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain)[:_SLUG_LIMIT].strip("-")
    return slug if len(slug) >= 3 else ""
