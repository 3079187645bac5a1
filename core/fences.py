"""What keeps data apart from instructions in a prompt: tags, labels, words that fake neither. Pure."""

from __future__ import annotations

import itertools
import re
import unicodedata

from core.messages import Audience, Author, Role, StoredMessage

# The tags that are ours alone, and those that chat templates of servers turn into turns of their own.
TAGS = frozenset({"passage", "article", "summary", "words", "attachment"})
_TEMPLATE = frozenset(
    {"s", "startofturn", "endofturn", "bos", "eos", "sys", "inst", "think", "toolcall", "unk"}
)
TEAM, CUSTOMER = "a person of our team", "customer"
CHATTING = "customer, to others"
_LABELS = frozenset(one.replace(" ", "") for one in (TEAM, CUSTOMER, CHATTING))
NAME_LIMIT = 40
LONGEST_TAG = 20

# Letters of other scripts that look like those of our tags and labels.
_LOOKALIKES = str.maketrans("аеорсіѕугтмпԁӏաοιρτυαεсһ", "aeopcisyrtmndlaoiptuaech")
_OPENINGS = "<＜﹤˂ᐸ"
_OPENING = re.compile(f"[{_OPENINGS}]")
_IN_BRACKETS = re.compile(r"[(（﹙]([^()（）﹙﹚\[\]]{1,2000})[)）﹚]")
_BRACKETS = "(（﹙["
_INSTRUCTION = re.compile(
    r"\[(?=\s*/?\s*(?:INST|SYSTEM_PROMPT|TOOL_CALLS|TOOL_RESULTS|AVAILABLE_TOOLS)\s*\])", re.IGNORECASE
)
# Letters by their kind that show nothing: Hangul fillers, the empty Braille cell.
_BLANKS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
# What can't be seen but changes how a line reads: writing direction, spaces without width, hidden letters.
# The joiners that emoji and some scripts are written with are not among them.
_UNSEEN = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]"
)


def inert(text: str) -> str:
    """Return words that can neither end or fake a fence nor pass for a label; else as they are.

    Of what a model, or a server's template, could take for one, the first character is replaced by one that
    looks like it.
    """
    # Each message of a history comes by here in every turn; a regular expression takes ten times as long.
    if any(map(text.__contains__, _OPENINGS)):
        text = _OPENING.sub(lambda found: "‹" if _begins_tag(text, found.end()) else found[0], text)
    if not any(map(text.__contains__, _BRACKETS)):
        return text
    text = _IN_BRACKETS.sub(lambda found: f"[{found[1]}]" if _plain(found[1]) in _LABELS else found[0], text)
    return _INSTRUCTION.sub("⟦", text)


def tag(name: str, **attributes: str) -> str:
    """Return a tag that opens a fence; attributes without a value are left out."""
    given = "".join(f' {key}="{attribute(value)}"' for key, value in attributes.items() if value)
    return f"<{name}{given}>"


def fenced(name: str, text: str, **attributes: str) -> str:
    """Return a text between two tags that it can't fake."""
    return f"{tag(name, **attributes)}\n{inert(text)}\n</{name}>"


def attribute(value: str) -> str:
    """Return a value that can neither end its quotes nor its line."""
    return one_line(inert(value)).replace('"', "”").replace("<", "‹").replace(">", "›")


def one_line(text: str) -> str:
    """Return a text on one line, without what can't be seen."""
    shown = "".join(" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in text)
    return " ".join(_UNSEEN.sub("", shown).split())


def label(message: StoredMessage, *, named: bool) -> str:
    """Return who speaks, to stand before a message.

    Agents always, customers where they are `named`, or where they speak to other people.
    """
    if message.role is Role.AGENT:
        return f"{name_of(message.author)} ({TEAM}): "
    if message.role is Role.CUSTOMER and message.audience is Audience.OTHERS:
        return f"{name_of(message.author)} ({CHATTING}): "
    return f"{name_of(message.author)} ({CUSTOMER}): " if named and message.role is Role.CUSTOMER else ""


def name_of(author: Author) -> str:
    """Return a name that can't end its label: short, on one line, without brackets and colons."""
    for given in (author.name, author.id):
        bare = one_line(re.sub(r"[:：﹕∶꞉()（）﹙﹚\[\]<>]+", " ", given))
        if bare:
            return bare[:NAME_LIMIT].rstrip()
    return "somebody"


def _begins_tag(text: str, at: int) -> bool:
    """Say whether what stands behind a `<` reads as a tag of ours or of a chat template."""
    name = ""
    for character in itertools.islice(text, at, None):
        if _is_unseen(character):
            continue
        bare = _plain(character)
        if not name and bare == "|":
            return True
        if not name and (character.isspace() or bare in {"/", "\\"}):
            continue
        if not (bare.isalnum() or bare == "_") or len(name) > LONGEST_TAG:
            break
        name += bare.replace("_", "")
    return name in TAGS or name in _TEMPLATE


def _is_unseen(character: str) -> bool:
    return unicodedata.category(character) in {"Cf", "Mn", "Me"} or character in _BLANKS


def _plain(text: str) -> str:
    """Return letters as they look: without case, width, marks, spaces and what can't be seen."""
    if text.isascii():
        return "".join(text.split()).casefold()
    seen = (c for c in unicodedata.normalize("NFKD", text) if not _is_unseen(c) and not c.isspace())
    return "".join(seen).casefold().translate(_LOOKALIKES)
