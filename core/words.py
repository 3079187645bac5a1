"""Every fixed phrase that customers and agents read. Short, plain, kind; reword them here."""

from __future__ import annotations

from collections.abc import Sequence

from core.markdown import escape
from core.messages import Passage, Reason

GREETING = "Hi! What can I help you with?"
WELCOME = "You're welcome! Just write again if anything else comes up."
GOOD = "Good to hear! Just write again if anything else comes up."
NOT_FOUND = "I couldn't find an answer to that in our help articles, and I don't want to guess."
OFFER = "Shall I bring in a person from our team? Just answer *yes*."
DECLINED = "All right. Ask me anything else, any time."
TOLD = "I've told our team. A person will answer you here."
ALREADY_TOLD = "Our team knows, and a person will answer you here as soon as they can."
FOR_A_PERSON = "This is one for a person from our team."
RESOLVED = "Our team has closed this request. I'm here again if you have another question."
TROUBLE = "Sorry, I couldn't answer just now because of a problem on our side."
CUT = "_(I had to stop here. Ask me to go on if you need the rest.)_"
LATE = "Sorry, I was away when you wrote this. I've passed it on to our team, who will get back to you."
LATE_ALONE = "Sorry, I was away when you wrote this. If you still need help, please write again."
DELETED = "(message deleted)"
TOO_LONG = (
    "Your message is longer than I can read in one go. Could you send the main question in a few "
    "sentences, or in shorter parts?"
)

# Why a person is offered or called, in words for the agents' ping.
REASONS = {
    Reason.ASKED_FOR_PERSON: "asked for a person",
    Reason.NOT_IN_ARTICLES: "the articles don't answer it",
    Reason.UNSURE: "the bot is not sure",
    Reason.SENSITIVE: "a sensitive subject",
    Reason.UPSET: "the customer is upset",
    Reason.CONTENT_FILTERED: "the provider's content filter stopped the answer",
    Reason.MODEL_UNAVAILABLE: "the model can't be reached and the articles hold nothing to quote",
    Reason.TURN_FAILED: "answering failed three times; the log has the cause",
    Reason.TAKEN_OVER: "a person stepped in",
    Reason.LATE: "written while the bot was away, too long ago to be answered by it",
}

# What a customer reads before hearing that a person comes. No entry: nothing needs to be said.
BEFORE_PERSON = {
    Reason.CONTENT_FILTERED: "I can't answer that one myself.",
    Reason.MODEL_UNAVAILABLE: TROUBLE,
    Reason.TURN_FAILED: TROUBLE,
    Reason.NOT_IN_ARTICLES: NOT_FOUND,
}


def source(passages: Sequence[Passage]) -> str:
    """Return the sentence that names the articles that an answer rests on; empty for no passages."""
    if not passages:
        return ""
    articles = {passage.article: passage for passage in passages}
    names = [_linked(passage) for passage in articles.values()]
    if len(names) > 1:
        return f"_This is from our articles {', '.join(names[:-1])} and {names[-1]}._"
    headings = {passage.heading for passage in passages}
    part = f", under “{escape(headings.pop())}”" if len(headings) == 1 and all(headings) else ""
    return f"_This is from our article {names[0]}{part}._"


def _linked(passage: Passage) -> str:
    title = escape(passage.title)
    return f"[{title}]({passage.url})" if passage.url else f"“{title}”"


def from_agent(name: str, text: str) -> str:
    """Return an agent's words as the customer reads them."""
    return f"**{name}:** {text}"


def ping(who: str, where: str, reason: Reason, question: str, link: str) -> str:
    """Return the agents' ping, in Markdown; `who`, `where` and `question` are already escaped."""
    lines = [f"**{who}** in {where} needs a person: {REASONS[reason]}."]
    lines += [f"> {line}" for line in question.split("\n")]
    if link:
        lines += ["", f"[Open the conversation]({link})"]
    return "\n".join(lines)


def digest(entries: Sequence[tuple[str, str, str]]) -> str:
    """Return the agents' list of messages that came too long ago, from (who, where, text), all escaped."""
    lines = [f"**Not answered: {len(entries)}**, {REASONS[Reason.LATE]}."]
    for who, where, text in entries:
        lines += ["", f"**{who}** in {where}:", *(f"> {line}" for line in text.split("\n"))]
    return "\n".join(lines)


def in_doubt(where: str, text: str) -> str:
    """Return what the agents read when a post may not have reached its place; both are escaped."""
    quoted = "\n".join(f"> {line}" for line in text.split("\n"))
    return f"**This may not have been delivered** in {where}; please have a look:\n{quoted}"


def from_customer(who: str, text: str) -> str:
    """Return a customer's further words as the agents read them; both are already escaped."""
    return "\n".join([f"**{who}** adds:", *(f"> {line}" for line in text.split("\n"))])
