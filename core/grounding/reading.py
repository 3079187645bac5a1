"""From a text to what it states. Pure; what was read once is kept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from core.grounding.claims import NO_COST, Claim, Key, Kind, plain
from core.grounding.dates import dates
from core.grounding.names import names
from core.grounding.promises import deeds
from core.grounding.quantities import LABELS, is_name, quantities
from core.grounding.units import UNITS

_MARKS = re.compile(r"[*_`~\\]+")
_DASHES = str.maketrans(dict.fromkeys("‐‒–—―−", "-"))
_FREE = re.compile(
    r"\bfree of charge\b|\bfor free\b|\bat no (?:extra |additional )?(?:cost|charge)\b"
    r"|\bships? (?:for )?free\b"
    r"|\bfree (?:standard |express |return )?(?:shipping|delivery|returns?|repairs?|replacements?)\b"
    r"|\b(?:shipping|delivery|return|returns|repair|replacement|express|it) (?:is|are) "
    r"(?:always |also )?free\b"
    r"|\bkostenlos\w*|\bkostenfrei\w*|\bgratis\b|\bgratuit\w*|\bgrátis\b|無料"
)
# What an article may say in its place.
_NO_COST = re.compile(
    r"\bfree\b|\bcosts? nothing\b|\bnothing is charged\b|\bno (?:\w+ ){0,2}(?:fees?|costs?|charges?)\b"
    r"|\bprepaid\b"
    r"|\bwithout (?:\w+ )?(?:charges?|costs?|fees?)\b|\bcharges no\b|\bincluded\b|\bpays? it\b|\$0\b"
    r"|\bkostenlos|\bkostenfrei|\bgratis\b|\bgratuit|\bgrátis\b|\bohne aufpreis|無料"
)
_ROW = re.compile(r"^\s*\|(.*)\|\s*$")
_RULE = re.compile(r"[\s|:-]+\Z")
_BARE = r"(\d{1,15})(?![\w%$€£°]|[.,:]\d| ?[^\W\d_])"
# "my order is 1001"
_NUMBER_OF = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(LABELS)))})\b[^.\d\n]{{0,20}}{_BARE}")
_LABELLED = re.compile(rf"(?<![^\W_])([^\W\d_]{{1,40}})[ :#.-]{{0,3}}{_BARE}")


def read(text: str) -> list[Claim]:
    """Return all that a text states."""
    named, rest = names(unicodedata.normalize("NFKC", text).translate(_DASHES))
    bare = _MARKS.sub("", rest).lower()
    dated, rest = dates(bare)
    # How often this is met, a look is cheaper than the scan.
    free = [plain(Kind.PRICE, found[0], NO_COST) for found in _FREE.finditer(bare)]
    return [*named, *dated, *free, *quantities(rest)]


@lru_cache(maxsize=4_096)
def facts(text: str) -> frozenset[Key]:
    """Return what an article's or a person's text can support."""
    stated = {key for claim in read(text) for key in claim.states}
    stated.update(deeds(text))
    if _NO_COST.search(text.lower()):
        stated.add(NO_COST)
    if "|" in text:
        stated.update(key for cell in _cells(text) for claim in quantities(cell) for key in claim.states)
    return frozenset(stated)


@lru_cache(maxsize=1_024)
def identifiers(text: str) -> frozenset[Key]:
    """Return what a customer's text can support: only what names their case."""
    normal = unicodedata.normalize("NFKC", text).translate(_DASHES)
    codes = {key for claim in names(normal)[0] if claim.kind is Kind.CODE for key in claim.states}
    codes |= {("code", f"{int(digits)}") for digits in _NUMBER_OF.findall(normal.lower())}
    for word, digits in _LABELLED.findall(normal.lower()):
        codes |= {("code", f"{word}{int(digits)}")} if is_name(word) else set()
    return frozenset(codes)


@lru_cache(maxsize=4_096)
def squashed(text: str) -> str:
    """Return a text as its words alone, to be found in another."""
    normal = unicodedata.normalize("NFKC", text).translate(_DASHES)
    return f" {' '.join(_MARKS.sub('', normal).lower().split())} "


def _cells(text: str) -> Iterator[str]:
    """Yield each number of a table with the unit that stands at the head of its column."""
    heads: list[str] = []
    for line in text.split("\n"):
        row = _ROW.match(line)
        if row is None:
            heads = []
        elif not _RULE.match(line):
            cells = [_MARKS.sub("", cell).translate(_DASHES).lower().strip() for cell in row[1].split("|")]
            for cell, units in zip(cells, heads, strict=False):
                if units and cell[:1].isdigit():
                    yield f"{cell} {units}"
            heads = heads or [_unit_in(cell) for cell in cells]


def _unit_in(head: str) -> str:
    """Return the unit that the head of a column names."""
    words = re.findall(r"[^\W\d]+|[%$€£¥°]", head)
    for count in (2, 1):
        for at in range(len(words) - count + 1):
            name = " ".join(words[at : at + count])
            if name in UNITS and (count == 2 or len(name) > 1 or not name.isalpha()):
                return name
    return ""
