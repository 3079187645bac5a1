"""What is named letter by letter: links, e-mail addresses, phone numbers, sources, order numbers. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from core.grounding.claims import Claim, Key, Kind, plain

_EMAIL = re.compile(r"(?:mailto:)?(?<![\w.+%-])[\w.+%-]{1,64}@[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
# People, channels and emoji, as Slack and Discord write them.
_MENTION = re.compile(r"<(?:[@#][!&]?\w+|a?:\w+:\d+)>")
_TARGET = re.compile(r"\]\(\s*<?([^\s<>()]*(?:\([^\s<>()]*\)[^\s<>()]*)*)>?(?:\s+[\"'][^\"'\n]*[\"'])?\s*\)")
_URL = re.compile(r"\b[a-z][a-z0-9+.-]{1,20}://[^\s<>|\"“”]+|\bwww\.[^\s<>|\"“”]+", re.IGNORECASE)
# Without a scheme only what ends like a site of today: "Node.js" and "e.g" are none.
_SITES = (
    "com|org|net|io|de|fr|es|pt|jp|eu|uk|us|br|ch|at|it|nl|be|ca|au|nz|ie|in|cn|ru|mx|ar|se|no|dk|fi|pl|cz|info"
    "|biz|app|dev|co|ai|me|help|shop|store|support|cloud|xyz|online|site|tech|example|test|gov|edu|link|page|gg"
)
_BARE = re.compile(
    rf"(?<![\w.-])(?:[a-z0-9-]{{1,63}}\.){{1,12}}(?:{_SITES})\b(?:/[^\s<>|\"“”]*)?(?![\w@])", re.IGNORECASE
)
_TRAIL = ".,;:!?'\"’”»*_`~。、！？）」"
_FILE = re.compile(
    r"(?<![\w./-])[\w-]{1,80}(?:/[\w-]{1,80}){0,8}\.(?:md|txt|html?|pdf|docx|pptx|xlsx|csv)(?:#\d+)?\b",
    re.IGNORECASE,
)
_TITLED = re.compile(
    r"\b(?:articles?|artikel|artículo|artigo)\s+[“\"„«‘]\s*([^“”\"„«»‘’\n]{3,120}?)\s*[”\"“»’]", re.IGNORECASE
)
_PHONE = re.compile(
    r"(?<![\w.,])(?:\+|00(?=[1-9]))\(?\d[\d ()./-]{5,20}\d(?![\w%])"
    r"|(?<![\w.,$€£¥])\(?\d{2,5}\)?(?:[ ./-]\(?\d{2,8}\)?){1,5}(?![\w%]|[.,]\d)"
    r"|(?<![\w.,])1-\d{3}-\d{3,4}(?:-\d{4})?(?!\w)"
)
_THOUSANDS = re.compile(r"\d{1,3}(?:[ .]\d{3})+\Z")
_DECIMAL = re.compile(r"\d+\.\d{1,3}\Z")
_YEARS = re.compile(r"(?:19|20)\d\d[-/](?:19|20)\d\d\Z")
_DATE = re.compile(r"\d{1,4}([./-])\d{1,2}\1\d{1,4}\Z")
_CODE = re.compile(
    r"(?<![\w-])#?(?!(?:usd|eur|gbp|chf|cad|aud)\d)"
    r"(?:[A-Z]{1,8}-[\w-]{0,30}\d[\w-]{0,30}|[A-Za-z]{1,8}\d[\w-]{0,30})\b|#\d+\b"
)
# Words that everybody uses, not what an article must say.
_USUAL = re.compile(
    r"(?:mp[34]|b2[bc]|a[3-5]|ipv[46]|h26[45]|utf-?8|sha\d+|web3|usb[23c]?)\Z",
    re.IGNORECASE,
)


def names(text: str) -> tuple[list[Claim], str]:
    """Return what a text names letter by letter, and the text without that."""
    found: list[Claim] = []

    def take(pattern: re.Pattern[str], read: Callable[[re.Match[str]], Claim | None]) -> None:
        nonlocal text

        def taken(match: re.Match[str]) -> str:
            claim = read(match)
            if claim is None:
                return match[0]
            found.append(claim)
            return " ¦ "

        text = pattern.sub(taken, text)

    text = _MENTION.sub(" ", text)
    if "@" in text:
        take(_EMAIL, _email)
    if "](" in text:
        take(_TARGET, _target)
    if "://" in text or "www." in text.lower():
        take(_URL, _link)
    if "." in text:
        take(_FILE, lambda match: plain(Kind.SOURCE, match[0], ("source", match[0].lower())))
        take(_BARE, _link)
    take(_TITLED, _title)
    if any(map(str.isdigit, text)):
        take(_PHONE, _phone)
        take(_CODE, _code)
    return found, text


def link_keys(url: str) -> Iterator[Key]:
    """Yield what an address supports: itself, and the start page of its host."""
    bare = _bare(url)
    yield ("link", bare)
    yield ("link", re.split(r"[/?]", bare, maxsplit=1)[0])


def title_key(title: str) -> Key:
    """Return what a title is compared by."""
    return ("title", " ".join(re.sub(r"[\W_]+", " ", title).casefold().split()))


def _email(match: re.Match[str]) -> Claim:
    address = match[0].removeprefix("mailto:").lower().rstrip(".")
    return plain(Kind.EMAIL, address, ("email", address))


def _target(match: re.Match[str]) -> Claim | None:
    if not match[1] or "¦" in match[1]:
        return None
    if match[1].lower().startswith("tel:"):
        return _number_of(match[1])
    return _as_link(match[1])


def _link(match: re.Match[str]) -> Claim:
    url = match[0].rstrip(_TRAIL)
    while url.endswith((")", "]")) and url.count("(") < url.count(")") + url.count("]"):
        url = url[:-1].rstrip(_TRAIL)
    return _as_link(url)


def _as_link(url: str) -> Claim:
    return Claim(Kind.LINK, url, ((("link", _bare(url)),),), tuple(link_keys(url)))


def _bare(url: str) -> str:
    """Return an address as it is compared: without scheme (of the web), `www.`, fragment and last slash."""
    url = re.sub(r"^(?:https?://)?(?:www\.)?", "", url.strip().rstrip(_TRAIL), flags=re.IGNORECASE)
    host, mark, path = url.partition("#")[0].partition("/")
    return f"{host.lower()}{mark}{path}".rstrip("/")


def _title(match: re.Match[str]) -> Claim:
    return plain(Kind.SOURCE, match[1], title_key(match[1]))


def _phone(match: re.Match[str]) -> Claim | None:
    written = match[0].strip()
    if _DECIMAL.match(written) or _THOUSANDS.match(written) or _YEARS.match(written) or _DATE.match(written):
        return None
    return _number_of(written)


def _number_of(written: str) -> Claim | None:
    digits = re.sub(r"\D", "", written)
    if not 7 <= len(digits) <= 15:
        return None
    bare = digits.removeprefix("00") if digits.startswith("00") else digits.removeprefix("0")
    # A number may be told without its country.
    ends = tuple(("phone", bare[start:]) for start in range(len(bare) - 6))
    return Claim(Kind.PHONE, written, ((("phone", bare),),), ends or (("phone", bare),))


def _code(match: re.Match[str]) -> Claim | None:
    bare = match[0].lstrip("#")
    key: Key = ("code", re.sub(r"[-_]", "", bare).lower())
    # In small letters it may be any word with a number, a name or a key of a file.
    weighs = match[0][0] == "#" or (bare != bare.lower() and not _USUAL.match(bare))
    return Claim(Kind.CODE, match[0], ((key,),), (key,), weighs)
