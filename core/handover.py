"""What an agent says in the thread of a case, and to whom it goes. Pure: facts in, a change out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from core import cases, words
from core.cards import as_told
from core.markdown import escape, excerpt
from core.messages import (
    Agents,
    Author,
    Button,
    Case,
    CaseState,
    File,
    IncomingMessage,
    Post,
    Press,
    Role,
    Sign,
    platform_of,
)
from core.phrases import PHRASES, Phrases, own_words, phrases_in
from core.policy import Policy
from core.posts import chained, joined, new_key, parts_of
from core.splitting import split

INTERNAL = "//"
LAST_WORDS_LIMIT = 300
FRONTDESK = "frontdesk"


@dataclass(frozen=True, slots=True)
class Around:
    """What a case's handling depends on besides the case itself.

    Attributes:
        now: The time, in seconds since the epoch.
        policy: What the support lead decided.
        agents: Whom to call.
        limit: Characters that fit one post where the customer is.
        agents_limit: As `limit`, where the agents are.
        mention: From a person's id to what pings them on their platform.
        count: Counts tokens.
        tables: What the bot itself says to customers, by language.
    """

    now: float
    policy: Policy
    agents: Agents
    limit: int
    agents_limit: int
    mention: Callable[[str], str] = lambda person: ""
    count: Callable[[str], int] = len
    tables: Mapping[str, Phrases] = field(default_factory=lambda: PHRASES)

    def phrases(self, case: Case) -> Phrases:
        """Return what the bot itself says to the customer of a case."""
        return phrases_in(case.language, self.tables)

    def team_mention(self, case: Case) -> str:
        """Return what pings the team in the place of a case's card."""
        return self.policy.away_mention if case.desk == self.policy.away_place else self.agents.mention

    def second_mention(self, case: Case) -> str:
        """Return whom the last reminder of a case mentions."""
        here = case.desk == self.agents.place
        return (self.policy.second_mention if here else "") or self.team_mention(case)

    def owner_mention(self, case: Case) -> str:
        """Return what pings the owner of a case where its card is; empty where they can't be pinged."""
        if case.owner is None or platform_of(case.owner.id) != platform_of(case.desk):
            return ""
        return self.mention(case.owner.id)


@dataclass(frozen=True, slots=True)
class Note:
    """Words of an agent, how many tokens they have, and what is attached; `id` is the message's own."""

    id: str
    author: Author
    text: str
    tokens: int
    files: tuple[File, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of a case.

    Attributes:
        case: As it is from now on.
        who: The id of who changed it.
        why: In a word or two, for the audit trail; empty if it is no step.
        posts: What is posted about it.
        passed_on: The agent's words that the customer gets, kept in the conversation.
        closes: What is kept of a case in its conversation, which begins afresh behind it.
        keeps: Whether the words are kept so that they can be sent later.
    """

    case: Case
    who: str
    why: str = ""
    posts: tuple[Post, ...] = ()
    passed_on: Note | None = None
    closes: Note | None = None
    keeps: bool = False


def heard(case: Case, message: IncomingMessage, around: Around) -> Change:
    """Return what an agent's words in the thread of a case come to.

    The words of its owner go to the customer. All others stay where they are, and the writer gets a hint.
    """
    writer = message.author
    if is_internal(message.text, message.files):
        return Change(case, writer.id)
    if writer.id == case.customer.id:
        return _hint(case, message, words.NOT_YOUR_OWN)
    if not may_be_agent(writer.id, around.agents):
        return _hint(case, message, words.NOT_AN_AGENT)
    if case.forgotten:
        return _hint(case, message, words.FORGOTTEN_CASE)
    if case.is_closed:
        return _hint(case, message, words.CLOSED_CASE, Press.REOPEN)
    owns = case.state is CaseState.CLAIMED and case.owner is not None and case.owner.id == writer.id
    if owns and message.position > case.claimed_from:
        text = outward(message.text)
        return passed_on(case, Note(message.id, writer, text, around.count(text), message.files), around)
    if case.state is CaseState.CLAIMED and case.owner and not owns:
        hint = words.TAKE_OVER_FIRST.format(owner=name_of(case.owner))
        return _hint(case, message, hint, Press.SEND_OVER)
    return _hint(case, message, words.CLAIM_FIRST, Press.SEND)


def outward(text: str) -> str:
    """Return what of an agent's words is meant for the customer.

    Nothing of a message that begins with `//`; of others all but the lines that do, code blocks apart.
    """
    if text.lstrip().startswith(INTERNAL):
        return ""
    kept, in_code = [], False
    for line in text.split("\n"):
        in_code ^= line.lstrip().startswith("```")
        if in_code or not line.lstrip().startswith(INTERNAL):
            kept.append(line)
    return "\n".join(kept)


def is_internal(text: str, files: Sequence[File]) -> bool:
    """Say whether nothing of an agent's message is meant for the customer."""
    return not (outward(text).strip() or (files and not text.strip()))


def may_be_agent(person: str, agents: Agents) -> bool:
    """Say whether the settings let a member of the agents' place be an agent."""
    return not agents.people or person in agents.people


def _hint(case: Case, message: IncomingMessage, text: str, press: Press | None = None) -> Change:
    about = f"{case.key}.{message.id}"
    offered = (Button(press, words.LABELS[press], about),) if press else ()
    hint = Post(
        new_key(),
        case.desk,
        text,
        reply_to=message.id,
        under=case.ping,
        only=message.author.id,
        buttons=offered,
    )
    return Change(case, message.author.id, posts=(hint,), keeps=press is not None)


def passed_on(case: Case, note: Note, around: Around) -> Change:
    """Return how an agent's words go to the customer, and are marked once they are there."""
    text = joined(words.from_agent(escape(name_of(note.author)), note.text), words.links(note.files))
    carried = chained(parts_of(text, around.limit, case.place, carries=note.id))
    mark = Post(
        new_key(),
        case.desk,
        "",
        reply_to=note.id,
        after=carried[-1].key,
        otherwise=words.NOT_DELIVERED,
        under=case.ping,
        sign=Sign.DELIVERED,
    )
    spoken = replace(cases.spoken(case, Role.AGENT, around.now), answer=note.text)
    return Change(spoken, note.author.id, posts=(*carried, mark), passed_on=note)


@dataclass(frozen=True, slots=True)
class NewWords:
    """A message that was passed on, as it is after an edit.

    Attributes:
        text: Its words; None if it was deleted.
        author: Who wrote it.
        role: As what.
        files: What is attached to it.
        carried: The posts that carried its words so far, in order; at least one.
        to_others: Whether they are said to other people now.
    """

    text: str | None
    author: Author
    role: Role
    files: tuple[File, ...]
    carried: tuple[Post, ...]
    to_others: bool = False


def reworded(new: NewWords, limit: Callable[[str], int]) -> list[Post]:
    """Return the posts that bring words up to date where they were passed on to.

    Args:
        new: The message.
        limit: From a place to the characters that fit one post there.
    """
    carried, text, place = new.carried, new.text or "", new.carried[0].place
    name = escape(name_of(new.author))
    agent = new.role is Role.AGENT
    said = (
        words.from_agent(name, outward(text))
        if agent
        else words.from_customer(name, as_told(text), to_others=new.to_others)
    )
    # Who turns delivered words into a note takes them back.
    gone = new.text is None or (agent and is_internal(text, new.files))
    parts = [] if gone else split(joined(said, words.links(new.files)), limit(place))
    edits = [Post(new_key(), place, part, edits=old.key) for old, part in zip(carried, parts, strict=False)]
    removed = [Post(new_key(), place, "", edits=old.key) for old in carried[len(parts) :]]
    more = [
        Post(new_key(), place, part, under=carried[0].under, carries=carried[0].carries)
        for part in parts[len(carried) :]
    ]
    return edits + removed + more


def name_of(author: Author) -> str:
    """Return what a person is called, or their id where that is not known."""
    return author.name or author.id


def closing(case: Case, who: Author, around: Around) -> Note:
    """Return what is kept of a resolved case in its conversation, so that the bot knows of it."""
    text = closing_words(case)
    return Note("", who, text, around.count(text))


def closing_words(case: Case) -> str:
    """Return the words of that note: what the customer needed, and what an agent said last."""
    question = excerpt(" ".join(own_words(case.question).split()), LAST_WORDS_LIMIT)
    return words.resolution(question, excerpt(" ".join(case.answer.split()), LAST_WORDS_LIMIT))
