"""The nouns that the rest of the house speaks in: plain, frozen data without behaviour of their own."""

from core.messages.answers import Action, Answer, Findings, Found, Part, Passage, Reason, Saw, Usage, Withheld
from core.messages.cases import Case, CaseState, CaseStep, Session
from core.messages.files import File, Picture, Reading, Unread, attached
from core.messages.incoming import (
    Audience,
    Command,
    IncomingCommand,
    IncomingMessage,
    IncomingPress,
    IncomingReaction,
    SaidBefore,
    original,
)
from core.messages.people import Agents, Author, Role, platform_of
from core.messages.posts import Aside, Button, Post, Press, Sign
from core.messages.turns import Earlier, Exchange, StoredMessage, Summary, Turn, own_words

__all__ = [
    "Action",
    "Agents",
    "Answer",
    "Aside",
    "Audience",
    "Author",
    "Button",
    "Case",
    "CaseState",
    "CaseStep",
    "Command",
    "Earlier",
    "Exchange",
    "File",
    "Findings",
    "Found",
    "IncomingCommand",
    "IncomingMessage",
    "IncomingPress",
    "IncomingReaction",
    "Part",
    "Passage",
    "Picture",
    "Post",
    "Press",
    "Reading",
    "Reason",
    "Role",
    "SaidBefore",
    "Saw",
    "Session",
    "Sign",
    "StoredMessage",
    "Summary",
    "Turn",
    "Unread",
    "Usage",
    "Withheld",
    "attached",
    "original",
    "own_words",
    "platform_of",
]
