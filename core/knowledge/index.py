"""Full-text search over passages with SQLite's FTS5, and how likely its best passages hold the answer."""

from __future__ import annotations

import math
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlite_utils import Database

from core.knowledge.articles import Article
from core.knowledge.words import content_words, corrected, words_of
from core.messages import Findings, Found, Passage

# How much a word in the title and in the heading counts against one in the text (bm25's column weights).
_WEIGHTS = "0, 3.0, 2.0, 1.0"

# Below this share of the question's words (each weighted by how rare it is) held by one passage, what is
# found is beside the point, and it is better to say so. Words alone can't tell well: of 35 questions that
# the sample help centre does not answer it refuses 29, and of 50 reworded ones that it answers 28.
ANSWERABLE = 0.42
# A word in the title or heading says what a passage is about; one in the text may be by the way.
IN_TEXT = 0.75
# Two words in common are a subject, one is chance.
WORDS_IN_COMMON = 2
# How much a word of an earlier question counts against one of the question itself, and how many count.
EARLIER_SHARE = 0.25
EARLIER_QUESTIONS = 3
# How many of the best passages are judged, and how many words of a very long question are looked for.
JUDGED = 5
MAX_WORDS = 60


class Index:
    """The passages of all articles, in memory. Belongs to one thread at a time."""

    def __init__(self) -> None:
        self._db = Database(sqlite3.connect(":memory:", check_same_thread=False))
        self._db.execute(
            "CREATE VIRTUAL TABLE passages USING fts5(id UNINDEXED, title, heading, text, "
            "tokenize='porter unicode61 remove_diacritics 2')"
        )
        self._rows: dict[int, Passage] = {}
        self._rows_of: dict[str, list[int]] = {}
        self._vocabulary: Counter[str] = Counter()
        self._next = 1

    def close(self) -> None:
        """Free the memory."""
        self._db.close()

    def add(self, article: Article) -> None:
        """Add an article's passages."""
        rows = range(self._next, self._next + len(article.passages))
        self._next = rows.stop
        self._rows_of[article.path] = list(rows)
        self._rows.update(zip(rows, article.passages, strict=True))
        with self._db.atomic():
            for row, passage in zip(rows, article.passages, strict=True):
                self._db.execute(
                    "INSERT INTO passages(rowid, id, title, heading, text) VALUES (?, ?, ?, ?, ?)",
                    [row, passage.id, passage.title, passage.heading, passage.text],
                )
        self._vocabulary.update(_vocabulary(article.passages))

    def remove(self, path: str) -> None:
        """Take an article's passages out, if it has any."""
        rows = self._rows_of.pop(path, [])
        self._vocabulary -= _vocabulary([self._rows[row] for row in rows])
        with self._db.atomic():
            for row in rows:
                self._db.execute("DELETE FROM passages WHERE rowid = ?", [row])
        for row in rows:
            del self._rows[row]

    def search(self, question: str, earlier: Sequence[str] = (), limit: int = 10) -> Findings:
        """Find passages for a question.

        Args:
            question: The customer's words.
            earlier: What the customer asked before, oldest first; the last three count, so that "and for
                students?" is understood.
            limit: The most passages to return.

        Returns:
            Passages by score (1 for a passage that is best both for the question alone and together with
            the earlier ones), and the weighted share of the question's words that the best ones hold.
        """
        asked = self._words(question)
        together = self._words(" ".join([*earlier[-EARLIER_QUESTIONS:], question]))
        scores: defaultdict[int, float] = defaultdict(float)
        for words in (asked, together):
            for row, score in self._ranked(words, limit * 5).items():
                scores[row] += score / 2
        best = sorted(scores.items(), key=lambda item: (-item[1], self._rows[item[0]].id))[:limit]
        weights = {**dict.fromkeys(together, EARLIER_SHARE), **dict.fromkeys(asked, 1.0)}
        coverage = self._coverage(weights, asked, [row for row, _ in best[:JUDGED]])
        return Findings(
            tuple(
                Found(self._rows[row], round(score, 4), coverage.get(row, 0.0) >= ANSWERABLE)
                for row, score in best
            ),
            round(max(coverage.values(), default=0.0), 4),
        )

    def _words(self, question: str) -> list[str]:
        return corrected(content_words(question), self._vocabulary)[:MAX_WORDS]

    def _ranked(self, words: Sequence[str], limit: int) -> dict[int, float]:
        """Return rows by BM25, normalised so that the best one has 1."""
        if not words:
            return {}
        found = self._db.execute(
            f"SELECT rowid, -bm25(passages, {_WEIGHTS}) AS score FROM passages "
            "WHERE passages MATCH ? ORDER BY score DESC, id LIMIT ?",
            [" OR ".join(map(_quoted, words)), limit],
        ).fetchall()
        highest = max((score for _, score in found), default=0.0)
        return {row: score / highest for row, score in found} if highest > 0 else {}

    def _coverage(
        self, weights: Mapping[str, float], asked: Sequence[str], rows: Sequence[int]
    ) -> dict[int, float]:
        """Return which share of the words each row holds, every word weighted by its rarity (IDF) too.

        A row with too few words in common holds nothing.
        """
        total = 0.0
        held = dict.fromkeys(rows, 0.0)
        common = Counter[int]()
        for word, weight in weights.items():
            having = self._having(_quoted(word))
            at_the_top = self._having(f"{{title heading}} : {_quoted(word)}")
            worth = weight * math.log(1 + (len(self._rows) + 1) / (len(having) + 0.5))
            total += worth
            for row in having & held.keys():
                held[row] += worth if row in at_the_top else worth * IN_TEXT
                common[row] += 1
        needed = min(WORDS_IN_COMMON, len(asked))
        return {row: held[row] / total if common[row] >= needed else 0.0 for row in rows if total}

    def _having(self, query: str) -> set[int]:
        rows = self._db.execute("SELECT rowid FROM passages WHERE passages MATCH ?", [query])
        return {row for (row,) in rows}


def _quoted(word: str) -> str:
    # Words hold no quotation mark (they are runs of \w), so nothing of a question is read as FTS5 syntax.
    return f'"{word}"'


def _vocabulary(passages: Iterable[Passage]) -> Counter[str]:
    return Counter(
        word for passage in passages for word in words_of(f"{passage.title} {passage.heading} {passage.text}")
    )
