"""From a text to the terms under which it is kept and looked for. Pure.

Articles and questions go through the same function. So a question is a set of terms, never a query in some
language, and nothing that a customer writes can be read as syntax.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

# Longer "words" are keys, hashes and addresses; their beginning tells them apart.
MAX_LETTERS = 64

# Scripts written without spaces between words: Han, kana, hangul (its particles stick to the word), Thai,
# Lao, Burmese and Khmer. The marks of the Indian scripts (0900 to 0DFF) are parts of their words.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
    "\U00020000-\U0002fa1f"
)
_RUN = re.compile(f"[{_UNSPACED}]+")
_WORD = re.compile(rf"[{_UNSPACED}]+|(?:(?![{_UNSPACED}_])[\w\u0900-\u0963\u0966-\u0dff])+")
_ASCII_WORD = re.compile(r"[a-z0-9]+")
# Accents of Latin, Greek and Cyrillic letters, points of Hebrew ones, vowel signs of Arabic ones.
_ACCENTS = re.compile("[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]")
# Letters that Unicode does not take for a letter with a mark, though people type them so.
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe"} | dict.fromkeys("’‘“”–—…•", " ")
)

_stemmer = TextAnalyzerBuilder(Tokenizer.raw()).filter(Filter.stemmer("english")).build()


def words_of(text: str) -> list[str]:
    """Return the words of a text in order: lower-case, without accents.

    Text in a script without spaces gives its overlapping pairs of characters, as is usual in searching it:
    退款需要 is 退款, 款需, 需要.
    """
    text = folded(text)
    if text.isascii():
        return [word[:MAX_LETTERS] for word in _ASCII_WORD.findall(text)]
    words: list[str] = []
    for word in _WORD.findall(text):
        if len(word) > 1 and not word.isascii() and _RUN.match(word):
            words += (word[at : at + 2] for at in range(len(word) - 1))
        else:
            words.append(word[:MAX_LETTERS])
    return words


def terms_of(text: str) -> list[str]:
    """Return the words of a text in order, each cut to its stem (English; others stay as they are)."""
    return list(map(stem, words_of(text)))


def folded(text: str) -> str:
    """Return a text in lower case and without accents, as people type who are in a hurry."""
    if text.isascii():
        return text.lower()
    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold())).translate(_LETTERS)
    return unicodedata.normalize("NFC", plain)


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """Return the stem of a word (Snowball's English stemmer)."""
    found: list[str] = _stemmer.analyze(word)
    return found[0] if found else word
