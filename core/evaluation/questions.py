"""Questions with what is expected of them, as lines of JSON. Pure."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import (
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from core.messages import Action

Who = Literal["user", "assistant", "agent"]


@dataclass(frozen=True, slots=True)
class Said:
    """Something that was said before a question."""

    role: Who
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question with what is expected of its answer; what is left empty is not looked at.

    Attributes:
        text: The customer's words.
        history: What was said before, oldest first.
        articles: Paths below `articles/`; that one of them is found is enough.
        action: What the answer is expected to do.
        words: What must stand in the reply, each.
        not_words: What must not.
        id: Names the question in reports, and in comparisons where its words change.
        note: For whoever reads the file.
    """

    text: str
    history: tuple[Said, ...] = ()
    articles: tuple[str, ...] = ()
    action: Action | None = None
    words: tuple[str, ...] = ()
    not_words: tuple[str, ...] = ()
    id: str = ""
    note: str = ""

    @property
    def key(self) -> str:
        """What the question is known by from one run to the next."""
        if self.id:
            return self.id
        asked = json.dumps([self.text, *([said.role, said.text] for said in self.history)])
        return hashlib.sha256(asked.encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Numbered:
    """A question and the line that it stands on, from 1."""

    line: int
    question: Question


@dataclass(frozen=True, slots=True)
class Read:
    """What the lines of a file hold.

    Attributes:
        questions: In the file's order, each once.
        bad: What is wrong with lines that can't be used, each with its number.
        notes: What is odd about others.
    """

    questions: tuple[Numbered, ...]
    bad: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


Texts = Annotated[tuple[Text, ...], BeforeValidator(_listed)]


class _Said(BaseModel):
    role: Who
    text: str


class _Line(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True, extra="allow")
    question: Text = Field(validation_alias=AliasChoices("question", "text"))
    history: list[_Said] = []
    articles: Texts = Field(default=(), validation_alias=AliasChoices("articles", "relevant_files"))
    action: Action | None = None
    words: Texts = ()
    not_words: Texts = ()
    id: str = ""
    note: str = ""


_FIELDS = tuple(_Line.model_fields)


class BadLine(ValueError):
    """A line that holds no question; the text says why."""


def parse(line: str) -> tuple[Question, frozenset[str]]:
    """Read one line: a question, and the names of fields that mean nothing here.

    Raises:
        BadLine: It is no JSON object, a field is wrong, or one looks misspelt.
    """
    try:
        read = _Line.model_validate_json(line)
    except ValidationError as error:
        raise BadLine(_in_words(error)) from None
    unknown = frozenset(read.model_extra or ())
    for name in sorted(unknown):
        if meant := difflib.get_close_matches(name.lower(), _FIELDS, 1, 0.75):
            raise BadLine(f"{name} is no field; is {meant[0]} meant?")
    return (
        Question(
            read.question,
            tuple(Said(said.role, said.text) for said in read.history),
            read.articles,
            read.action,
            read.words,
            read.not_words,
            read.id,
            read.note,
        ),
        unknown,
    )


def _in_words(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    where = ".".join(map(str, first["loc"]))
    return f"{where}: {first['msg']}" if where else first["msg"]


@dataclass(slots=True)
class _Reading:
    questions: list[Numbered] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    lines: dict[str, Numbered] = field(default_factory=dict)
    unknown: dict[str, list[int]] = field(default_factory=dict)

    def take(self, number: int, line: str) -> None:
        try:
            question, unknown = parse(line)
        except BadLine as error:
            self.bad.append(f"line {number}: {error}")
            return
        for name in unknown:
            self.unknown.setdefault(name, []).append(number)
        earlier = self.lines.get(question.key)
        if earlier is None:
            self.lines[question.key] = Numbered(number, question)
            self.questions.append(self.lines[question.key])
        elif earlier.question == question:
            self.notes.append(f"line {number}: the same as line {earlier.line}; counted once")
        elif question.id:
            self.bad.append(f"line {number}: the id {question.id} stands on line {earlier.line} already")
        else:
            self.bad.append(f"line {number}: asks what line {earlier.line} asks, but expects otherwise")


def read(lines: Iterable[str]) -> Read:
    """Read the lines of a file; empty ones count as lines, and no more."""
    reading = _Reading()
    for number, line in enumerate(lines, 1):
        if line.strip():
            reading.take(number, line)
    ignored = [
        f"{name} on line {numbers[0]}"
        + (f" and {len(numbers) - 1} more" if numbers[1:] else "")
        + " is no field, and was ignored"
        for name, numbers in sorted(reading.unknown.items())
    ]
    return Read(tuple(reading.questions), tuple(reading.bad), (*reading.notes, *ignored))


def missing_articles(questions: Iterable[Numbered], articles: Iterable[str]) -> list[str]:
    """Return a note for each expected article that is not in the folder: it was probably renamed."""
    there = sorted(set(articles))
    by_name = {path.rpartition("/")[2]: path for path in there}
    notes = []
    for one in questions:
        for path in one.question.articles:
            if path not in there:
                close = by_name.get(path.rpartition("/")[2]) or next(
                    iter(difflib.get_close_matches(path, there, 1, 0.7)), ""
                )
                meant = f" (renamed to {close}?)" if close else " (was it renamed?)"
                notes.append(f"line {one.line}: there is no article {path}{meant}")
    return notes


def as_line(question: Question) -> str:
    """Return a question as a line of the file, without a line break."""
    data: dict[str, Any] = {
        "id": question.id,
        "question": question.text,
        "history": [{"role": said.role, "text": said.text} for said in question.history],
        "articles": list(question.articles),
        "action": question.action,
        "words": list(question.words),
        "not_words": list(question.not_words),
        "note": question.note,
    }
    return json.dumps({name: value for name, value in data.items() if value}, ensure_ascii=False)
