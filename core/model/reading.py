"""Reads an answer while it arrives: its opening, then its sentences as they get whole. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

import jiter

from core.messages import Action, Answer, Passage, Reason, Usage
from core.model.formats import MODEL_REASONS
from core.ports import Opening, Sentence
from core.sentences import ends, last_end

# White space; local models that reason may also do so aloud.
_PRELUDE = re.compile(r"\s*(?:<think>.*?</think>\s*)?", re.DOTALL)
_JSON = re.compile(r"(?:```(?:json)?\s*)?\{")
_HALF_A_FENCE = re.compile(r"(?:`{1,2}|```(?:j|js|jso|json)?\s*)\Z")
_SURROGATES = re.compile("[\ud800-\udfff]")
_MARKDOWN_BLOCK = re.compile(r"(?:[-*+•] |\d{1,3}[.)] |#{1,6} |```|~~~|\||> )")
_BLOCK_MARK = 4  # as many characters tell whether a Markdown block begins
_FIRST_KEYS = frozenset({"action", "reason", "sources"})
# A repetition shorter than this may be meant.
SEAM = 15
# So many characters a model may write before the JSON that it was not asked to wrap.
PREFACE = 120


class Unreadable(Exception):
    """There is no answer in what came.

    Attributes:
        empty: Whether there are no words at all.
        plain: Whether there are words, in no form.
    """

    def __init__(self, *, empty: bool = False, plain: bool = False) -> None:
        super().__init__("no answer in it")
        self.empty = empty
        self.plain = plain


@dataclass
class Told:
    """What was released of one answer, by however many calls; none of it is ever taken back.

    Attributes:
        opening: What it does, once that was released or must stay so.
        sentences: What was released.
        kept: Words that were not released, from which the next call goes on.
        space: The white space that stood behind the last sentence, if any came.
        asked: Whether any call was made for it.
    """

    opening: Opening | None = None
    sentences: list[str] = field(default_factory=list)
    kept: str = ""
    space: str = ""
    opened: bool = False
    asked: bool = False

    @property
    def text(self) -> str:
        """The released sentences, joined."""
        return "".join(self.sentences)

    @property
    def so_far(self) -> str:
        """All that a next call goes on from."""
        return self.text + self.kept

    def release(self, opening: Opening, sentence: str) -> Iterator[Opening | Sentence]:
        """Note and give a sentence, with the opening before the first one."""
        if not self.opened:
            self.opened = True
            self.opening = opening
            yield opening
        if sentence:
            self.sentences.append(sentence)
            yield Sentence(sentence)

    def answer(self, usage: Usage) -> Answer:
        """Return the whole answer."""
        assert self.opening is not None, "an answer is told with its opening"
        return Answer(self.text, self.opening.action, self.opening.reason, self.opening.sources, usage)

    def filtered(self) -> Iterator[Opening | Sentence]:
        """End the answer as one that a filter stopped: what was shown stays, and a person is called."""
        sources = self.opening.sources if self.opening and self.opened else ()
        opening = Opening(Action.ESCALATE, Reason.CONTENT_FILTERED, sources)
        yield from self.release(opening, "")
        self.opening, self.kept = opening, ""

    def stopped(self, cut: str) -> Iterator[Opening | Sentence]:
        """Release the words that an answer ends with which is not told to its end; `cut` says that."""
        assert self.opening is not None, "an answer that stops has begun"
        rest = "" if self.sentences else _closed(self.kept.strip())
        self.kept = ""
        yield from self.release(self.opening, f"{rest}\n\n{cut}")


class Reader:
    """Reads the text of one call, whether it is JSON or plain, and whether it begins an answer or goes on."""

    def __init__(self, passages: Mapping[str, Passage], told: Told, *, plain: bool = False) -> None:
        """Begin to read.

        Args:
            passages: What the model was given: other sources are dropped.
            told: What was said before, of which repetitions are left out; what is released is added to it.
            plain: Whether plain text is an answer.
        """
        self._passages = passages
        self._told = told
        self._plain = plain
        self._raw = ""
        self._found: tuple[_Kind, int] | None = None
        self._opening = told.opening
        self._reply = 0  # so many characters of the reply were taken
        self._seam = _Seam(told) if told.so_far else None
        self._pending = told.kept

    def feed(self, text: str) -> list[Opening | Sentence]:
        """Take the next text and return what can be shown of it."""
        self._raw += text
        if self._found is None:
            self._found = _kind(self._raw)
        if self._found is None:
            return []
        kind, start = self._found
        if kind is _Kind.PLAIN:
            if not self._plain:
                return []  # it may hold JSON further on: that is known at the end
            return self._take_plain(self._raw[start:])
        data = _partial(self._raw[start:])
        if self._opening is None and data.keys() >= _FIRST_KEYS and next(reversed(data)) == "reply":
            self._opening = opening_of(data, self._passages)
        reply = data.get("reply")
        return self._take(reply) if isinstance(reply, str) else []

    def finish(self) -> list[Opening | Sentence]:
        """Return the rest of an answer that came to its end.

        Raises:
            Unreadable: There is no answer in it, or its JSON breaks off.
        """
        if not self._raw.strip():
            raise Unreadable(empty=True)
        kind, start = self._found or (_Kind.PLAIN, _PRELUDE.match(self._raw).end())  # type: ignore[union-attr]
        if self._raw[start:].startswith("<think>"):
            raise Unreadable(empty=True)  # its thoughts broke off
        as_it_is = kind is _Kind.PLAIN and self._plain
        data = None if as_it_is and self._told.opened else _whole(self._raw[start:])
        if data is None and not as_it_is:
            raise Unreadable(plain=kind is _Kind.PLAIN)
        if self._opening is None:
            self._opening = (
                Opening(Action.ANSWER, plain=True) if data is None else opening_of(data, self._passages)
            )
        self._add(self._raw[start:] if data is None else _SURROGATES.sub("\ufffd", data["reply"]))
        self._pending += self._seam.finish() if self._seam else ""
        shown = self._whole_ones(final=True)
        if not self._told.opened:
            if self._opening.action is not Action.ESCALATE:
                raise Unreadable(empty=True)
            shown += self._told.release(self._opening, "")
        return shown

    def break_off(self) -> list[Opening | Sentence]:
        """Return the rest of an answer whose JSON a stop word of ours ended.

        Raises:
            Unreadable: It ended before the reply began.
        """
        if self._opening is None or not (self._pending.strip() or self._told.opened):
            raise Unreadable(empty=True)
        return self._whole_ones(final=True)

    def hold(self) -> bool:
        """Keep what a next call can go on from, of an answer that was cut; say whether there is anything.

        What was not released is said anew, from the end of the last sentence, except where no sentence was
        released at all: there the next call goes on within the first one.
        """
        told = self._told
        if not told.sentences and self._opening is not None:
            self._pending += self._seam.finish(cut=True) if self._seam else ""
            told.opening = self._opening
            told.kept = self._pending[: _last_space(self._pending)]
        return bool(told.so_far)

    def _take_plain(self, reply: str) -> list[Opening | Sentence]:
        """Take plain text as far as it came, unless it may be words around JSON, known at the end."""
        if not self._told.so_far and ("{" in reply or len(reply) < PREFACE):
            return []
        self._opening = self._opening or Opening(Action.ANSWER, plain=True)
        return self._take(reply)

    def _take(self, reply: str) -> list[Opening | Sentence]:
        """Take the reply as far as it came."""
        if not self._add(reply) or self._opening is None:
            return []
        return self._whole_ones()

    def _add(self, reply: str) -> bool:
        """Add what is new of the reply; say whether anything is."""
        new = reply[self._reply :]
        self._reply += len(new)
        self._pending += self._seam.feed(new) if self._seam else new
        return bool(new)

    def _whole_ones(self, *, final: bool = False) -> list[Opening | Sentence]:
        """Release the sentences that are whole."""
        assert self._opening is not None, "an answer is told with its opening"
        told = self._told
        text = self._pending if told.sentences else self._pending.lstrip()
        if final:
            text = text.rstrip()
        shown: list[Opening | Sentence] = []
        at = 0
        for end in ends(text, final=final):
            if end > at:
                shown += told.release(self._opening, text[at:end])
                told.kept = ""
                at = end
        self._pending = text[at:]
        told.space = _leading_space(self._pending)
        return shown


class _Kind(Enum):
    JSON = auto()
    PLAIN = auto()


def _kind(raw: str) -> tuple[_Kind, int] | None:
    """Say what a text is and where it begins; None as long as that is open."""
    start = _PRELUDE.match(raw).end()  # type: ignore[union-attr]
    rest = raw[start:]
    if not rest or "<think>".startswith(rest[:7]) or _HALF_A_FENCE.match(rest):
        return None
    json_there = _JSON.match(rest)
    return (_Kind.JSON, start + json_there.end() - 1) if json_there else (_Kind.PLAIN, start)


class _Seam:
    """Where one call goes on with another's text: what it repeats of that is left out."""

    def __init__(self, told: Told) -> None:
        said = told.so_far.rstrip()
        self._is_spaced = told.so_far != said
        self._is_guessed = not told.space
        self._joint = told.space or ("" if said[-1:] in "。！？" else " ")
        words_at = {match.start() for match in re.finditer(r"(?<=\s)\S", said)}
        last = len(said) - len(told.sentences[-1].strip()) if told.sentences and not told.kept else 0
        self._repeats = [
            said[at:] for at in {0, last, *words_at} if len(said) - at >= SEAM or at in {0, last}
        ]
        self._waiting = ""
        self._is_open = True

    def feed(self, text: str) -> str:
        """Take text and return what is new of it, once that is clear."""
        if not self._is_open:
            return text
        self._waiting += text
        start = self._waiting.lstrip()
        if len(start) < _BLOCK_MARK or self._may_repeat(start):
            return ""
        return self._settled()

    def finish(self, *, cut: bool = False) -> str:
        """Return what waited, at the end of the text; half a repetition that was cut is nothing new."""
        is_half = cut and self._may_repeat(self._waiting.lstrip())
        return "" if not self._is_open or is_half else self._settled()

    def _may_repeat(self, start: str) -> bool:
        return any(len(said) > len(start) and said.startswith(start) for said in self._repeats)

    def _settled(self) -> str:
        self._is_open = False
        start = self._waiting.lstrip()
        repeated = max((r for r in self._repeats if start.startswith(r)), key=len, default="")
        rest = start[len(repeated) :] if repeated else self._waiting
        if not rest.strip():
            return ""
        if self._is_spaced:
            return rest.lstrip(" ")
        if rest[0].isspace() or (repeated and rest[0] in ",.;:!?"):
            return rest
        joint = "\n\n" if self._is_guessed and _MARKDOWN_BLOCK.match(rest) else self._joint
        return joint + rest


def without_thoughts(text: str) -> str:
    """Return plain text without what a local model thought aloud, be it broken off."""
    rest = text[_PRELUDE.match(text).end() :].strip()  # type: ignore[union-attr]
    return "" if rest.startswith("<think>") else rest


def opening_of(data: Mapping[str, Any], passages: Mapping[str, Passage]) -> Opening:
    """Return what an answer does, repaired: a reason only where one belongs, only sources that were given."""
    action = _member(Action, data.get("action")) or Action.ANSWER
    reason = _member(Reason, data.get("reason"))
    if action in {Action.ANSWER, Action.CLARIFY}:
        reason = None
    elif reason not in MODEL_REASONS:
        reason = Reason.UNSURE
    named = data.get("sources")
    names = dict.fromkeys(n for n in (named if isinstance(named, list) else []) if isinstance(n, str))
    return Opening(action, reason, tuple(passages[name] for name in names if name in passages))


def _partial(text: str) -> dict[str, Any]:
    raw = text.encode("utf-8", "replace")
    try:
        data = jiter.from_json(raw, partial_mode="trailing-strings", cache_mode="none")
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}


def _whole(text: str) -> dict[str, Any] | None:
    """Return the JSON object in a text that is complete; words around it do no harm."""
    start = text.find("{")
    if start < 0:
        return None
    try:
        data, _ = json.JSONDecoder(strict=False).raw_decode(text, start)
    except ValueError:
        return None
    if not isinstance(data, dict):
        return None
    if data.get("reply") is None and _member(Action, data.get("action")) is Action.ESCALATE:
        return {**data, "reply": ""}  # a person may be called without a word
    return data if isinstance(data.get("reply"), str) else None


def _member(kind: type[Any], value: object) -> Any:
    try:
        return kind(value)
    except ValueError:
        return None


def _leading_space(text: str) -> str:
    return text[: len(text) - len(text.lstrip())]


def _last_space(text: str) -> int:
    return len(text) - len(re.split(r"\s", text)[-1])


def _closed(text: str) -> str:
    """Return a text that broke off, up to its last whole sentence, with its code block closed."""
    whole = text[: last_end(text)] or text
    return f"{whole}\n```" if whole.count("```") % 2 else whole
