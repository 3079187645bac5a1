"""The nouns that the rest of the house speaks in: plain, frozen data without behaviour of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """Who wrote a stored message."""

    CUSTOMER = "customer"
    ASSISTANT = "assistant"
    AGENT = "agent"


class Audience(StrEnum):
    """For whom a customer's words were."""

    US = ""
    # Said to other people in a conversation of ours.
    OTHERS = "others"
    # Said before the bot was called into the conversation.
    BEFORE = "before"


class Action(StrEnum):
    """What an answer does; the model names one before it writes."""

    ANSWER = "answer"
    CLARIFY = "clarify"
    OFFER_HUMAN = "offer_human"
    ESCALATE = "escalate"


class Reason(StrEnum):
    """The closed list of reasons to offer or call a person."""

    ASKED_FOR_PERSON = "asked_for_person"
    NOT_IN_ARTICLES = "not_in_articles"
    UNSURE = "unsure"
    SENSITIVE = "sensitive"
    UPSET = "upset"
    UNHELPED = "unhelped"
    REPEATED = "repeated"
    CONTENT_FILTERED = "content_filtered"
    MODEL_UNAVAILABLE = "model_unavailable"
    TURN_FAILED = "turn_failed"
    TAKEN_OVER = "taken_over"
    LATE = "late"
    LOOPED = "looped"
    UNREAD_FILE = "unread_file"


class Press(StrEnum):
    """What a button asks for."""

    YES = "yes"
    NO = "no"
    CLAIM = "claim"
    TAKE_OVER = "take_over"
    RESOLVE = "resolve"
    GIVE_BACK = "give_back"
    REOPEN = "reopen"
    SEND = "send"
    SEND_OVER = "send_over"
    GOOD = "good"
    BAD = "bad"
    HELPFUL = "helpful"
    UNHELPFUL = "unhelpful"
    PERSON = "person"
    FORGET = "forget"
    KEEP = "keep"


class Command(StrEnum):
    """What a customer can tell the bot to do by a command of the platform."""

    HELP = "help"
    ASK = "ask"
    HUMAN = "human"
    NEW = "new"
    FORGET = "forget"


@dataclass(frozen=True, slots=True)
class Author:
    """A person on a platform; `id` starts with the platform (`slack:T1/U1`), `name` may be empty."""

    id: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """Something that is attached to a message.

    Attributes:
        name: As its owner named it.
        url: The address where people can get it; may be empty.
        kind: Its media type (`image/png`), as the platform tells it; may be empty.
        size: In bytes; 0 if that is not known.
        source: The address where the adapter can get its bytes; may be empty.
    """

    name: str
    url: str
    kind: str = ""
    size: int = 0
    source: str = ""


class Unread(StrEnum):
    """Why a file that a customer attached was not read."""

    VOICE = "voice"
    VIDEO = "video"
    KIND = "kind"
    UNSEEN = "unseen"
    TOO_BIG = "too_big"
    TOO_MANY = "too_many"
    NO_ROOM = "no_room"
    BROKEN = "broken"
    EMPTY = "empty"
    GONE = "gone"
    NOT_NOW = "not_now"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture for a model that can see.

    Attributes:
        kind: Its media type.
        data: The file.
        tokens: What it costs in a prompt, rather too many than too few.
        detail: How closely the model looks at it: `low` or `auto`, in the words of OpenAI's API.
    """

    kind: str
    data: bytes = field(repr=False)
    tokens: int
    detail: str = "auto"


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of one file of a message: its text, a picture, or why there is neither.

    Attributes:
        number: Which of the message's files it is, from 0.
        name: The file's.
        text: What it says, cut to what a prompt may hold of it.
        tokens: What that costs in a prompt, with its fence.
        picture: What it shows; not kept after the turn.
        unread: Why it is neither.
    """

    number: int
    name: str
    text: str = ""
    tokens: int = 0
    picture: Picture | None = None
    unread: Unread | None = None


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """One thing that somebody wrote, as an adapter hands it to the desk.

    Attributes:
        id: The platform's own id, unique for ever (`slack:T1/C1/171.22`, `discord:500/700`).
        conversation: The conversation that it belongs to (`slack:T1/C1/171.22`).
        author: Who wrote it.
        text: Plain text; the platform's escapes and the mention of the bot are already removed.
        position: The platform's own order within the conversation; larger is later.
        sent_at: When it was written, in seconds since the epoch.
        place: Where the answer belongs, where that is not the conversation's own place.
        edited_at: When its words were last edited, by the platform's clock; 0 if they never were.
        shared: Whether its conversation is a whole channel, in which several customers write.
        mentions: Whether it mentions the bot by name.
        files: What is attached to it.
        to_others: Whether it is said to other people: mentions or replies to somebody, and not to the bot.
        joins: Whether it calls the bot where something may have been said before: in the middle of a thread,
            or below somebody's message. What that was is read once; see `Platform.before`.
    """

    id: str
    conversation: str
    author: Author
    text: str
    position: int
    sent_at: float
    place: str = ""
    edited_at: float = 0.0
    shared: bool = False
    mentions: bool = False
    files: tuple[File, ...] = ()
    to_others: bool = False
    joins: bool = False

    @property
    def answer_place(self) -> str:
        """The place that the answer is posted to."""
        return self.place or self.conversation


@dataclass(frozen=True, slots=True)
class SaidBefore:
    """One thing that was said where the bot was called later.

    Attributes:
        id: The platform's own, as a message's.
        author: Who said it, with their name; a bot's says that it is one.
        text: Plain text, as for a message.
        position: As for a message.
        sent_at: When it was written, in seconds since the epoch.
        ours: Whether the bot said it itself.
    """

    id: str
    author: Author
    text: str
    position: int
    sent_at: float
    ours: bool = False


@dataclass(frozen=True, slots=True)
class IncomingPress:
    """A press on one of our buttons, as an adapter hands it to the desk.

    Attributes:
        press: What was pressed.
        about: What the button was made with.
        who: Who pressed it, as the platform vouches for it.
        position: As for a message, where it was pressed.
        at: When, in seconds since the epoch.
    """

    press: Press
    about: str
    who: Author
    position: int
    at: float


@dataclass(frozen=True, slots=True)
class IncomingReaction:
    """A thumb that somebody put on a post of ours, or took away, as an adapter hands it to the desk.

    Attributes:
        press: The button that says the same: `HELPFUL` or `UNHELPFUL`.
        ref: The reference of the post.
        who: Whose it is.
        taken_away: Whether it is no longer there.
    """

    press: Press
    ref: str
    who: Author
    taken_away: bool = False


@dataclass(frozen=True, slots=True)
class IncomingCommand:
    """A command that somebody gave, as an adapter hands it to the desk.

    Attributes:
        command: What it is.
        who: Who gave it, as the platform vouches for it.
        conversation: The conversation in which it takes effect; empty where there is no single one.
        place: Where answers to it belong, where that is not the conversation's own place.
        text: What follows the command's name; of a call for help the word that is no command's, if any.
        id: Unique for ever, as a message's.
        position: As for a message.
        at: When, in seconds since the epoch.
        shared: Whether its conversation is a whole channel.
        shown: Whether its words can be read already where its answer will stand.
        elsewhere: Whether that is not where it was given, but in direct messages.
        backstage: Whether it was given where agents work.
        prefix: What stands before a command's name on its platform.
        files: What is attached to the message whose words are asked.
    """

    command: Command
    who: Author
    conversation: str
    id: str
    position: int
    at: float
    place: str = ""
    text: str = ""
    shared: bool = False
    shown: bool = False
    elsewhere: bool = False
    backstage: bool = False
    prefix: str = "/"
    files: tuple[File, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message as the store keeps it.

    Attributes:
        id: The platform's own.
        role: Who wrote it: a customer, the bot or an agent.
        author: Who that was.
        text: What was written.
        sent_at: When, in seconds since the epoch.
        tokens: How many its text alone has.
        place: Where an answer to it belongs.
        turn: The turn that it belongs to.
        attempts: How often that turn was begun.
        files: What is attached to it.
        to_people: Whether it was said while people had the case.
        whose: The id of the customer whose turn it belongs to; empty where that is not known.
        audience: For whom it was.
        readings: What became of its files, as far as that is known.
    """

    id: str
    role: Role
    author: Author
    text: str
    sent_at: float
    tokens: int
    place: str
    turn: int = 0
    attempts: int = 0
    files: tuple[File, ...] = ()
    to_people: bool = False
    whose: str = ""
    audience: Audience = Audience.US
    readings: tuple[Reading, ...] = ()


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that one or several model calls used, as the provider counted them."""

    model: str = ""
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    calls: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            other.model or self.model,
            self.prompt_tokens + other.prompt_tokens,
            self.cached_tokens + other.cached_tokens,
            self.completion_tokens + other.completion_tokens,
            self.calls + other.calls,
        )


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of an article under its heading.

    Attributes:
        id: `billing/refunds.md#3`: the article's path and the passage's number in it.
        article: The path relative to the articles folder.
        title: The article's title.
        heading: The heading that it stands under; empty before the first one.
        text: Markdown, without the heading.
        url: Where customers can read the article; empty where the front matter has none.
    """

    id: str
    article: str
    title: str
    heading: str
    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A passage with its score for a question, 0 to 1; `used` says whether an answer may rest on it."""

    passage: Passage
    score: float
    used: bool


@dataclass(frozen=True, slots=True)
class Findings:
    """What a search gave.

    Attributes:
        found: Passages, best first.
        answerable: How likely it is that they hold the answer, 0 to 1.
        unread: What the articles' language is called in itself, where the question is in another one that
            the search can't read; empty where it can.
        parts: What was found for each of several questions, where they were looked for one by one too.
    """

    found: tuple[Found, ...] = ()
    answerable: float = 0.0
    unread: str = ""
    parts: tuple[Part, ...] = ()

    @property
    def usable(self) -> tuple[Found, ...]:
        """The passages that an answer may rest on."""
        return tuple(found for found in self.found if found.used)


@dataclass(frozen=True, slots=True)
class Part:
    """One of several questions of a message, and what was found for it alone."""

    question: str
    findings: Findings


@dataclass(frozen=True, slots=True)
class Withheld:
    """A claim of a model's reply that nothing it was given supports, so that it was not shown.

    Attributes:
        kind: What sort of claim: one of the closed list of `core.grounding`.
        claim: The claim alone (`30 days`), not the sentence around it.
        mended: Whether the model, asked once more, wrote a sentence that is supported in its place.
    """

    kind: str
    claim: str
    mended: bool


class Saw(StrEnum):
    """What an answer knew of the files of its turn."""

    ALL = "all"
    TEXTS = "texts"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to one turn, and what it does; `sources` are the passages that it rests on.

    `withheld` is what a model would have said besides, had it stood in what it was given; `saw` is what it
    knew of what was attached and read.
    """

    text: str
    action: Action = Action.ANSWER
    reason: Reason | None = None
    sources: tuple[Passage, ...] = ()
    usage: Usage = field(default_factory=Usage)
    withheld: tuple[Withheld, ...] = ()
    saw: Saw = Saw.ALL


class CaseState(StrEnum):
    """Where a case stands."""

    OFFERED = "offered"
    WAITING = "waiting"
    CLAIMED = "claimed"
    RESOLVED = "resolved"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Case:
    """One hand-over to people, from the offer to its resolution.

    Attributes:
        conversation: Whose hand-over it is.
        customer: Who asked.
        reason: Why a person is offered or called.
        question: What the customer needs, in their own words.
        state: Where it stands.
        place: Where the customer reads answers.
        key: Names it in buttons, for ever.
        owner: The agent who claimed it; the last one who did, once it is closed.
        ping: The key of the post that called the agents, its card; empty while it is only offered.
        desk: The place of that card.
        thread: The place below the card, once it is posted.
        body: What the card says of it that does not change, in Markdown.
        asked: The key of the post whose buttons its customer can press: the offer, or the notice of its end.
        subject: The subject of `escalation.toml` that it fell under.
        shared: Whether its conversation is a whole channel: other customers are still answered there.
        opened_at: Seconds since the epoch, as all times.
        since: When it came into its present state.
        spoke: Who spoke last, customer or agent.
        spoke_at: When they did.
        claimed_from: The position of the press that claimed it, where agents are: what its owner wrote before
            stays in the team, however late it is delivered.
        told: Whether the customer's words after the hand-over were acknowledged; once is enough.
        reminders: How many reminders were sent since it came into its state, or since somebody spoke.
        answer: What an agent said to the customer last.
        rating: The customer's thumb, once it is resolved.
        language: In which its customer is spoken to; empty where that was not known.
        forgotten: Whether its customer asked to be forgotten: nothing is left of it to go on with.
        id: The store's number; 0 until it is stored.
    """

    conversation: str
    customer: Author
    reason: Reason
    question: str
    state: CaseState
    place: str = ""
    key: str = ""
    owner: Author | None = None
    ping: str = ""
    desk: str = ""
    thread: str = ""
    body: str = ""
    asked: str = ""
    subject: str = ""
    shared: bool = False
    opened_at: float = 0.0
    since: float = 0.0
    spoke: Role = Role.CUSTOMER
    spoke_at: float = 0.0
    claimed_from: int = 0
    told: bool = False
    reminders: int = 0
    answer: str = ""
    rating: str = ""
    language: str = ""
    forgotten: bool = False
    id: int = 0

    @property
    def is_with_people(self) -> bool:
        """Whether people deal with it, so that the bot is silent there."""
        return self.state in {CaseState.WAITING, CaseState.CLAIMED}

    @property
    def is_closed(self) -> bool:
        """Whether it came to its end."""
        return self.state in {CaseState.RESOLVED, CaseState.CANCELLED}


@dataclass(frozen=True, slots=True)
class CaseStep:
    """One step of a case's life, as the audit trail tells it."""

    state: CaseState
    who: str
    why: str
    at: float


@dataclass(frozen=True, slots=True)
class Session:
    """What came of persons since a customer last began afresh.

    Attributes:
        offers: How often a person was offered, an open offer included.
        declined: Whether the customer said no to one.
        previous: Their case that was closed last, if that is less than a day ago.
    """

    offers: int = 0
    declined: bool = False
    previous: Case | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """What was said in a conversation before a turn, in short.

    Attributes:
        before: The first turn that it does not cover.
        text: Plain text.
        tokens: How many that has.
    """

    before: int
    text: str
    tokens: int


@dataclass(frozen=True, slots=True)
class Earlier:
    """The session before this one: when it began, and the first words that its customer wrote."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """A turn that was answered: what was asked, when that was, and what the bot said.

    Of older ones the words are left out.
    """

    asked: str
    at: float
    said: str


@dataclass(frozen=True, slots=True)
class Turn:
    """What waits in a conversation, claimed to be answered together.

    Attributes:
        id: The store's number for it.
        conversation: Whose turn it is.
        waiting: The customers' messages that it answers, in the platform's order; never empty.
        history: What was said before, oldest first, from the start of the window.
        case: The open case of this conversation, if there is one.
        start: The first turn inside the window.
        session: What came of persons before.
        shared: Whether the conversation is a whole channel.
        stranger: Whether somebody else began the conversation: an agent may have joined it.
        host: Who wrote there last besides the turn's author, if that is a stranger.
        beside: The open offer to another customer of the conversation, unless that is a whole channel.
        opened_by: The id of who wrote first in the conversation.
        summaries: What left the window, in short: the one that prompts hold now, and those that are ready
            for when the next turns leave.
        summary: Up to where the one goes that prompts hold now (its `before`); 0 for none.
        earlier: The session before, if there was one and sessions end by silence.
        begins: Whether a session begins with this turn.
        language: In which the conversation was spoken to last; empty if it was not yet.
        unread: The id of the message that called the bot where something was said before, until that was
            read; else empty.
        exchanges: Its customer's newest turns there since people last dealt with them, the newest first.
        live: The key of the reply to it of which a try that was given up may have shown something.
    """

    id: int
    conversation: str
    waiting: tuple[StoredMessage, ...]
    history: tuple[StoredMessage, ...] = ()
    case: Case | None = None
    start: int = 0
    session: Session = field(default_factory=Session)
    shared: bool = False
    stranger: bool = False
    host: Author | None = None
    beside: Case | None = None
    opened_by: str = ""
    summaries: tuple[Summary, ...] = ()
    summary: int = 0
    earlier: Earlier | None = None
    begins: bool = False
    language: str = ""
    unread: str = ""
    exchanges: tuple[Exchange, ...] = ()
    live: str = ""

    @property
    def is_chatter(self) -> bool:
        """Whether all of it was said to other people."""
        return all(message.audience is Audience.OTHERS for message in self.waiting)

    @property
    def newest(self) -> StoredMessage:
        """The message that the answer refers to."""
        return self.waiting[-1]

    @property
    def customer(self) -> str:
        """The id of the customer whose turn it is."""
        return self.newest.author.id

    @property
    def text(self) -> str:
        """The words that wait for an answer, joined."""
        return "\n".join(message.text for message in self.waiting)


@dataclass(frozen=True, slots=True)
class Button:
    """A button below a post; `about` says what it belongs to: of a case its key, and what else it needs."""

    press: Press
    label: str
    about: str


@dataclass(frozen=True, slots=True)
class Aside:
    """What one person alone is told, at once and where the platform can do that; nothing if it is empty.

    Attributes:
        text: Markdown.
        buttons: What can be pressed below it.
    """

    text: str = ""
    buttons: tuple[Button, ...] = ()


class Sign(StrEnum):
    """A reaction that we put on somebody's message."""

    DELIVERED = "delivered"
    THANKS = "thanks"


@dataclass(frozen=True, slots=True)
class Post:
    """Anything that we put on a platform, as a row of the outbox.

    Attributes:
        key: Names this post for ever; makes posting idempotent where the platform can (24 characters).
        place: Where it goes.
        text: Markdown; the adapter turns it into the platform's own format and defangs it.
        mention: People that it may ping, in the platform's own notation; nothing else in it can ping.
        reply_to: The id of the message that it answers, if it answers one.
        after: The key of the post that must be on its platform before this one is sent.
        otherwise: What to say instead when the post that it waits for can't be posted; `{why}` in it is
            replaced by the cause.
        under: The key of a post: it goes into the thread below that one.
        edits: The key of a post whose words and buttons it replaces; without words it removes that post.
        sign: A reaction on the message `reply_to` instead of words.
        only: The id of the one person who may see it, where the platform can do that.
        buttons: What can be pressed below it.
        carries: The id of the message whose words it passes on; an edit of that one edits it.
        not_before: It is not sent before this time, in seconds since the epoch.
        names: The ids of customers whom it names or quotes besides those of its turn and its case.
        live: Whether it may have been seen before it was finished, in fewer or other words.
    """

    key: str
    place: str
    text: str
    mention: str = ""
    reply_to: str = ""
    after: str = ""
    otherwise: str = ""
    under: str = ""
    edits: str = ""
    sign: Sign | None = None
    only: str = ""
    buttons: tuple[Button, ...] = ()
    carries: str = ""
    not_before: float = 0.0
    names: tuple[str, ...] = ()
    live: bool = False


@dataclass(frozen=True, slots=True)
class Agents:
    """Whom to call.

    Attributes:
        place: Where agents are pinged, and where the cases' threads are.
        mention: Pings them, in the platform's own notation; may be empty.
        people: Who is an agent, by id; empty: who is in the place.
    """

    place: str
    mention: str = ""
    people: frozenset[str] = frozenset()


def platform_of(id: str) -> str:
    """Return the platform that an id or place belongs to: `slack` of `slack:T1/C1`."""
    return id.partition(":")[0]


def original(id: str) -> str:
    """Return the id of the message that a press stands in for: `discord:500/700` of `discord:500/700+yes`."""
    return id.partition("+")[0]


def attached(files: Sequence[File]) -> str:
    """Return the line that stands for a message's files in its text; empty for none."""
    return f"(attached: {', '.join(file.name for file in files)})" if files else ""


def own_words(message: StoredMessage) -> str:
    """Return what somebody wrote beside the files that they attached."""
    return message.text.removesuffix(attached(message.files)).strip()
