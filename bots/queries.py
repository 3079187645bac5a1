"""`frontdesk ask` and `frontdesk search`: one question, or JSON lines, without any platform."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.answering import Answerer
from core.knowledge import Library
from core.knowledge.query import Said as Before
from core.messages import Answer, Author, Findings, Role, StoredMessage, Turn
from core.outcome import unheard
from core.ports import Counter

_CUSTOMER = Author("ask:you", "You")
_ROLES = {"user": Role.CUSTOMER, "assistant": Role.ASSISTANT, "agent": Role.AGENT}


class Said(BaseModel):
    """One earlier message of a conversation."""

    role: Literal["user", "assistant", "agent"]
    text: str


class AskLine(BaseModel):
    """One line of `ask --batch`."""

    model_config = ConfigDict(hide_input_in_errors=True)
    text: str
    history: list[Said] = Field(default_factory=list)


class SearchLine(BaseModel):
    """One line of `search --batch`."""

    model_config = ConfigDict(hide_input_in_errors=True)
    question: str
    history: list[Said] = Field(default_factory=list)


Line = TypeVar("Line", AskLine, SearchLine)


class BadLine(ValueError):
    """A line of a batch that can't be read; the text says what is wrong with it."""


def read_line(kind: type[Line], line: str) -> Line:
    """Read a JSON line; raises BadLine."""
    try:
        return kind.model_validate_json(line)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise BadLine(f"{where}: {first['msg']}" if where else first["msg"]) from None


async def ask(
    answerer: Answerer, counter: Counter, text: str, history: Sequence[Said], *, agents: bool
) -> Answer:
    """Answer one question as the desk would, with the words that the customer would read; stores nothing."""
    answered = await answerer.answer(as_turn(text, history, counter))
    answer = answered.answer
    reply = unheard(answered, agents=agents)
    return replace(answer, text=reply)


def as_turn(text: str, history: Sequence[Said], counter: Counter) -> Turn:
    """Make a turn of a question and what was said before it; every customer's message begins a new turn."""
    number = 0
    messages = []
    for said in history:
        number += said.role == "user"
        messages.append(_message(said.text, _ROLES[said.role], number, counter))
    waiting = _message(text, Role.CUSTOMER, number + 1, counter)
    return Turn(number + 1, "ask", (waiting,), tuple(messages))


def _message(text: str, role: Role, turn: int, counter: Counter) -> StoredMessage:
    return StoredMessage("", role, _CUSTOMER, text, 0.0, counter.count(text), "ask", turn)


def answer_as_json(answer: Answer) -> str:
    """Return an answer as one JSON line."""
    usage = answer.usage
    return _line(
        {
            "reply": answer.text,
            "action": answer.action,
            "reason": answer.reason,
            "sources": [{"article": p.article, "heading": p.heading} for p in answer.sources],
            "withheld": [asdict(one) for one in answer.withheld],
            "usage": {
                "model": usage.model,
                "calls": usage.calls,
                "prompt_tokens": usage.prompt_tokens,
                "cached_tokens": usage.cached_tokens,
                "completion_tokens": usage.completion_tokens,
            },
        }
    )


async def search(library: Library, question: str, history: Sequence[Said], limit: int) -> Findings:
    """Search as a turn does: with what was said before."""
    earlier = [Before(said.text, ours=said.role != "user") for said in history]
    return (await library.look_up(question, earlier, limit)).findings


def findings_as_json(findings: Findings) -> str:
    """Return findings as one JSON line."""
    results = [
        {
            "article": found.passage.article,
            "heading": found.passage.heading,
            "score": found.score,
            "used": found.used,
        }
        for found in findings.found
    ]
    return _line({"results": results, "answerable": findings.answerable})


def findings_as_text(findings: Findings) -> str:
    """Return findings as people read them, the ones that an answer may rest on marked with a star."""
    if not findings.found:
        return "Nothing found."
    lines = []
    for found in findings.found:
        passage = found.passage
        lines.append(f"{'*' if found.used else ' '} {found.score:5.3f}  {passage.article}  {passage.heading}")
        lines.append(f"         {' '.join(passage.text.split())[:100]}")
    lines.append(f"\nAnswerable: {findings.answerable:.2f}. Passages with * are good enough to answer from.")
    return "\n".join(lines)


def error_as_json(error: str) -> str:
    """Return what stands in the place of an answer to a line that can't be read."""
    return _line({"error": error})


def _line(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False)
