"""How a minimal bot answers: as the libraries' first pages have it, or with the least that the promises ask.

That least is what no bot that keeps them can spare. What was received is on the disk before the platform is
told so, and what is answered before it is posted: nothing is lost, nothing is said twice. The whole folder is
in the prompt, and the answer comes in a form that names its sources: nothing is made up. It comes while it is
written: it can be shown as it grows.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import openai

MODEL = "gpt-4.1-mini"
_FOLDER = Path(__file__).parents[2] / "knowledge"
_FORM: Any = {
    "type": "json_schema",
    "json_schema": {
        "name": "answer",
        "strict": True,
        "schema": {
            "type": "object",
            "properties": {
                "action": {"type": "string", "enum": ["answer", "offer_human", "escalate"]},
                "sources": {"type": "array", "items": {"type": "string"}},
                "reply": {"type": "string"},
            },
            "required": ["action", "sources", "reply"],
            "additionalProperties": False,
        },
    },
}


class Answering(Protocol):
    """How a floor answers."""

    async def reply(self, text: str) -> str:
        """Return what the model says to some words."""
        ...


class Plain:
    """One call; nothing is kept."""

    def __init__(self, model: openai.AsyncOpenAI) -> None:
        self._model = model

    async def reply(self, text: str) -> str:
        """Return what the model says to some words, given nothing else."""
        completion = await self._model.chat.completions.create(
            model=MODEL, messages=[{"role": "user", "content": text}]
        )
        return completion.choices[0].message.content or ""


class Promising:
    """The least that the promises ask: a file that a thread of its own writes, the folder, a stream."""

    def __init__(self, model: openai.AsyncOpenAI, file: Path) -> None:
        self._model = model
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._db = sqlite3.connect(file, check_same_thread=False)
        self._db.executescript(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE said (text TEXT)"
        )

    async def keep(self, text: str) -> None:
        """Return once some words are on the disk."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._write, text)

    def _write(self, text: str) -> None:
        with self._db:
            self._db.execute("INSERT INTO said VALUES (?)", [text])

    async def reply(self, text: str) -> str:
        """Return what the model says to some words, given the whole folder; it is kept by then."""
        stream = await self._model.chat.completions.create(
            model=MODEL,
            messages=[{"role": "system", "content": _folder()}, {"role": "user", "content": text}],
            response_format=_FORM,
            stream=True,
            stream_options={"include_usage": True},
        )
        pieces = [event.choices[0].delta.content or "" async for event in stream if event.choices]
        said: str = json.loads("".join(pieces))["reply"]
        await self.keep(said)
        return said


@cache
def _folder() -> str:
    return "\n\n".join(path.read_text(encoding="utf-8") for path in sorted(_FOLDER.rglob("*.md")))
