"""Reads a knowledge folder and holds every rule to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from core.documents import Document
from core.knowledge.articles import Article
from core.knowledge.companions import INSTRUCTIONS, PHRASES_FILE, POLICY, SYNONYMS
from core.knowledge.files import Entry, Unreadable, read_text, scan
from core.knowledge.reading import article_of, read_source
from core.knowledge_check import settings_files
from core.knowledge_check.duplicates import Pair, duplicates
from core.knowledge_check.findings import Finding, Rule, Spot
from core.knowledge_check.links import Page, dead_links, page
from core.knowledge_check.orders import orders
from core.knowledge_check.secrets import censored, secrets
from core.knowledge_check.shape import shape
from core.knowledge_check.unseen import unseen_characters, unseen_text
from core.ports import Progress, untold

ARTICLES = "articles"
_HTML = (".html", ".htm")


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found: in how many files it looked, and the findings by file and line."""

    files: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Read:
    """An article as it was read, with its text; lines can't be told of a document."""

    article: Article
    text: str
    has_lines: bool


def check(folder: Path, advanced: Progress = untold) -> Report:
    """Check a knowledge folder, or a folder that holds nothing but articles.

    Args:
        folder: The folder; articles are looked for in its `articles/` if it has one.
        advanced: Told after each file how many were read, and how many there are.
    """
    is_whole = (folder / ARTICLES).is_dir() or (folder / INSTRUCTIONS).exists()
    root = folder / ARTICLES if is_whole else folder
    beside = () if root == folder else _beside(folder)
    findings = list(beside)
    read: dict[str, _Read] = {}
    entries = list(scan(root)) if root.is_dir() else []
    for number, entry in enumerate(entries, 1):
        try:
            read[entry.path] = _read(root, entry)
        except Unreadable as error:
            findings.append(Finding(entry.path, None, Rule.UNREADABLE, str(error)))
        advanced(number, len(entries))
    if not read:
        files = f"{len(entries)} file{'s' * (len(entries) != 1)}"
        findings.append(Finding("." if root == folder else "", None, Rule.NO_ARTICLES, files))
    paths = {entry.path for entry in entries}
    for path, one in read.items():
        findings.extend(_of_article(path, one))
    findings.extend(_dead_links(read, paths))
    findings.extend(_duplicate(pair) for pair in duplicates({path: _says(one) for path, one in read.items()}))
    prefix = "" if root == folder else f"{ARTICLES}/"
    placed = [f if f in beside else _under(prefix, f) for f in findings]
    # What one rule quotes may hold what another one must not tell.
    told = [f if f.rule is Rule.SECRET else replace(f, found=censored(f.found)) for f in placed]
    return Report(len(paths), tuple(sorted(told, key=lambda f: (f.path, f.line or 0, f.rule))))


def _read(root: Path, entry: Entry) -> _Read:
    if entry.trouble:
        raise Unreadable(entry.trouble)
    source = read_source(root, entry.path)
    text = source.text if isinstance(source, Document) else source
    return _Read(article_of(entry.path, source), text, not isinstance(source, Document))


def _beside(folder: Path) -> tuple[Finding, ...]:
    rules: dict[str, Callable[[str], Iterable[Spot]]] = {
        INSTRUCTIONS: settings_files.instructions,
        POLICY: settings_files.policy,
        SYNONYMS: settings_files.synonyms,
        PHRASES_FILE: settings_files.phrases,
    }
    return tuple(finding for name, rule in rules.items() for finding in _of_settings(folder, name, rule))


def _of_settings(folder: Path, name: str, rule: Callable[[str], Iterable[Spot]]) -> Iterator[Finding]:
    if not (folder / name).exists() and name != INSTRUCTIONS:
        return
    try:
        text = read_text(folder / name)
    except Unreadable as error:
        yield Finding(name, None, Rule.UNREADABLE, str(error))
        return
    yield from (Finding(name, spot.line, Rule.SETTINGS, spot.found) for spot in rule(text))
    yield from (Finding(name, spot.line, Rule.SECRET, spot.found) for spot in secrets(text))
    yield from (
        Finding(name, spot.line, Rule.HIDDEN_CHARACTERS, spot.found) for spot in unseen_characters(text)
    )


def _of_article(path: str, one: _Read) -> Iterator[Finding]:
    spots: list[tuple[Rule, Spot]] = [
        *((Rule.SECRET, spot) for spot in secrets(one.text)),
        *((Rule.INSTRUCTIONS, spot) for spot in orders(one.text)),
        *((Rule.HIDDEN_CHARACTERS, spot) for spot in unseen_characters(one.text)),
    ]
    if one.has_lines:
        spots += [*unseen_text(one.text), *shape(one.article, one.text)]
    for rule, spot in spots:
        yield Finding(path, spot.line if one.has_lines else None, rule, spot.found)


def _dead_links(read: dict[str, _Read], paths: set[str]) -> Iterator[Finding]:
    pages: dict[str, Page] = {
        path: page(one.text, is_html=path.lower().endswith(_HTML))
        for path, one in read.items()
        if one.has_lines
    }
    for path in pages:
        for spot in dead_links(path, pages, paths):
            yield Finding(path, spot.line, Rule.DEAD_LINK, spot.found)


def _says(one: _Read) -> str:
    return "\n".join(passage.text for passage in one.article.passages)


def _duplicate(pair: Pair) -> Finding:
    if pair.share == 1.0:
        return Finding(pair.second, None, Rule.DUPLICATE, pair.first)
    found = f"{pair.share:.0%} of its text with {pair.first}"
    return Finding(pair.second, None, Rule.NEAR_DUPLICATE, found)


def _under(prefix: str, finding: Finding) -> Finding:
    return Finding(prefix + finding.path, finding.line, finding.rule, finding.found)
