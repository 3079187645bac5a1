"""One state of the index, which never changes: what is searched while the next one is being written."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

from tantivy import DocAddress, Document, Occur, Query, Schema, SchemaBuilder, Searcher

from core.knowledge.articles import Article
from core.knowledge.files import Stamp
from core.knowledge.ranking import BOOSTS
from core.knowledge.terms import stem, terms_of, words_of
from core.knowledge.vectors import KEY_BYTES, key_of
from core.messages import Passage

# Where a document lies: its segment and its number in it. Good for one view only.
Address = tuple[int, int]

# By how many letters a mistyped word may be longer or shorter than what was meant; see `words.corrected`.
_LETTERS_APART = 2
# To be raised when something else is kept of a passage, or other terms.
FORMAT = 1


class Unsound(Exception):
    """What is on disk can't be read."""


@contextlib.contextmanager
def told_as_unsound() -> Iterator[None]:
    """Raise Unsound instead of what tantivy raises."""
    try:
        yield
    except BaseException as error:
        # A damaged file makes tantivy panic now and then, which Python gets as no Exception.
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            raise Unsound(" ".join(str(error).split())[:200]) from None
        raise


@dataclass(frozen=True, slots=True)
class Filed:
    """What is kept of a file besides its passages.

    Attributes:
        stamp: The file's, when it was read.
        keys: The content hashes of its passages, in their order: what their vectors are kept by.
        characters: How long its passages are together.
    """

    stamp: Stamp
    keys: tuple[bytes, ...]
    characters: int


def embedded(passage: Passage) -> str:
    """Return the text whose vector stands for a passage."""
    return "\n".join(filter(None, (passage.title, passage.heading, passage.text)))


def schema() -> Schema:
    """Return what is kept of a passage: terms to find it by, and itself."""
    builder = SchemaBuilder()
    for field in ("text", "title", "heading"):
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("words", tokenizer_name="whitespace", index_option="basic")
    for key in ("id", "article", "key", "first"):
        builder.add_text_field(key, tokenizer_name="raw", index_option="basic")
    for kept in ("passage", "file"):
        builder.add_bytes_field(kept, stored=True)
    return builder.build()


def documents(article: Article, stamp: Stamp) -> Iterator[Document]:
    """Yield what is kept of an article's passages; the first one carries what is kept of the file."""
    # What a file and its folders are called says what it is about, as its title does.
    names = terms_of(" ".join(PurePosixPath(article.path).with_suffix("").parts))
    title = " ".join(dict.fromkeys([*terms_of(article.title), *names]))
    keys = tuple(key_of(embedded(passage)) for passage in article.passages)
    filed = Filed(stamp, keys, sum(len(passage.text) for passage in article.passages))
    for number, (passage, key) in enumerate(zip(article.passages, keys, strict=True)):
        words = words_of(f"{passage.title} {passage.heading} {passage.text}")
        document = Document(
            title=title,
            heading=" ".join(terms_of(passage.heading)),
            text=" ".join(map(stem, words)),
            words=" ".join(dict.fromkeys(words)),
            id=passage.id,
            article=article.path,
            key=key.hex(),
            passage=_packed(passage),
        )
        if number == 0:
            document.add_text("first", "yes")
            document.add_bytes("file", _packed_file(article.path, filed))
        yield document


class View:
    """The passages as they were when the view was made. Safe for several threads at once."""

    def __init__(self, made_for: Schema, searcher: Searcher) -> None:
        self._schema = made_for
        self._searcher = searcher
        self.size: int = searcher.num_docs
        self._words: dict[str, dict[int, list[str]]] = {}

    @cached_property
    def files(self) -> Mapping[str, Filed]:
        """The files that the passages come from, by path."""
        first = Query.term_query(self._schema, "first", "yes", "basic")
        return dict(_unpacked_file(document["file"][0]) for document in self._documents(first))

    def check(self) -> None:
        """Read something of everything that is kept; what is damaged raises."""
        for filed in self.files.values():
            self.with_keys(filed.keys)
            break

    def best(self, query: Mapping[str, float], limit: int) -> dict[Address, float]:
        """Return the passages that fit best, best first.

        Args:
            query: Terms, and how much each counts.
            limit: How many passages at most.

        Returns:
            The sum over terms and fields of weight times boost times BM25 (as Lucene computes it).
        """
        if not query or not self.size:
            return {}
        return self._hits(self._any_of(query), limit)

    def scores(self, query: Mapping[str, float], ids: Collection[str]) -> dict[Address, float]:
        """Return what `best` would give these passages; 0 to those without any of the terms."""
        if not ids:
            return {}
        these = Query.const_score_query(Query.term_set_query(self._schema, "id", list(ids)), 0.0)
        wanted = [(Occur.Must, these)]
        if query:
            wanted.append((Occur.Should, self._any_of(query)))
        return self._hits(Query.boolean_query(wanted), len(ids))

    def frequency(self, term: str) -> int:
        """Return how many passages hold a term."""
        with told_as_unsound():
            held: int = self._searcher.doc_freq("text", term)
            return held

    def like(self, word: str) -> list[str]:
        """Return words that begin with the same letter and are about as long, commoner ones first."""
        lengths = self._with_letter(word[:1])
        near = range(len(word) - _LETTERS_APART, len(word) + _LETTERS_APART + 1)
        return [known for length in near for known in lengths.get(length, ())]

    def passages(self, addresses: Iterable[Address]) -> dict[Address, Passage]:
        """Return the passages at these addresses."""
        return {address: _unpacked(self._document(address)["passage"][0]) for address in addresses}

    def every_passage(self) -> tuple[Passage, ...]:
        """Return all passages, article by article in the order of their paths."""
        found = [_unpacked(document["passage"][0]) for document in self._documents(Query.all_query())]
        return tuple(sorted(found, key=_place))

    def with_keys(self, keys: Iterable[bytes]) -> dict[Address, Passage]:
        """Return the passages whose contents have these hashes."""
        query = Query.term_set_query(self._schema, "key", [key.hex() for key in keys])
        return self.passages(self._hits(query, max(1, self.size)))

    def _with_letter(self, letter: str) -> dict[int, list[str]]:
        """Return the words that begin with a letter, by their length; read when first asked for."""
        if letter not in self._words:
            lengths: dict[int, list[str]] = {}
            with told_as_unsound():
                words = self._searcher.terms_with_prefix("words", letter)
            for word, _ in words:
                lengths.setdefault(len(word), []).append(word)
            self._words[letter] = lengths
        return self._words[letter]

    def _any_of(self, query: Mapping[str, float]) -> Query:
        return Query.boolean_query(
            [
                (
                    Occur.Should,
                    Query.boost_query(Query.term_query(self._schema, field, term, "freq"), weight * boost),
                )
                for term, weight in query.items()
                for field, boost in BOOSTS.items()
            ]
        )

    def _hits(self, query: Query, limit: int) -> dict[Address, float]:
        with told_as_unsound():
            hits = self._searcher.search(query, limit, count=False).hits
        return {(address.segment_ord, address.doc): score for score, address in hits}

    def _documents(self, query: Query) -> Iterator[Document]:
        return map(self._document, self._hits(query, max(1, self.size)))

    def _document(self, address: Address) -> Document:
        with told_as_unsound():
            return self._searcher.doc(DocAddress(*address))


def _packed(passage: Passage) -> bytes:
    fields = (passage.id, passage.article, passage.title, passage.heading, passage.text, passage.url)
    return json.dumps(fields, ensure_ascii=False).encode()


def _unpacked(kept: bytes) -> Passage:
    return Passage(*json.loads(kept))


def _packed_file(path: str, filed: Filed) -> bytes:
    stamp = filed.stamp
    keys = b"".join(filed.keys).hex()
    kept = (path, stamp.modified_ns, stamp.size, stamp.inode, keys, filed.characters)
    return json.dumps(kept, ensure_ascii=False).encode()


def _unpacked_file(kept: bytes) -> tuple[str, Filed]:
    path, modified_ns, size, inode, together, characters = json.loads(kept)
    keys = bytes.fromhex(together)
    each = tuple(keys[at : at + KEY_BYTES] for at in range(0, len(keys), KEY_BYTES))
    return path, Filed(Stamp(modified_ns, size, inode), each, characters)


def _place(passage: Passage) -> tuple[str, int]:
    return passage.article, int(passage.id.rpartition("#")[2])
