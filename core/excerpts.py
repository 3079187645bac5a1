"""Shortens a passage to what answers a question, and leaves whole what only makes sense whole. Pure."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import groupby

from core.knowledge.terms import terms_of
from core.knowledge.words import STOP_WORDS
from core.splitting import blocks

# A passage of so many words is read in one go and stays whole: a sentence less could be a condition less.
# Of a longer one about as many are shown.
MOST_WORDS = 120
# How much of its score a sentence gives to those beside it: they say what it refers to.
BESIDE = 0.25
LEFT_OUT = "…"

_ITEM = re.compile(r" {0,3}(?:[-+*]|\d{1,9}[.)]) ")
_ROW = re.compile(r" {0,3}\|")
# Code, quotations and HTML are left as they are.
_WHOLE = ("```", "~~~", ">", "<")
_DENSE = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")
# A sentence ends here, if what follows begins one: not after "e.g.", an initial or the number of a step.
_END = re.compile(
    r"(?<!\b[A-Za-z])(?<!\be\.g)(?<!\bi\.e)(?<!\bNo)(?<!\bapprox)(?<!\bvs)(?<!\bbzw)"
    r"(?:[.!?…][)\"”'*_]*\s+(?=[\"“'(*_\[`]*[^\W_a-z])|[。！？])"
)
# What begins so takes something back, or warns of it: a sentence, or a block behind what it belongs to.
_TAKES_BACK = re.compile(
    r"[*_]*(?:only|exceptions?|except|not|no|please note|note|important|warning|caution|unless|however|but|"
    r"nur|ausnahmen?|achtung|hinweis|wichtig|jedoch|aber|"
    r"attention|remarque|seulement|sauf|"
    r"excepci[oó]n(?:es)?|atenci[oó]n|nota|importante|s[oó]lo|salvo|"
    r"exce[cç](?:ão|ões)|aten[cç]ão|apenas)\b|[*_]*(?:注意|ただし|なお)",
    re.IGNORECASE,
)
# Sentences that begin so lean on the one before them: alone they would mislead.
_LEANS = re.compile(
    r"[*_]*(?:also|although|and|but|else|except|however|if not|in (?:that|this|those|these) cases?|instead|"
    r"it|its|it's|only then|or|otherwise|so|that|then|therefore|these|they|this|those|unless|yet|you then|"
    r"aber|außerdem|dabei|dann|das|dies\w*|dennoch|jedoch|sie|sonst|"
    r"cel\w+|cependant|ceci|mais|sinon|il|ils|elles?|"
    r"est[aeo]s?|ell[ao]s?|pero|sin embargo|si no|"
    r"ess[ae]s?|isso|isto|mas|porém|senão)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is shown or left out as a whole: a sentence, a list, a row of a table below its `head`."""

    block: int
    text: str
    head: str = ""


def shortened(text: str, question: str, limit: int = MOST_WORDS) -> str:
    """Return the parts of a Markdown text that answer a question, in their order.

    A list is one part, with the line that leads to it, and so is a code block. Of a table the rows that match
    are shown below its head. A sentence that leans on the one before it stays with that. Parts are chosen by
    the words of the question that they hold, each weighted by how rare it is in the text, until `limit` is
    reached; where no part holds any, the beginning is shown. What is left out is marked.

    Args:
        text: A passage; one of at most `limit` words stays as it is, but for a block that it leaves open.
        question: The customer's words.
        limit: About how many words to show. A single part may be longer.
    """
    parts = list(blocks(text))
    if _length(text) <= limit:
        return "\n\n".join(parts)
    units = list(_units(parts))
    scores = _with_those_beside(units, _scores([f"{unit.head}\n{unit.text}" for unit in units], question))
    chosen: set[int] = set()
    words = 0
    for number in sorted(range(len(units)), key=lambda number: (-scores[number], number)):
        size = _length(units[number].text)
        if chosen and (words + size > limit or (any(scores) and not scores[number])):
            continue
        chosen.add(number)
        words += size
    return _joined(units, chosen)


def _units(parts: Sequence[str]) -> Iterator[_Unit]:
    """Yield what a text consists of, part by part."""
    grouped: list[str] = []
    for part in parts:
        if grouped and _goes_on(grouped[-1], part):
            grouped[-1] += f"\n\n{part}"
        else:
            grouped.append(part)
    for number, part in enumerate(grouped):
        lines = part.split("\n")
        row = next((at for at, line in enumerate(lines) if _ROW.match(line)), len(lines))
        if any(map(_ITEM.match, lines)) or part.lstrip().startswith(_WHOLE):
            yield _Unit(number, part)
        elif row + 2 < len(lines):
            head = "\n".join(lines[: row + 2])
            yield from (_Unit(number, line, head) for line in lines[row + 2 :])
        elif ":\n" in part:
            yield _Unit(number, part)
        else:
            yield from (_Unit(number, sentence) for sentence in _sentences(part))


def _goes_on(before: str, part: str) -> bool:
    """Say whether a block belongs to the one before it: led to by it, more of its list, its exception."""
    if before.rstrip("*_ ").endswith((":", "：")) or _TAKES_BACK.match(part):
        return True
    is_list = any(map(_ITEM.match, before.split("\n"))) and not before.startswith(_WHOLE)
    return is_list and bool(_ITEM.match(part) or part.startswith(("  ", "\t")))


def _sentences(text: str) -> list[str]:
    """Cut a paragraph into its sentences, those that lean on the one before left with it."""
    ends = [found.end() for found in _END.finditer(text)]
    cut = [text[a:b].strip() for a, b in zip([0, *ends], [*ends, len(text)], strict=True)]
    sentences: list[str] = []
    for sentence in filter(None, cut):
        leans = _LEANS.match(sentence) or _TAKES_BACK.match(sentence)
        if sentences and (leans or not _is_whole(sentences[-1])):
            sentences[-1] += f" {sentence}"
        else:
            sentences.append(sentence)
    return sentences


def _is_whole(text: str) -> bool:
    """Say whether emphasis, code and brackets that begin in a text also end there."""
    return all(text.count(mark) % 2 == 0 for mark in ("**", "`", "__")) and all(
        text.count(a) <= text.count(b) for a, b in ("()", "[]")
    )


def _scores(texts: Sequence[str], question: str) -> list[float]:
    """Return the weights of a question's words that each text holds, rare words counting more."""
    held = [set(terms_of(text)) for text in texts]
    frequency = Counter(term for terms in held for term in terms)
    wanted = _wanted(question)
    worth = {term: math.log(1 + len(texts) / frequency[term]) for term in wanted if frequency[term]}
    return [sum(worth[term] for term in worth.keys() & terms) for terms in held]


def _with_those_beside(units: Sequence[_Unit], own: Sequence[float]) -> list[float]:
    """Return the scores of sentences raised by those of the sentences beside them; the others as they are."""

    def given(number: int, other: int) -> float:
        if not 0 <= other < len(units) or units[number].block != units[other].block or units[number].head:
            return 0.0
        return BESIDE * own[other]

    return [score + given(at, at - 1) + given(at, at + 1) for at, score in enumerate(own)]


def _wanted(question: str) -> Set[str]:
    wanted = set(terms_of(question))
    return wanted - {term for word in STOP_WORDS for term in terms_of(word)} or wanted


def _joined(units: Sequence[_Unit], chosen: Set[int]) -> str:
    """Return the chosen units as Markdown, with a mark where something is left out."""
    shown: list[str] = []
    for _, group in groupby(enumerate(units), key=lambda item: item[1].block):
        block = list(group)
        kept = [unit.text for number, unit in block if number in chosen]
        head = block[0][1].head
        if head and kept:
            shown.append("\n".join([head, *kept]))
            if len(kept) < len(block):
                shown.append(LEFT_OUT)
        else:
            marked = (unit.text if number in chosen else LEFT_OUT for number, unit in block)
            shown.append(" ".join(text for text, _ in groupby(marked)))
    return re.sub(rf"{LEFT_OUT}(?:\s+{LEFT_OUT})+", LEFT_OUT, "\n\n".join(shown))


def _length(text: str) -> int:
    """Return the length of a text in words; two signs of a script without spaces count as one."""
    return len(text.split()) + len(_DENSE.findall(text)) // 2
