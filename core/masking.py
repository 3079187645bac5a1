"""Takes what points to a person out of words that others will read. Pure.

It finds what has a shape (addresses, numbers) and the names that are known or given; a person who reads the
result is still needed where it is to be published.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

EMAIL, LINK, PHONE, ACCOUNT, NUMBER, NAME = (
    "e-mail address",
    "part of a link",
    "phone number",
    "account number",
    "long number",
    "name",
)
KINDS = (EMAIL, LINK, PHONE, ACCOUNT, NUMBER, NAME)

# What a number belongs to that is a customer's own, in the languages that requests for a person are known in.
_OWN = (
    r"order|invoice|ticket|case|customer|parcel|tracking|shipment|account|serial|reference|"
    r"bestell\w*|auftrags?\w*|rechnungs?\w*|kunden\w*|sendungs?\w*|commande|facture|client|colis|"
    r"pedido|factura|cliente|fatura|encomenda|注文|請求"
)
_CALLED = r"(?:number|no|nr|id|nummer|numéro|número|番号)"
_NAMED = (
    r"my name is|my name's|ich heiße|mein name ist|je m'appelle|mon nom est|me llamo|mi nombre es|"
    r"chamo-me|me chamo|meu nome é"
)
_CAPITAL = r"[^\W\d_a-zß-öø-ÿ][\w'’-]*"
_TOLD_NAME = re.compile(rf"(?i:\b(?:{_NAMED}))\s+(?P<own>{_CAPITAL}(?:[ ]{_CAPITAL}){{0,2}})")
# In this order: what an earlier one took is not looked at again.
_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (EMAIL, re.compile(r"(?P<own>[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})")),
    (LINK, re.compile(r"https?://[^\s<>?#]{1,500}(?P<own>[?#][^\s<>)\]]+)")),
    (NAME, re.compile(r"(?P<own><@[!&]?\w{1,40}>)")),
    (ACCOUNT, re.compile(r"\b(?P<own>[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?)\b")),
    (
        PHONE,
        re.compile(
            r"(?<![\w.,])(?P<own>(?:\+|00)[1-9][\d ()/.-]{6,16}\d|\(?0\d[\d ()/-]{6,14}\d"
            r"|\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4})(?![\w])"
        ),
    ),
    (
        NUMBER,
        re.compile(
            rf"(?i:\b(?:{_OWN})(?:[\s-]*{_CALLED})?[\s.:#№º°]{{0,4}}(?:is\s+)?)"
            r"(?P<own>[A-Za-z]{0,6}-?\d[\w-]{3,30})"
        ),
    ),
    (NUMBER, re.compile(r"(?P<own>#\d{3,})")),
    (NUMBER, re.compile(r"\b(?P<own>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})\b")),
    (NUMBER, re.compile(r"\b(?P<own>(?=(?:[A-Z-]*\d){4})[A-Z]{1,6}-?[A-Z0-9-]{6,30})\b")),
    (NUMBER, re.compile(r"(?<![\w.,])(?P<own>\d(?:[ -]?\d){4,30})(?![\w%]|[.,]\d)")),
    (NAME, _TOLD_NAME),
)
# Parts of names that are words: whoever is called "You" or "Acme Support" leaves these readable.
_WORDS = frozenset(
    "admin and care customer desk die für from help may our service support team the und von will you".split()
)
_SHORTEST_NAME = 3


@dataclass(frozen=True, slots=True)
class Masked:
    """A text without what points to a person, and how much of each kind was taken out."""

    text: str
    kinds: Mapping[str, int] = field(default_factory=dict)


def _nothing(value: str) -> bool:
    return False


def masked(
    text: str, names: Iterable[str] = (), is_public: Callable[[str], bool] = _nothing, *, shown: bool = True
) -> Masked:
    """Return a text without what points to a person.

    Args:
        text: Anybody's words.
        names: What people who may be spoken of are called.
        is_public: Says whether something may stay, since it can be read by everybody anyway.
        shown: Whether `[name]`, `[e-mail address]` and so on stand in its place.
    """
    kinds: Counter[str] = Counter()
    for kind, shape in (*_SHAPES, *_names(names)):

        def replaced(found: re.Match[str], kind: str = kind) -> str:
            own = found["own"]
            if is_public(own) or own.startswith("["):
                return found[0]
            kinds[kind] += 1
            start, end = (at - found.start() for at in found.span("own"))
            instead = f"[{kind}]" if shown else ""
            return f"{found[0][:start]}{instead}{found[0][end:]}"

        text = shape.sub(replaced, text)
    return Masked(text, dict(kinds))


def names_told(text: str) -> list[str]:
    """Return the names that people say they have in a text: "my name is Ann Lee"."""
    return [found["own"] for found in _TOLD_NAME.finditer(text)]


def holds_mask(text: str) -> bool:
    """Say whether something was taken out of a text and its mark stands there."""
    return any(f"[{kind}]" in text for kind in KINDS)


def counted(kinds: Mapping[str, int]) -> str:
    """Return how much was masked, in words: `2 e-mail addresses, 1 name`."""
    parts = [f"{number} {_plural(kind) if number != 1 else kind}" for kind, number in sorted(kinds.items())]
    return ", ".join(parts)


def _plural(kind: str) -> str:
    return {EMAIL: "e-mail addresses", LINK: "parts of links"}.get(kind, f"{kind}s")


def _names(names: Iterable[str]) -> Iterator[tuple[str, re.Pattern[str]]]:
    """Yield what finds people's names: the whole one in any case, each part of it as it is written."""
    known = list(dict.fromkeys(" ".join(name.split()) for name in names))
    for name in known:
        if " " in name:
            yield NAME, re.compile(rf"(?<!\w)(?P<own>{re.escape(name)})(?!\w)", re.IGNORECASE)
    parts = {part for name in known for part in re.split(r"[\s.,()|/@]+", name) if _is_name(part)}
    for part in sorted(parts, key=len, reverse=True):
        yield NAME, re.compile(rf"(?<!\w)(?P<own>{re.escape(part)})(?!\w)")


def _is_name(part: str) -> bool:
    long_enough = len(part) >= _SHORTEST_NAME or not part.isascii()
    return long_enough and not part.islower() and part.casefold() not in _WORDS
