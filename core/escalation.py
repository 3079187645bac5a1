"""Rules before the model: does a message ask for a person, take an offer, or pass the time. Pure."""

from __future__ import annotations

import re
from enum import StrEnum


def _any(*patterns: str) -> str:
    return "(?:" + "|".join(patterns) + ")"


# Who a customer can ask for. "people" is too common in passing to stand here.
_PERSON = _any(
    r"human(?: being)?",
    r"(?:support |service )?(?:person|staff|member)",
    r"real one",
    r"somebody|someone|operator|representative|rep|advis[eo]r|specialist|supervisor|manager|employee",
    r"(?:bank )?(?:worker|clerk|teller)",
    r"(?:customer )?(?:service|support|care)(?: (?:team|desk|line))?",
    r"(?:customer |service |support |sales )?agent",
    r"the (?:team|reception|front desk|founders?|boss)",
)
_KIND = _any(
    r"real|live|living|actual|proper|human|normal|physical|competent|senior",
    r"different|another|other|support|customer|sales|some",
)
_ARTICLES = r"(?:(?:an?|the|your|some|any|one of (?:your|the)) )*"
_A_PERSON = rf"{_ARTICLES}(?:{_KIND} )*{_PERSON}"
_A_HUMAN = rf"{_ARTICLES}(?:{_KIND} )*{_any('human(?: being)?', 'person', '(?:support )?agent', 'operator')}"
_A_LEADER = rf"{_ARTICLES}{_any('representative', 'supervisor', 'manager')}"
_TALK = r"(?:talk|speak|chat|talking|speaking|chatting|connect(?:ed)?|in touch|in contact)"
_MOVE = _any(
    r"connect|transfer|forward|redirect|escalate|hand|pass|put|switch|refer|direct|patch|route",
    r"get|give|bring|find|call",
)
# What follows the word where a role, an account or a reader is meant, not a helper.
_NOT_A_THING = r"(?! (?:\w+ )?(?:account|id|role|licen[sc]e|seat|plan|resources|readable|read|name|page)\b)"

_ASKS = re.compile(
    _any(
        # talk to, speak with, be connected to a person
        rf"\b{_TALK} (?:directly |right now )?(?:to|with|through to) {_A_PERSON}\b",
        # put me through, transfer this to an agent
        rf"\b{_MOVE} (?:me|us|this|it) (?:(?:over|through|up|on|in touch|straight|directly) )*(?:to |with )?"
        rf"{_A_PERSON}\b",
        r"\b(?:put|patch) me through\b",
        rf"\b(?:transfer|escalate|hand(?: (?:it|this|(?:a|the|this) conversation))? over) (?:me )?to "
        rf"{_A_PERSON}\b",
        rf"\b(?:get|bring|fetch|send|call) (?:in )?{_A_HUMAN}\b{_NOT_A_THING}",
        # I want, I need, is there a human
        rf"\b(?:want|need|require|prefer|demand|like|have|request|gimme|give me|is there) "
        rf"(?:help from |to (?:see|have|get|reach) )?(?:{_A_HUMAN}|{_A_LEADER})\b{_NOT_A_THING}",
        rf"\b(?:help|assistance|support|answer|reply) (?:from|by) {_A_PERSON}\b",
        # I don't want to talk to a bot
        rf"\b(?:don'?t|do not|not|never|won'?t|hate|instead of|rather than|stop) (?:\w+ ){{0,3}}?{_TALK} "
        r"(?:to|with) (?:(?:an?|this|the|your|some) )?(?:chat ?)?(?:bot|robot|machine|computer|ai)\b",
        r"\b(?:human|agent|live) (?:hand-?off|hand-?over|takeover|(?:support|chat|help) please)\b",
    ),
    re.IGNORECASE,
)

# Longer messages are not read as a mere yes, no, thanks or "agent". Also keeps these patterns fast.
SHORT = 80

# The whole message is little more than the word.
_BARE = re.compile(
    r"\W*(?:(?:yes|no|ok|okay|hi|hello|hey|please|just|pls|plz|now|give me|i said)\W+)*"
    rf"(?:an? |the |your )?(?:{_KIND} )*"
    r"(?:human(?: being)?|person|agent|operator|representative|(?:human )?hand-?(?:off|over)|escalate)"
    r"(?:\W+(?:please|pls|plz|now|thanks|thank you|here|asap))*\W*",
    re.IGNORECASE,
)

# "I don't want to talk to a human" says no; what else the message says still counts.
_NEGATED = re.compile(
    rf"\b(?:don'?t|do not|no) (?:need|have|want) (?:you )?(?:to )?"
    rf"(?:(?:{_TALK}|{_MOVE})(?: me)? )?(?:(?:to|with) )?{_A_HUMAN}\b",
    re.IGNORECASE,
)

# Said about people in passing, not to get one.
_IN_PASSING = re.compile(
    _any(
        r"\b(?:how|what|when|where|which)\b.{0,40}\b(?:add|invite|remove|assign|delete|rename|price|cost|per)\b",
        r"\b(?:talk(?:ed|ing)?|spoken) (?:to|with)\b.{0,40}\b(?:yesterday|last (?:week|month|year)|ago)\b",
        r"\b(?:appointment|meeting|booked|scheduled)\b",
        r"\b(?:already|previously|just) (?:talked|spoke|spoken|chatted)\b",
    ),
    re.IGNORECASE,
)


class Small(StrEnum):
    """A message that no article answers and none needs to."""

    GREETING = "greeting"
    THANKS = "thanks"
    GOOD = "good"


_SMALL = {
    Small.GREETING: _any(r"hi|hello|hey|hiya|howdy|greetings", r"good (?:morning|afternoon|evening|day)")
    + r"(?: (?:there|all|everyone|team|bot|frontdesk))?",
    Small.THANKS: r"(?:(?:ok(?:ay)?|great|perfect|cool|super|awesome|alright)\W+)?"
    + _any("thanks", "thank you", "thx", "cheers", "many thanks")
    + r"(?: (?:a lot|so much|very much|again|for (?:your|the) help))*",
    Small.GOOD: _any(
        r"great|perfect|awesome|got it", r"that (?:worked|helped|helps|works)", r"it works(?: now)?"
    ),
}

_YES = _any(
    r"yes|yeah|yep|yup|sure|ok(?:ay)?|y|please(?: do)?|of course|definitely|absolutely|sounds good",
    r"go ahead|do (?:it|that|so)|that would be (?:great|good|nice|fine)",
)
_NO = _any(r"no|nope|nah|n|not now|no,? thanks?(?: you)?|never ?mind|don't|not necessary|i'?m (?:fine|good)")


def asks_for_person(text: str) -> bool:
    """Say whether a message clearly asks for a person, and not about people in passing."""
    words = _NEGATED.sub("", _tidy(text))
    if len(words) <= SHORT and _BARE.fullmatch(words):
        return True
    return bool(_ASKS.search(words)) and not _IN_PASSING.search(words)


def takes_offer(text: str) -> bool:
    """Say whether a message, read after an offer of a person, says yes."""
    return _says(_YES, text)


def declines_offer(text: str) -> bool:
    """Say whether a message, read after an offer of a person, says no."""
    return _says(_NO, text)


def small_talk(text: str) -> Small | None:
    """Return what kind of small talk a message is and nothing else, or None."""
    return next((kind for kind, pattern in _SMALL.items() if _says(pattern, text)), None)


def _says(pattern: str, text: str) -> bool:
    """Match a whole short message: `pattern`, once or repeated, with any punctuation or emoji around it."""
    words = _tidy(text)
    if len(words) > SHORT:
        return False
    return bool(
        re.fullmatch(rf"\W*(?:{pattern})(?:\W+(?:{pattern}|please|thanks|thank you))*\W*", words, re.I)
    )


def _tidy(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("’", "'")).strip()[:2_000]
