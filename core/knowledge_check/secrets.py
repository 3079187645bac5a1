"""Finds keys, tokens and passwords in a text, without repeating them. Pure.

The shapes are those that the issuers publish for secret scanning. A word like `password:` in front counts
only with something behind it that looks drawn by lot: articles speak of passwords all the time.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator

from core.knowledge_check.findings import Spot, line_of

_SHAPES = {
    "a private key": r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----",
    "an AWS access key": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "a GitHub token": r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{40,})\b",
    "a GitLab token": r"\bglpat-[A-Za-z0-9_-]{20,}",
    "a Slack token": r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}|\bxapp-[0-9]-[A-Z0-9]+-[0-9]+-[a-f0-9]{20,}",
    "a Slack webhook": r"\bhooks\.slack\.com/(?:services|workflows)/T[A-Z0-9]+/[A-Z0-9]+/[A-Za-z0-9]{16,}",
    "a Discord token": r"\b[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,}",
    "a Discord webhook": r"\bdiscord(?:app)?\.com/api/webhooks/\d{15,}/[A-Za-z0-9_-]{40,}",
    "an OpenAI or Anthropic key": r"\bsk-(?:proj-|svcacct-|ant-)?(?=[A-Za-z_-]{0,100}\d)[A-Za-z0-9_-]{20,}",
    "a Stripe key": r"\b(?:sk|rk)_live_[A-Za-z0-9]{16,}|\bwhsec_[A-Za-z0-9+/=]{24,}",
    "a Google key": r"\bAIza[A-Za-z0-9_-]{35}",
    "a SendGrid key": r"\bSG\.[A-Za-z0-9_-]{16,100}\.[A-Za-z0-9_-]{30,}",
    "a signed token (JWT)": r"\beyJ[A-Za-z0-9_-]{10,500}\.eyJ[A-Za-z0-9_-]{10,2000}\.[A-Za-z0-9_-]{10,}",
    "a password in an address": r"\b[a-z][a-z0-9+.-]{0,20}://[^\s:/@]+:(?P<password>[^\s:/@]{3,})@[^\s/]+",
}
_NAMED = (
    r"(?i:(?:password|passwort|passwd|pwd|contraseña|mot de passe|api[ _-]?key|secret(?:[ _-]?key)?|"
    r"(?:access|auth|bearer|api)[ _-]?token)\b[\"'`*]*\s*(?:[:=]|\bis\b)\s*[\"'`*]*)"
    r"(?P<value>[^\s\"'`*<>|,;()]{8,})"
)
_ANY = re.compile("|".join([*(f"(?P<s{n}>{shape})" for n, shape in enumerate(_SHAPES.values())), _NAMED]))
_KINDS = tuple(_SHAPES)
# What documentation writes instead of a secret; behind a mere name more passes for that than in a shape.
_PLACEHOLDER = re.compile(
    r"(?i)example|your|placeholder|redacted|x{5}|\*{3}|\.{3}|…|[<>{}\[\]]|^pass(word)?$"
)
_TRIED = re.compile(r"(?i)sample|dummy|change.?me|test|0{6}|1234|abcd|\$")
# In bits a character: English words have about 2.5 to 3 at this length, random ones more.
_RANDOM_BITS = 3.0


def secrets(text: str) -> Iterator[Spot]:
    """Yield where something looks like a secret, and which kind."""
    for found in _ANY.finditer(text):
        kind = next((kind for n, kind in enumerate(_KINDS) if found[f"s{n}"]), "")
        value = found["password"] or found["value"] or found[0]
        if not _PLACEHOLDER.search(value) and (kind or _looks_drawn_by_lot(value)):
            yield Spot(line_of(text, found.start()), kind or "a password or key behind its name")


def censored(text: str) -> str:
    """Return a text without what looks like a secret."""

    def taken_out(found: re.Match[str]) -> str:
        value = found["password"] or found["value"] or found[0]
        return found[0].replace(value, "[secret]")

    return _ANY.sub(taken_out, text)


def _looks_drawn_by_lot(value: str) -> bool:
    """Say whether letters and digits are mixed as no word has them."""
    value = value.rstrip(".:!?")
    if _TRIED.search(value):
        return False
    counts = Counter(value)
    bits = -sum(n / len(value) * math.log2(n / len(value)) for n in counts.values()) if value else 0.0
    mixed = any(c.isdigit() for c in value) and any(c.isalpha() for c in value)
    return mixed and "://" not in value and bits >= min(_RANDOM_BITS, math.log2(max(len(value), 2)) * 0.9)
